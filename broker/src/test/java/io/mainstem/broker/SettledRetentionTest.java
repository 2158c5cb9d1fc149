package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long records stay that queues live from, on a disk. */
class SettledRetentionTest {

    private static final int MESSAGE_BYTES = 10_000;
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int MANY = 500;

    @TempDir
    Path directory;

    private final AtomicLong nowMillis =
            new AtomicLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
    private Engine engine;
    private Broker broker;
    private Topic topic;

    @BeforeEach
    void start() {
        start(0);
    }

    private void start(long settledLookMillis) {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        BrokerOptions options = new BrokerOptions(
                () -> Instant.ofEpochMilli(nowMillis.get()),
                2,
                5,
                1 << 20,
                1 << 20,
                256 << 10,
                Long.MAX_VALUE,
                settledLookMillis,
                TypedHeaders.NONE);
        broker = await(Broker.start(engine, options));
        topic = await(broker.topics().declare(TopicSpec.routed("events", Routing.ALL)));
        configure("segment.bytes", Integer.toString(SEGMENT_BYTES));
    }

    @AfterEach
    void stop() {
        broker.close();
        engine.close();
    }

    @Test
    void whatAllQueuesHaveSettledGoesAfterTheGraceAndTheDiskHasRoomAgain() {
        Queue one = bound("one");
        Queue other = bound("other");
        publish(MANY);
        settle(one, MANY);
        letGo();
        assertThat(firstOffset()).as("one queue still needs everything").isZero();
        settle(other, MANY);
        letGo();
        assertThat(firstOffset()).as("replay may want it for an hour").isZero();
        assertThat(bytesOnDisk()).isGreaterThan(MANY * MESSAGE_BYTES);

        pass(Duration.ofMinutes(61));
        letGo();

        assertThat(firstOffset()).isEqualTo(MANY);
        assertThat(topic.sizeInBytes(0)).hasValue(0);
        Awaitility.await().untilAsserted(() -> assertThat(bytesOnDisk()).isLessThan(MESSAGE_BYTES));
    }

    @Test
    void whatIsYoungerThanTheGraceStaysForReplay() {
        Queue queue = bound("jobs");
        publish(MANY);
        pass(Duration.ofMinutes(40));
        publish(MANY);
        settle(queue, 2 * MANY);

        pass(Duration.ofMinutes(40));
        letGo();

        assertThat(firstOffset()).isEqualTo(MANY);
    }

    @Test
    void oneMessageInSomebodysHandsKeepsWhatFollowsAndNothingBeforeIt() {
        Queue queue = bound("jobs");
        publish(MANY);
        settle(queue, 400);
        Delivery held = await(queue.get()).orElseThrow();
        settle(queue, MANY - 401);
        pass(Duration.ofHours(2));

        letGo();
        assertThat(firstOffset()).isEqualTo(400);
        held.settle();
        letGo();
        assertThat(firstOffset()).isEqualTo(MANY);
    }

    @Test
    void aFewMessagesThatNobodySettlesAreTakenAlongSoThatTheirLogMayGo() {
        Queue busy = bound("busy");
        Queue left = await(broker.queues().declare(QueueSpec.durable("left"), null));
        publish(100);
        await(left.bind(topic, ""));
        publish(3);
        await(left.unbind(topic, ""));
        publish(MANY);
        settle(busy, MANY + 103);
        Delivery once = await(left.get()).orElseThrow();
        once.requeue();
        pass(Duration.ofHours(2));

        letGo();

        assertThat(firstOffset()).isGreaterThan(MANY);
        assertThat(bytesOnDisk()).isLessThan(2 * SEGMENT_BYTES);
        assertThat(await(left.countReady())).isEqualTo(3);
        restart();
        Queue again = broker.queues().find("left").orElseThrow();
        Delivery first = await(again.get()).orElseThrow();
        assertThat(first.topicName()).isEqualTo("events");
        assertThat(first.deliveryCount()).isEqualTo(1);
        assertThat(first.record().value().remaining()).isEqualTo(MESSAGE_BYTES);
        first.requeue();
        settle(again, 3);
        assertThat(await(again.get())).isEmpty();
        restart();
        assertThat(await(broker.queues().find("left").orElseThrow().countReady()))
                .isZero();
    }

    @Test
    void whatWasSentStraightToAQueueIsTakenAlongWithinItsTopic() {
        Queue queue = await(broker.queues().declare(QueueSpec.durable("jobs"), null));
        send(queue, MANY);
        settle(queue, 1);
        Delivery held = await(queue.get()).orElseThrow();
        settle(queue, MANY - 2);
        Topic own = broker.topics().find("q.jobs").orElseThrow();
        assertThat(await(queue.relocations().relocate(own, 0, MANY))).isTrue();
        assertThat(await(queue.neededFrom(own, true))).as("somebody has it").containsExactly(1);

        held.requeue();
        assertThat(await(queue.relocations().relocate(own, 0, MANY))).isTrue();

        assertThat(await(queue.neededFrom(own, true))).containsExactly(MANY);
        send(queue, 1);
        Delivery first = await(queue.get()).orElseThrow();
        assertThat(first.isRedelivered()).isTrue();
        assertThat(first.topicName()).isEqualTo("q.jobs");
        settle(queue, 1);
        assertThat(await(queue.get())).as("the copy is no message").isEmpty();
    }

    @Test
    void aBacklogStaysWhereItIs() {
        Queue busy = bound("busy");
        bound("left");
        publish(MANY);
        settle(busy, MANY);
        pass(Duration.ofHours(2));
        letGo();
        assertThat(firstOffset()).isZero();
        assertThat(broker.topics().find("q.left")).isEmpty();
    }

    @Test
    void aPublisherGoesOnWhenOnlyAFewMessagesTakeTheRoom() {
        configure("settled.ceiling.bytes", Integer.toString(8 << 20));
        Queue busy = bound("busy");
        Queue left = bound("left");
        publish(1);
        await(left.unbind(topic, ""));
        for (int round = 0; round < 20; round++) {
            publish(100);
            settle(busy, 100);
            letGo();
        }
        assertThat(topic.isHeld()).isFalse();
        assertThat(await(left.countReady())).isEqualTo(1);
    }

    @Test
    void aPublisherDoesNotWaitForFewMessagesBecauseSuchWereJustTakenAlong() {
        stop();
        start(Duration.ofHours(1).toMillis());
        configure("settled.ceiling.bytes", Integer.toString(4 << 20));
        Queue busy = bound("busy");
        Queue left = await(broker.queues().declare(QueueSpec.durable("left"), null));
        publish(200);
        settle(busy, 200);
        pass(Duration.ofHours(2));
        letGo();
        await(left.bind(topic, ""));
        publish(1);
        await(left.unbind(topic, ""));

        fillUp();
        settle(busy, Math.toIntExact(await(busy.countReady())));
        pass(Duration.ofSeconds(5));

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !topic.isHeld());
        assertThat(await(left.countReady())).isEqualTo(1);
    }

    @Test
    void whatIsPendingIsStillThereAfterARestartThoughTheRestIsGone() {
        Queue queue = bound("jobs");
        publish(MANY);
        settle(queue, 400);
        pass(Duration.ofHours(2));
        letGo();

        restart();
        letGo();

        Queue again = broker.queues().find("jobs").orElseThrow();
        assertThat(await(again.countReady())).isEqualTo(MANY - 400);
        assertThat(again.expiredCount()).isZero();
        assertThat(await(again.get()).orElseThrow().record().offset()).isEqualTo(400);
    }

    @Test
    void withoutBindingsRecordsStayForTheGrace() {
        publish(MANY);
        letGo();
        assertThat(firstOffset()).isZero();
        pass(Duration.ofHours(2));
        // the confirm waits for no router, where nobody is bound
        Awaitility.await().untilAsserted(() -> {
            letGo();
            assertThat(firstOffset()).isEqualTo(MANY);
        });
    }

    @Test
    void aQueueThatIsUnboundNeedsOnlyWhatItGotAndADeletedOneNothing() {
        Queue queue = bound("jobs");
        publish(MANY);
        await(queue.unbind(topic, ""));
        publish(MANY);
        pass(Duration.ofHours(2));
        letGo();
        assertThat(firstOffset()).isZero();

        settle(queue, MANY);
        letGo();
        assertThat(firstOffset()).isEqualTo(2 * MANY);

        Queue abandoned = bound("abandoned");
        publish(MANY);
        pass(Duration.ofHours(2));
        letGo();
        assertThat(firstOffset()).isEqualTo(2 * MANY);
        await(broker.queues().delete(abandoned.name(), false, false));
        letGo();
        assertThat(firstOffset()).isEqualTo(3 * MANY);
    }

    @Test
    void whatWasSentStraightToAQueueGoesAsWell() {
        Queue queue = await(broker.queues().declare(QueueSpec.durable("jobs"), null));
        send(queue, MANY);
        Topic own = broker.topics().find("q.jobs").orElseThrow();
        settle(queue, MANY);
        pass(Duration.ofHours(2));

        letGo();

        assertThat(own.bounds(0).firstOffset()).isEqualTo(MANY);
    }

    @Test
    void aFewBytesAreNotWorthATrim() {
        Queue queue = bound("jobs");
        publish(10);
        settle(queue, 10);
        pass(Duration.ofHours(2));
        letGo();
        assertThat(firstOffset()).isZero();
    }

    @Test
    void topicsWithRetentionByTimeDoNotAskTheirQueues() {
        Topic stream = await(broker.topics().create(TopicSpec.stream("stream", 1)));
        publish(stream, MANY);
        pass(Duration.ofHours(2));
        letGo();
        assertThat(stream.bounds(0).firstOffset()).isZero();
    }

    @Test
    void nearTheCeilingThereIsNoGrace() {
        configure("settled.ceiling.bytes", Integer.toString(8 << 20));
        Queue queue = bound("jobs");
        publish(MANY);
        settle(queue, MANY);

        letGo();

        assertThat(firstOffset()).isEqualTo(MANY);
    }

    @Test
    void pastTheCeilingPublishersWaitUntilConsumersHaveMadeRoom() {
        configure("settled.ceiling.bytes", Integer.toString(4 << 20));
        Queue queue = bound("jobs");
        publish(400);
        fillUp();
        long before = topic.bounds(0).durableEndOffset();
        List<CompletableFuture<@Nullable Throwable>> waiting = new ArrayList<>();
        for (int count = 0; count < 100; count++) {
            waiting.add(send(topic));
        }
        assertThatThrownBy(() -> await(topic.append(0, batch())))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("topic 'events' has 4194304 bytes that its queues have not settled");
        Queue late = bound("late");
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        settle(queue, (int) before);
        letGo();

        assertThat(topic.isHeld()).isFalse();
        waiting.forEach(published -> assertThat(await(published)).isNull());
        assertThat(await(queue.countReady()))
                .isEqualTo(topic.bounds(0).durableEndOffset() - before)
                .isGreaterThanOrEqualTo(100);
        assertThat(await(late.countReady()))
                .as("what waited is published later")
                .isGreaterThanOrEqualTo(100);
    }

    @Test
    void whatWaitsForRoomIsBounded() {
        configure("settled.ceiling.bytes", Integer.toString(1 << 20));
        bound("jobs");
        fillUp();
        List<CompletableFuture<@Nullable Throwable>> waiting = new ArrayList<>();
        for (int count = 0; count < 2_000; count++) {
            waiting.add(send(topic));
        }
        Throwable refused = await(waiting.get(1_999));
        assertThat(refused).isInstanceOf(EngineException.class);
        assertThat(((EngineException) refused).kind()).isEqualTo(EngineException.Kind.OVERLOADED);
        await(broker.topics().delete("events", false));
        waiting.forEach(BrokerCalls::await); // with the topic goes what waited
    }

    private void send(Queue to, int count) {
        List<CompletableFuture<@Nullable Throwable>> sent = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            CompletableFuture<@Nullable Throwable> published = new CompletableFuture<>();
            sent.add(published);
            to.publish(message(), (token, failure) -> published.complete(failure), 0);
        }
        sent.forEach(published -> assertThat(await(published)).isNull());
    }

    private void restart() {
        stop();
        start();
    }

    private void letGo() {
        await(broker.letGoOfSettled());
    }

    private long firstOffset() {
        return topic.bounds(0).firstOffset();
    }

    private void pass(Duration time) {
        nowMillis.addAndGet(time.toMillis());
    }

    private void configure(String setting, String value) {
        await(broker.topics().configure("events", set -> {
            Map<String, String> settings = new TreeMap<>(set);
            settings.put(setting, value);
            return settings;
        }));
    }

    private Queue bound(String name) {
        Queue queue = await(broker.queues().declare(QueueSpec.durable(name), null));
        await(queue.bind(topic, ""));
        return queue;
    }

    private void publish(int count) {
        publish(topic, count);
    }

    private void publish(Topic to, int count) {
        List<CompletableFuture<@Nullable Throwable>> sent = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            sent.add(send(to));
        }
        sent.forEach(published -> assertThat(await(published)).isNull());
    }

    /** Publishes one after the other until publishers have to wait. */
    private void fillUp() {
        while (!topic.isHeld()) {
            CompletableFuture<@Nullable Throwable> published = send(topic);
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> published.isDone() || topic.isHeld());
        }
    }

    private CompletableFuture<@Nullable Throwable> send(Topic to) {
        CompletableFuture<@Nullable Throwable> published = new CompletableFuture<>();
        to.publish(message(), (token, failure) -> published.complete(failure), 0);
        return published;
    }

    private Message message() {
        return new Message(
                nowMillis.get(), null, ByteBuffer.wrap(new byte[MESSAGE_BYTES]), BatchBuilder.NO_HEADERS.duplicate());
    }

    private ByteBuffer batch() {
        BatchBuilder builder = new BatchBuilder(100);
        builder.add(nowMillis.get(), null, ByteBuffer.wrap(new byte[10]), BatchBuilder.NO_HEADERS);
        return builder.build();
    }

    private static void settle(Queue queue, int count) {
        for (int number = 0; number < count; number++) {
            Optional<Delivery> delivery = await(queue.get());
            assertThat(delivery).as("message %s of %s", number, queue.name()).isPresent();
            delivery.get().settle();
        }
    }

    /** What the segments of the topic take. */
    private long bytesOnDisk() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.getParent().getFileName().toString().contains("events"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
