package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic in memory that holds as much as it may lets its publishers wait, and refuses nobody. */
class MemoryCeilingTest {

    private static final int CEILING_BYTES = 1 << 20;
    private static final int MESSAGE_BYTES = 100_000;

    /** Twice what there is room for. */
    private static final int MANY = 2 * CEILING_BYTES / MESSAGE_BYTES;

    private Engine engine;
    private Broker broker;
    private Topic topic;

    @BeforeEach
    void start() {
        engine = LocalEngine.inMemory(LocalOptions.defaults());
        broker = await(Broker.start(
                engine,
                new BrokerOptions(
                        InstantSource.system(),
                        2,
                        5,
                        1 << 20,
                        1 << 20,
                        256 << 10,
                        CEILING_BYTES,
                        0,
                        TypedHeaders.NONE)));
        topic = await(broker.topics().declare(TopicSpec.routed("events", Routing.ALL, true, false)));
    }

    @AfterEach
    void stop() {
        broker.close();
        engine.close();
    }

    @Test
    void publishersWaitUntilConsumersHaveMadeRoomAndGoOnInTheirOrder() {
        Queue queue = bound("jobs", Map.of());
        List<CompletableFuture<@Nullable Throwable>> sent = send(MANY);
        Awaitility.await().until(topic::isHeld);
        assertThat(sent.get(MANY - 1)).isNotDone();
        assertThat(topic.sizeInBytes()).isLessThan(CEILING_BYTES + 2 * MESSAGE_BYTES);
        assertThat(topic.whenRoom().toCompletableFuture()).isNotDone();

        for (int number = 0; number < MANY; number++) {
            Delivery delivery = next(queue);
            assertThat(delivery.record().offset()).isEqualTo(number);
            delivery.settle();
        }

        sent.forEach(published -> assertThat(await(published)).isNull());
        await(topic.whenRoom());
    }

    @Test
    void publishersWaitForTheSlowestOfTheQueues() {
        Queue fast = bound("fast", Map.of());
        Queue slow = bound("slow", Map.of());
        List<CompletableFuture<@Nullable Throwable>> sent = send(MANY);
        Awaitility.await().until(topic::isHeld);
        long taken = await(fast.countReady());
        for (int number = 0; number < taken; number++) {
            next(fast).settle();
        }
        await(fast.countReady());
        assertThat(topic.isHeld()).isTrue();

        for (int number = 0; number < MANY; number++) {
            next(slow).settle();
        }
        sent.forEach(published -> assertThat(await(published)).isNull());
    }

    @Test
    void aPurgeADeletedQueueAndTimeMakeRoomAsWell() {
        Queue queue = bound("jobs", Map.of());
        List<CompletableFuture<@Nullable Throwable>> sent = send(MANY);
        Awaitility.await().until(topic::isHeld);
        await(queue.purge());
        sent.forEach(published -> assertThat(await(published)).isNull());

        List<CompletableFuture<@Nullable Throwable>> more = send(MANY);
        Awaitility.await().until(topic::isHeld);
        await(broker.queues().delete("jobs", false, false));
        more.forEach(published -> assertThat(await(published)).isNull());

        bound("brief", Map.of(QueueSettings.MESSAGE_TTL_MS, "200"));
        send(MANY).forEach(published -> assertThat(await(published)).isNull());
    }

    @Test
    void streamClientsWaitInTheirOrderAsLongAsTheySay() {
        Queue queue = bound("jobs", Map.of());
        send(MANY);
        Awaitility.await().until(topic::isHeld);
        CompletableFuture<Long> impatient =
                topic.append(0, batch("impatient"), 20).toCompletableFuture();
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            waiting.add(topic.append(0, batch("m" + number), Long.MAX_VALUE).toCompletableFuture());
        }
        EngineException refused = (EngineException) Failures.unwrap(impatient
                .handle((offset, failure) -> failure)
                .orTimeout(20, TimeUnit.SECONDS)
                .join());
        assertThat(refused).hasMessage("topic 'events' has 1048576 bytes that its queues have not settled");
        assertThat(refused.kind()).isEqualTo(EngineException.Kind.OVERLOADED);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);

        await(queue.purge());

        List<Long> offsets = waiting.stream().map(BrokerCalls::await).toList();
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void whatWaitsIsBounded() {
        bound("jobs", Map.of());
        send(MANY);
        Awaitility.await().until(topic::isHeld);
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        ByteBuffer large = batch("m".repeat((1 << 20) - 200));
        for (int mebibytes = 0; mebibytes < 16; mebibytes++) {
            waiting.add(topic.append(0, large.duplicate(), Long.MAX_VALUE).toCompletableFuture());
        }
        assertThat(topic.append(0, large.duplicate(), Long.MAX_VALUE).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(waiting.get(0)).isNotDone();
    }

    @Test
    void withTheTopicGoesWhatWaits() {
        bound("jobs", Map.of());
        List<CompletableFuture<@Nullable Throwable>> sent = send(MANY);
        Awaitility.await().until(topic::isHeld);
        CompletionStage<Long> appended = topic.append(0, batch("m"), Long.MAX_VALUE);

        await(broker.topics().delete("events", false));

        sent.forEach(BrokerCalls::await);
        boolean failed = await(appended.handle((offset, failure) -> failure != null));
        assertThat(failed).isTrue();
        await(topic.whenRoom());
    }

    private Queue bound(String name, Map<String, String> settings) {
        QueueSpec spec = new QueueSpec(name, false, false, false, QueueSettings.of(settings), Map.of());
        Queue queue = await(broker.queues().declare(spec, null));
        await(queue.bind(topic, ""));
        return queue;
    }

    private List<CompletableFuture<@Nullable Throwable>> send(int count) {
        List<CompletableFuture<@Nullable Throwable>> sent = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            CompletableFuture<@Nullable Throwable> published = new CompletableFuture<>();
            Message message =
                    new Message(0, null, ByteBuffer.wrap(new byte[MESSAGE_BYTES]), BatchBuilder.NO_HEADERS.duplicate());
            topic.publish(message, (token, failure) -> published.complete(failure), 0);
            sent.add(published);
        }
        return sent;
    }

    private static ByteBuffer batch(String value) {
        BatchBuilder builder = new BatchBuilder(100);
        builder.add(0, null, DeadLetters.utf8(value), BatchBuilder.NO_HEADERS);
        return builder.build();
    }

    private static Delivery next(Queue queue) {
        return Awaitility.await()
                .until(() -> await(queue.get()), Optional::isPresent)
                .orElseThrow();
    }
}
