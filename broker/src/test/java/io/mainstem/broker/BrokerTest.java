package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static io.mainstem.broker.BrokerCalls.drain;
import static io.mainstem.broker.BrokerCalls.get;
import static io.mainstem.broker.BrokerCalls.is;
import static io.mainstem.broker.BrokerCalls.message;
import static io.mainstem.broker.BrokerCalls.publish;
import static io.mainstem.broker.BrokerCalls.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users of topics and queues rely on, over the local engine. */
class BrokerTest {

    @TempDir
    Path directory;

    private Engine engine;
    private Broker broker;

    private void start() {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
            engine.close();
        }
    }

    private void restart() {
        stop();
        start();
    }

    @Test
    void aBoundQueueGetsWhatFitsAndTheTopicKeepsEverything() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("eu");
        await(queue.bind(topic, "eu.*"));
        publish(topic, "eu.new", "1");
        publish(topic, "us.new", "2");
        publish(topic, "eu.old", "3");
        assertThat(drain(queue)).containsExactly("1", "3");
        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(3);
    }

    @Test
    void aConfirmedMessageIsInTheQueue() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        for (int count = 1; count <= 50; count++) {
            publish(topic, "k", "v");
            assertThat(await(queue.get())).isPresent();
        }
    }

    @Test
    void aBindingTakesNothingThatWasConfirmedBeforeIt() {
        start();
        Topic topic = topic("orders");
        publish(topic, "k", "before");
        Queue queue = queue("late");
        await(queue.bind(topic, "#"));
        publish(topic, "k", "after");
        await(queue.unbind(topic, "#"));
        publish(topic, "k", "too late");
        assertThat(drain(queue)).containsExactly("after");
        assertThat(topic.routes(message("k", ""))).isFalse();
    }

    @Test
    void aQueueWithTwoFittingBindingsGetsOneCopy() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        await(queue.bind(topic, "k"));
        await(queue.bind(topic, "k"));
        publish(topic, "k", "once");
        assertThat(drain(queue)).containsExactly("once");
    }

    @Test
    void whatIsSettledIsGoneAndWhatIsNotComesAgainAfterAnOrderlyRestart() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        for (int count = 0; count < 5; count++) {
            publish(topic, "k", "m" + count);
        }
        get(queue).settle();
        get(queue).requeue();
        get(queue).reject();
        restart();
        queue = broker.queues().find("all").orElseThrow();
        assertThat(queue.readyCount()).isEqualTo(3);
        List<Delivery> deliveries = new ArrayList<>();
        for (int count = 0; count < 3; count++) {
            deliveries.add(get(queue));
        }
        assertThat(deliveries).extracting(BrokerCalls::text).containsExactly("m2", "m3", "m4");
        assertThat(deliveries).extracting(Delivery::isRedelivered).containsExactly(false, false, false);
    }

    @Test
    void aRequeuedMessageGoesBackToItsPlaceAndSaysThatItWasDelivered() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        publish(topic, "k", "first");
        publish(topic, "k", "second");
        Delivery first = get(queue);
        first.requeue();
        first.settle(); // one answer only
        Delivery again = get(queue);
        assertThat(text(again)).isEqualTo("first");
        assertThat(again.isRedelivered()).isTrue();
        assertThat(again.deliveryCount()).isEqualTo(1);
        restart();
        Delivery afterRestart = get(broker.queues().find("all").orElseThrow());
        assertThat(text(afterRestart)).isEqualTo("first");
        assertThat(afterRestart.isRedelivered()).isTrue();
    }

    @Test
    void messagesSentStraightToAQueueAreKeptInOrderFromTheFirst() {
        start();
        Queue queue = queue("jobs");
        CompletableFuture<?>[] published = new CompletableFuture<?>[100];
        for (int count = 0; count < published.length; count++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            published[count] = done;
            queue.publish(message("jobs", "m" + count), (token, failure) -> done.complete(null), 0);
        }
        CompletableFuture.allOf(published).join();
        restart();
        queue = broker.queues().find("jobs").orElseThrow();
        List<String> drained = drain(queue);
        assertThat(drained).hasSize(100).startsWith("m0", "m1", "m2").endsWith("m98", "m99");
        await(broker.queues().delete("jobs", false, false));
        assertThat(broker.topics().find("q.jobs")).isEmpty();
    }

    @Test
    void aPurgedQueueStaysEmpty() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        publish(topic, "k", "held");
        publish(topic, "k", "purged");
        Delivery held = get(queue);
        assertThat(await(queue.purge())).isEqualTo(1);
        held.settle();
        restart();
        assertThat(broker.queues().find("all").orElseThrow().readyCount()).isZero();
    }

    @Test
    void aTransientQueueIsPurgedThoughThereIsNoDurableOne() {
        start();
        Queue queue = await(broker.queues().declare(new QueueSpec("fleeting", false, false, false), null));
        assertThat(await(queue.purge())).isZero();
    }

    @Test
    void transientThingsEndWithTheProcess() {
        start();
        Topic kept = topic("kept");
        Topic fleeting = await(broker.topics().declare(TopicSpec.routed("fleeting", Routing.PATTERN, true, false)));
        Queue queue = await(broker.queues().declare(new QueueSpec("fleeting", false, false, false), null));
        await(queue.bind(kept, "#"));
        await(queue.bind(fleeting, "#"));
        publish(kept, "k", "1");
        publish(fleeting, "k", "2");
        assertThat(drain(queue)).containsExactlyInAnyOrder("1", "2");
        restart();
        assertThat(broker.topics().find("fleeting")).isEmpty();
        assertThat(broker.queues().find("fleeting")).isEmpty();
        assertThat(broker.topics().find("kept").orElseThrow().routes(message("k", "")))
                .isFalse();
    }

    @Test
    void aQueueInMemoryHoldsNoMoreThanWhatIsNotSettled() {
        engine = LocalEngine.inMemory(LocalOptions.defaults().withMemoryLogBytes(64 << 10));
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
        Queue queue = await(broker.queues().declare(new QueueSpec("fleeting", false, false, false), null));
        Topic nobodyListens = await(broker.topics().declare(TopicSpec.routed("unheard", Routing.PATTERN, true, false)));
        String kilobyte = "x".repeat(1 << 10);
        for (int count = 0; count < 2_000; count++) {
            publish(queue, kilobyte);
            get(queue).settle();
            publish(nobodyListens, "k", kilobyte);
        }
    }

    @Test
    void aDeletedTopicTakesItsMessagesAlongAndItsNameBeginsAnew() {
        start();
        Topic topic = topic("orders");
        Queue queue = queue("all");
        await(queue.bind(topic, "#"));
        publish(topic, "k", "gone");
        assertThatThrownBy(() -> await(broker.topics().delete("orders", true))).satisfies(is(Kind.IN_USE));
        await(broker.topics().delete("orders", false));
        Topic again = topic("orders");
        assertThat(again.id()).isNotEqualTo(topic.id());
        assertThat(again.bounds(0).durableEndOffset()).isZero();
        await(queue.bind(again, "#"));
        publish(again, "k", "new");
        restart();
        assertThat(drain(broker.queues().find("all").orElseThrow())).containsExactly("new");
    }

    @Test
    void autoDeleteThingsGoWithTheirLastUser() {
        start();
        Topic topic = await(broker.topics().declare(TopicSpec.routed("t", Routing.PATTERN, false, true)));
        Queue queue = await(broker.queues().declare(new QueueSpec("q", true, false, true), null));
        await(queue.bind(topic, "#"));
        Subscription subscription = await(queue.consume(new Collector(), ConsumerOptions.SHARED));
        subscription.close();
        Awaitility.await().untilAsserted(() -> {
            assertThat(broker.queues().find("q")).isEmpty();
            assertThat(broker.topics().find("t")).isEmpty();
        });
    }

    @Test
    void anExclusiveConsumerIsAlone() {
        start();
        Queue queue = queue("all");
        Subscription alone = await(queue.consume(new Collector(), ConsumerOptions.EXCLUSIVE));
        assertThatThrownBy(() -> await(queue.consume(new Collector(), ConsumerOptions.SHARED)))
                .satisfies(is(Kind.EXCLUSIVE_CONSUMER));
        alone.close();
        await(queue.consume(new Collector(), ConsumerOptions.SHARED));
        assertThatThrownBy(() -> await(queue.consume(new Collector(), ConsumerOptions.EXCLUSIVE)))
                .satisfies(is(Kind.EXCLUSIVE_CONSUMER));
    }

    @Test
    void namesAndNumbersThatCannotBeAreRefused() {
        start();
        assertThatThrownBy(() -> topic("q.mine")).satisfies(is(Kind.RESERVED_NAME));
        assertThatThrownBy(() -> topic("__mine")).satisfies(is(Kind.RESERVED_NAME));
        assertThatThrownBy(() -> topic("")).satisfies(is(Kind.INVALID_NAME));
        assertThatThrownBy(() -> topic("ä".repeat(128))).satisfies(is(Kind.INVALID_NAME));
        assertThatThrownBy(() -> queue("line\nbreak")).satisfies(is(Kind.INVALID_NAME));
        assertThatThrownBy(() -> await(broker.topics().create(TopicSpec.stream("t", 0))))
                .satisfies(is(Kind.INVALID_PARTITIONS));
        topic("twice");
        assertThatThrownBy(() -> await(broker.topics().create(TopicSpec.stream("twice", 1))))
                .satisfies(is(Kind.TOPIC_EXISTS));
        assertThatThrownBy(() -> await(broker.queues().delete("nobody", false, false)))
                .satisfies(is(Kind.UNKNOWN_QUEUE));
    }

    @Test
    void producerIdsAreGivenOnceAndTheClusterKeepsItsName() {
        start();
        String clusterId = broker.clusterId();
        long first = await(broker.allocateProducerId());
        assertThat(await(broker.allocateProducerId())).isGreaterThan(first);
        restart();
        assertThat(await(broker.allocateProducerId())).isGreaterThan(first + 1);
        assertThat(broker.clusterId()).isEqualTo(clusterId);
    }

    /** Takes everything, and leaves it unanswered. */
    private static final class Collector implements Consumer {
        @Override
        public boolean tryAcquire() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void flush() {}

        @Override
        public void cancelled() {}
    }

    private Topic topic(String name) {
        return await(broker.topics().declare(TopicSpec.routed(name, Routing.PATTERN, false, false)));
    }

    private Queue queue(String name) {
        return await(broker.queues().declare(QueueSpec.durable(name), null));
    }
}
