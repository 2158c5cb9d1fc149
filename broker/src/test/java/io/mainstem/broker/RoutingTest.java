package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static io.mainstem.broker.BrokerCalls.is;
import static io.mainstem.broker.BrokerCalls.message;
import static io.mainstem.broker.BrokerCalls.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.BindingSpec.Match;
import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which queue gets what: filters, bindings between topics, alternates; the same again after a restart. */
class RoutingTest {

    @TempDir
    Path directory;

    private Engine engine;
    private Broker broker;

    @BeforeEach
    void start() {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
    }

    @AfterEach
    void stop() {
        broker.close();
        engine.close();
    }

    private void restart() {
        stop();
        start();
    }

    /** Without a word to anybody: what the state logs do not say is routed again. */
    private void crash() {
        engine.close();
        broker.close();
        start();
    }

    @Test
    void aQueueGetsTheRecordsThatHaveAllTheHeadersOfItsBinding() {
        Topic topic = topic("events", Routing.HEADERS);
        Queue queue = queue("q");
        await(queue.bind(topic, headers(Match.ALL, "kind", "order", "region", "eu")));
        publish(topic, "", "both", "kind", "order", "region", "eu", "other", "x");
        publish(topic, "", "one", "kind", "order");
        publish(topic, "", "another value", "kind", "order", "region", "us");
        publish(topic, "", "none");
        crash();
        assertThat(drain("q")).containsExactly("both");
    }

    @Test
    void aQueueGetsTheRecordsThatHaveAnyOfTheHeadersOfItsBinding() {
        Topic topic = topic("events", Routing.HEADERS);
        Queue queue = queue("q");
        await(queue.bind(topic, headers(Match.ANY, "kind", "order", "region", "eu")));
        publish(topic, "", "one", "kind", "order", "region", "us");
        publish(topic, "", "none", "kind", "invoice");
        crash();
        assertThat(drain("q")).containsExactly("one");
    }

    @Test
    void aHeaderThatNeedsOnlyBeThereMayHaveAnyValue() {
        Topic topic = topic("events", Routing.HEADERS);
        Queue queue = queue("q");
        await(queue.bind(topic, new BindingSpec("", Map.of("kind", Optional.empty()), Match.ALL)));
        publish(topic, "", "there", "kind", "whatever");
        publish(topic, "", "absent", "kin", "whatever");
        crash();
        assertThat(drain("q")).containsExactly("there");
    }

    @Test
    void bindingsThatDifferInTheirHeadersAreEndedOneByOne() {
        Topic topic = topic("events", Routing.HEADERS);
        Queue queue = queue("q");
        await(queue.bind(topic, headers(Match.ALL, "kind", "order")));
        await(queue.bind(topic, headers(Match.ALL, "kind", "invoice")));
        await(queue.unbind(topic, headers(Match.ALL, "kind", "order")));
        publish(topic, "", "order", "kind", "order");
        publish(topic, "", "invoice", "kind", "invoice");
        crash();
        assertThat(drain("q")).containsExactly("invoice");
    }

    @Test
    void aFurtherKeyOfARecordIsAsGoodAsItsKey() {
        Topic topic = topic("events", Routing.EXACT);
        await(queue("a").bind(topic, "a"));
        await(queue("b").bind(topic, "b"));
        await(queue("c").bind(topic, "c"));
        await(queue("a").bind(topic, "b"));
        publish(topic, "a", "m", MessageAttributes.KEY, "b", MessageAttributes.KEY, "x");
        crash();
        assertThat(drain("a")).containsExactly("m");
        assertThat(drain("b")).containsExactly("m");
        assertThat(drain("c")).isEmpty();
    }

    @Test
    void aTopicThatIsBoundToAnotherRoutesItsRecordsToo() {
        Topic source = topic("source", Routing.PATTERN);
        Topic destination = topic("destination", Routing.EXACT);
        await(queue("q").bind(destination, "eu.new"));
        publish(source, "eu.new", "before");
        await(broker.topics().bind(source, destination, BindingSpec.key("eu.*")));
        publish(source, "eu.new", "both want it");
        publish(source, "eu.old", "the destination's queue does not");
        publish(destination, "eu.new", "straight");
        await(broker.topics().unbind(source, destination, BindingSpec.key("eu.*")));
        publish(source, "eu.new", "after");
        crash();
        assertThat(drain("q")).containsExactlyInAnyOrder("both want it", "straight");
    }

    @Test
    void aQueueBoundLaterToTheDestinationGetsWhatComesFromThenOn() {
        Topic source = topic("source", Routing.ALL);
        Topic destination = topic("destination", Routing.ALL);
        await(broker.topics().bind(source, destination, BindingSpec.key("")));
        publish(source, "k", "before");
        await(queue("q").bind(destination, ""));
        publish(source, "k", "between");
        await(queue("q").unbind(destination, ""));
        publish(source, "k", "after");
        crash();
        assertThat(drain("q")).containsExactly("between");
    }

    @Test
    void aQueueGetsOneCopyHoweverManyWaysLeadToIt() {
        Topic first = topic("first", Routing.ALL);
        Topic second = topic("second", Routing.ALL);
        Topic third = topic("third", Routing.ALL);
        await(broker.topics().bind(first, second, BindingSpec.key("")));
        await(broker.topics().bind(first, third, BindingSpec.key("")));
        await(broker.topics().bind(second, first, BindingSpec.key("")));
        await(broker.topics().bind(third, second, BindingSpec.key("")));
        for (Topic topic : List.of(first, second, third)) {
            await(queue("q").bind(topic, ""));
        }
        publish(first, "k", "1");
        publish(third, "k", "2");
        crash();
        assertThat(drain("q")).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void aDeletedTopicInTheMiddleRoutesNothingMoreAndTakesNothingBack() {
        Topic source = topic("source", Routing.ALL);
        Topic middle = topic("middle", Routing.ALL);
        await(broker.topics().bind(source, middle, BindingSpec.key("")));
        await(queue("q").bind(middle, ""));
        publish(source, "k", "before");
        await(broker.topics().delete("middle", false));
        publish(source, "k", "after");
        topic("middle", Routing.ALL);
        await(queue("q").bind(broker.topics().find("middle").orElseThrow(), ""));
        publish(source, "k", "another topic of this name is not bound");
        crash();
        assertThat(drain("q")).containsExactly("before");
    }

    @Test
    void whatNobodyWantsGoesToTheAlternate() {
        Topic topic = await(broker.topics()
                .declare(TopicSpec.routed("events", Routing.EXACT).withAlternate("unrouted")));
        await(queue("q").bind(topic, "k"));
        publish(topic, "other", "there is no alternate yet");
        Topic unrouted = topic("unrouted", Routing.ALL);
        publish(topic, "other", "nobody is bound to it");
        await(queue("rest").bind(unrouted, ""));
        publish(topic, "k", "wanted");
        publish(topic, "other", "unwanted");
        await(queue("q").unbind(topic, "k"));
        publish(topic, "k", "no longer wanted");
        crash();
        assertThat(drain("q")).containsExactly("wanted");
        assertThat(drain("rest")).containsExactly("unwanted", "no longer wanted");
        assertThat(broker.topics().find("events").orElseThrow().spec().alternate())
                .contains("unrouted");
    }

    @Test
    void alternatesHaveAlternatesAndCirclesEnd() {
        Topic one = await(
                broker.topics().declare(TopicSpec.routed("one", Routing.EXACT).withAlternate("two")));
        Topic two = await(
                broker.topics().declare(TopicSpec.routed("two", Routing.EXACT).withAlternate("three")));
        Topic three = await(
                broker.topics().declare(TopicSpec.routed("three", Routing.EXACT).withAlternate("one")));
        await(queue("q2").bind(two, "2"));
        await(queue("q3").bind(three, "3"));
        publish(one, "2", "a");
        publish(one, "3", "b");
        publish(one, "4", "c");
        assertThat(one.routes(message("3", ""))).isTrue();
        assertThat(one.routes(message("4", ""))).isFalse();
        crash();
        assertThat(drain("q2")).containsExactly("a");
        assertThat(drain("q3")).containsExactly("b");
    }

    @Test
    void whatADeletedQueueHasWantedDoesNotComeToTheAlternateLater() {
        Topic topic = await(broker.topics()
                .declare(TopicSpec.routed("events", Routing.EXACT).withAlternate("unrouted")));
        await(queue("rest").bind(topic("unrouted", Routing.ALL), ""));
        await(queue("q").bind(topic, "k"));
        publish(topic, "k", "wanted");
        await(broker.queues().delete("q", false, false));
        publish(topic, "k", "unwanted");
        crash();
        assertThat(drain("rest")).containsExactly("unwanted");
    }

    @Test
    void aTopicThatIsBoundToAnotherIsInUse() {
        Topic source = topic("source", Routing.ALL);
        Topic destination = topic("destination", Routing.ALL);
        await(broker.topics().bind(source, destination, BindingSpec.key("")));
        assertThatThrownBy(() -> await(broker.topics().delete("source", true))).satisfies(is(Kind.IN_USE));
        await(broker.topics().delete("destination", true));
        await(broker.topics().delete("source", true));
    }

    @Test
    void autoDeleteTopicsGoWithWhatTheyAreBoundTo() {
        Topic source = await(broker.topics().declare(TopicSpec.routed("source", Routing.ALL, false, true)));
        Topic middle = await(broker.topics().declare(TopicSpec.routed("middle", Routing.ALL, false, true)));
        await(broker.topics().bind(source, middle, BindingSpec.key("")));
        await(queue("q").bind(middle, ""));
        await(broker.queues().delete("q", false, false));
        assertThat(broker.topics().find("middle")).isEmpty();
        assertThat(broker.topics().find("source")).isEmpty();
    }

    @Test
    void topicsThatBelongToTheBrokerAreNotBoundToOthers() {
        Topic topic = topic("topic", Routing.ALL);
        Queue queue = queue("q");
        publish(queue, "m");
        Topic own = broker.topics().find("q.q").orElseThrow();
        assertThatThrownBy(() -> await(broker.topics().bind(topic, own, BindingSpec.key(""))))
                .satisfies(is(Kind.RESERVED_NAME));
        assertThatThrownBy(() -> await(queue.bind(topic, "k".repeat(BindingSpec.KEY_LIMIT_BYTES + 1))))
                .satisfies(is(Kind.INVALID_BINDING));
    }

    @Test
    void aTopicIsGivenItsAlternateWithItsRouting() {
        Topic topic = await(broker.topics().create(TopicSpec.stream("events", 2)));
        await(queue("rest").bind(topic("unrouted", Routing.ALL), ""));
        publish(topic, "k", "before");
        await(broker.topics()
                .declare(TopicSpec.routed("events", Routing.EXACT)
                        .withAlternate("unrouted")
                        .asInternal()));
        publish(topic, "k", "after");
        crash();
        assertThat(drain("rest")).containsExactly("after");
        TopicSpec spec = broker.topics().find("events").orElseThrow().spec();
        assertThat(spec.internal()).isTrue();
        assertThat(spec.partitions()).isEqualTo(2);
    }

    @Test
    void addedPartitionsAreRoutedThroughOtherTopicsToo() {
        Topic source = await(broker.topics().create(TopicSpec.stream("source", 1)));
        Topic destination = topic("destination", Routing.ALL);
        await(broker.topics().bind(source, destination, BindingSpec.key("#")));
        await(queue("q").bind(destination, ""));
        await(broker.topics().addPartitions("source", 3));
        for (int count = 0; count < 20; count++) {
            publish(source, "key" + count, "m" + count);
        }
        assertThat(source.bounds(2).durableEndOffset()).isPositive();
        crash();
        assertThat(drain("q")).hasSize(20);
    }

    @Test
    void aDeadLetterDoesNotComeBackToAQueueThatNobodyRejectedItFrom() {
        Topic topic = topic("events", Routing.ALL);
        await(queue("a").bind(topic, ""));
        await(queue("b").bind(topic, ""));
        await(queue("rejecting").bind(topic, ""));
        publish(topic, "k", "1");
        publish(topic, "k", "2", MessageAttributes.DEATH, death("a", Death.Reason.EXPIRED));
        publish(topic, "k", "3", MessageAttributes.DEATH, death("rejecting", Death.Reason.REJECTED));
        crash();
        assertThat(drain("a")).containsExactly("1", "3");
        assertThat(drain("b")).containsExactly("1", "2", "3");
        assertThat(drain("rejecting")).containsExactly("1", "2", "3");
    }

    @Test
    void aRestartInOrderRoutesNothingAgain() {
        Topic source = topic("source", Routing.EXACT);
        Topic destination = topic("destination", Routing.EXACT);
        await(broker.topics().bind(source, destination, BindingSpec.key("k")));
        await(queue("q").bind(destination, "k"));
        await(queue("idle").bind(destination, "never"));
        publish(source, "k", "m");
        restart();
        assertThat(drain("q")).containsExactly("m");
        assertThat(drain("idle")).isEmpty();
    }

    @Test
    void aTopicInMemoryThatLeadsToNoQueueHoldsNothing() {
        stop();
        engine = LocalEngine.inMemory(LocalOptions.defaults().withMemoryLogBytes(64 << 10));
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
        Topic source = await(broker.topics().declare(TopicSpec.routed("source", Routing.ALL, true, false)));
        Topic destination = await(broker.topics().declare(TopicSpec.routed("destination", Routing.ALL, true, false)));
        await(broker.topics().bind(source, destination, BindingSpec.key("")));
        for (int count = 0; count < 200; count++) {
            publish(source, "k", "x".repeat(1 << 10));
        }
        Queue queue = await(broker.queues().declare(new QueueSpec("q", false, false, false), null));
        await(queue.bind(destination, ""));
        for (int count = 0; count < 200; count++) {
            publish(source, "k", "x".repeat(1 << 10));
            assertThat(drain("q")).hasSize(1);
        }
    }

    private static String death(String queue, Death.Reason reason) {
        return new Death(queue, reason, 1, 1, "events", List.of("k"), OptionalLong.empty()).encode();
    }

    private static BindingSpec headers(Match match, String... namesAndValues) {
        Map<String, Optional<ByteBuffer>> headers = new java.util.TreeMap<>();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            headers.put(namesAndValues[index], Optional.of(Buffers.utf8(namesAndValues[index + 1])));
        }
        return new BindingSpec("", headers, match);
    }

    private Topic topic(String name, Routing routing) {
        return await(broker.topics().declare(TopicSpec.routed(name, routing)));
    }

    private Queue queue(String name) {
        return await(broker.queues().declare(QueueSpec.durable(name), null));
    }

    private List<String> drain(String name) {
        return BrokerCalls.drain(broker.queues().find(name).orElseThrow());
    }
}
