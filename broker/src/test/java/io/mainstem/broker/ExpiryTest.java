package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a queue's messages when their records leave the log: retention and compaction win. */
class ExpiryTest {

    private static final int NO_CACHE = 0;
    private static final int CACHE = 1 << 20;

    private final HostileEngine.Store store = new HostileEngine.Store();
    private SteppedLoops steps = new SteppedLoops(new Random(1));
    private HostileEngine engine;
    private Broker broker;
    private Topic topic;
    private Queue queue;

    @BeforeEach
    void bindAQueue() {
        start(NO_CACHE);
        await(queue.bind(topic, "#"));
    }

    private void start(int cacheBytes) {
        steps = new SteppedLoops(new Random(1));
        engine = new HostileEngine(store, steps, new Random(1), () -> HostileEngine.Malice.NONE);
        BrokerOptions options = new BrokerOptions(
                () -> Instant.EPOCH, 1, 5, 100_000, cacheBytes, 200, Long.MAX_VALUE, 0, TypedHeaders.NONE);
        broker = await(Broker.start(engine, options, steps.loops(2)));
        topic = await(broker.topics().declare(TopicSpec.routed("events", Routing.PATTERN)));
        queue = await(broker.queues().declare(QueueSpec.durable("all"), null));
    }

    @Test
    void whatRetentionTakesExpiresAtOnceAndIsCounted() {
        publish(10);
        await(engine.trim(topic.log(0), 7));
        assertThat(await(queue.countReady())).isEqualTo(3);
        assertThat(queue.expiredCount()).isEqualTo(7);
        assertThat(drain()).containsExactly("m7", "m8", "m9");
    }

    @Test
    void theFirstDeliveryAfterATrimIsOfTheFirstRecordThatIsLeft() {
        publish(1_000);
        await(engine.trim(topic.log(0), 990));
        int before = engine.readCount();
        assertThat(text(get())).isEqualTo("m990");
        assertThat(engine.readCount() - before).isLessThan(5);
        assertThat(queue.expiredCount()).isEqualTo(990);
    }

    @Test
    void aTrimWithinABatchTakesOnlyWhatIsBeforeIt() {
        publish(3);
        long secondOfABatch = firstOffsetWithinABatch();
        await(engine.trim(topic.log(0), secondOfABatch));
        assertThat(text(get())).isEqualTo("m" + secondOfABatch);
    }

    @Test
    void whatCompactionTakesExpiresAndTheRestIsDelivered() {
        publish(10);
        publish(1); // of the batch at the end compaction takes nothing
        engine.compact(topic.log(0), record -> record.offset() % 3 == 0);
        assertThat(drain()).containsExactly("m0", "m3", "m6", "m9", "m0");
        assertThat(queue.expiredCount()).isEqualTo(6);
        assertThat(await(queue.countReady())).isZero();
    }

    @Test
    void aWideGapExpiresWithOneRead() {
        publish(1_000);
        engine.compact(topic.log(0), record -> record.offset() == 0);
        assertThat(text(get())).isEqualTo("m0");
        int before = engine.readCount();
        assertThat(drain()).endsWith("m999");
        assertThat(engine.readCount() - before).isLessThan(20);
        assertThat(queue.expiredCount()).isGreaterThan(900);
    }

    @Test
    void whatExpiredStaysGoneAfterARestart() {
        publish(10);
        await(engine.trim(topic.log(0), 7));
        assertThat(await(queue.countReady())).isEqualTo(3);
        restartInOrder();
        assertThat(await(queue.countReady())).isEqualTo(3);
        assertThat(queue.expiredCount()).isZero();
    }

    @Test
    void aRestartFindsOutWhatWasLostMeanwhile() {
        publish(10);
        restartInOrder();
        crashAfter(() -> await(engine.trim(topic.log(0), 4)));
        assertThat(await(queue.countReady())).isEqualTo(6);
        assertThat(drain()).startsWith("m4").hasSize(6);
    }

    @Test
    void onlyTheRecordsThatCompactionHasLeftAreRoutedAgain() {
        publish(10);
        publish(1);
        crashAfter(() -> engine.compact(topic.log(0), record -> record.offset() % 4 == 0));
        assertThat(await(queue.countReady())).isEqualTo(4);
        assertThat(drain()).containsExactly("m0", "m4", "m8", "m0");
        assertThat(queue.expiredCount()).isZero();
    }

    @Test
    void aMessageThatAConsumerHoldsIsItsOwnThoughTheRecordIsGone() {
        publish(3);
        Delivery held = get();
        await(engine.trim(topic.log(0), 2));
        assertThat(await(queue.countReady())).isEqualTo(1);
        held.settle();
        assertThat(drain()).containsExactly("m2");
        assertThat(queue.expiredCount()).isEqualTo(1);
    }

    @Test
    void aMessageThatIsPutBackWhenItsRecordIsGoneExpires() {
        publish(3);
        Delivery held = get();
        await(engine.trim(topic.log(0), 2));
        held.requeue();
        assertThat(drain()).containsExactly("m2");
        assertThat(queue.expiredCount()).isEqualTo(2);
    }

    @Test
    void theCacheDoesNotBringBackWhatWasTrimmed() {
        restartInOrder(CACHE);
        publish(10);
        await(engine.trim(topic.log(0), 7));
        assertThat(text(get())).isEqualTo("m7");
    }

    private void publish(int count) {
        List<CompletableFuture<Void>> published = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            published.add(done);
            Message message = new Message(1, utf8("k"), utf8("m" + number), BatchBuilder.NO_HEADERS);
            topic.publish(message, (token, failure) -> done.complete(null), 0);
        }
        await(CompletableFuture.allOf(published.toArray(CompletableFuture[]::new)));
    }

    private long firstOffsetWithinABatch() {
        for (long offset = 1; offset < 3; offset++) {
            ByteBuffer fromHere = await(engine.read(topic.log(0), offset, 1));
            if (RecordBatch.of(fromHere).baseOffset() < offset) {
                return offset;
            }
        }
        throw new AssertionError("every batch has one record");
    }

    private void crashAfter(Runnable change) {
        change.run();
        steps.crash();
        start(NO_CACHE);
    }

    private void restartInOrder() {
        restartInOrder(NO_CACHE);
    }

    private void restartInOrder(int cacheBytes) {
        await(broker.closeAsync());
        steps.crash();
        start(cacheBytes);
    }

    private Delivery get() {
        return await(queue.get()).orElseThrow();
    }

    private List<String> drain() {
        List<String> texts = new ArrayList<>();
        for (Optional<Delivery> next = await(queue.get()); next.isPresent(); next = await(queue.get())) {
            next.get().settle();
            texts.add(text(next.get()));
        }
        return texts;
    }

    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        while (!future.isDone()) {
            assertThat(steps.step() || steps.passTime())
                    .as("something is left to do")
                    .isTrue();
        }
        return future.join();
    }

    private static String text(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(delivery.record().value().duplicate())
                .toString();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
