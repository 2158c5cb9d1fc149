package io.mainstem.broker;

import io.mainstem.engine.LogId;
import io.mainstem.engine.batch.HeaderWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A broker whose time passes when a test says so, and which loses what is not durable when a test says so. */
final class SteppedBroker {

    private static final long PATIENCE_MILLIS = 1_000;

    private final Random random = new Random(7);
    private final HostileEngine.Store store = new HostileEngine.Store();
    private SteppedLoops steps = new SteppedLoops(random);
    private Broker broker;

    SteppedBroker() {
        start();
    }

    private void start() {
        long nowMillis = steps.nowMillis();
        steps = new SteppedLoops(random);
        steps.runFor(Math.max(0, nowMillis - steps.nowMillis()));
        HostileEngine engine = new HostileEngine(store, steps, random, () -> HostileEngine.Malice.NONE);
        BrokerOptions defaults = BrokerOptions.defaults();
        BrokerOptions options = new BrokerOptions(
                () -> Instant.ofEpochMilli(steps.nowMillis()),
                1,
                defaults.settlementDelayMillis(),
                defaults.checkpointBytes(),
                defaults.cacheBytes(),
                defaults.publishBatchBytes(),
                Long.MAX_VALUE,
                0,
                TypedHeaders.NONE);
        broker = await(Broker.start(engine, options, steps.loops(2)));
    }

    /** Ends in the middle of everything, and starts again. */
    void crash() {
        steps.crash();
        start();
    }

    void restart() {
        await(broker.closeAsync());
        crash();
    }

    Queues queues() {
        return broker.queues();
    }

    Topics topics() {
        return broker.topics();
    }

    boolean hasLog(LogId log) {
        return store.hasLog(log);
    }

    Queue queue(String name) {
        return broker.queues().find(name).orElseThrow();
    }

    Queue declare(String name, Map<String, String> settings) {
        return await(broker.queues().declare(QueueSpec.durable(name, QueueSettings.of(settings)), null));
    }

    Topic topic(String name) {
        return await(broker.topics().declare(TopicSpec.routed(name, Routing.ALL)));
    }

    long nowMillis() {
        return steps.nowMillis();
    }

    void pass(long millis) {
        steps.runFor(millis);
    }

    void publish(Queue queue, String value) {
        publish(queue, value, Map.of());
    }

    /** Publishes straight to a queue, and waits for the outcome. */
    void publish(Queue queue, String value, Map<String, String> headers) {
        await(send(queue, value, headers));
    }

    /** Publishes straight to a queue. */
    CompletableFuture<Void> send(Queue queue, String value) {
        return send(queue, value, Map.of());
    }

    private CompletableFuture<Void> send(Queue queue, String value, Map<String, String> headers) {
        CompletableFuture<Void> published = new CompletableFuture<>();
        queue.publish(message(queue.name(), value, headers), (token, failure) -> finish(published, failure), 0);
        return published;
    }

    void publish(Topic topic, String key, String value) {
        CompletableFuture<Void> published = new CompletableFuture<>();
        topic.publish(message(key, value, Map.of()), (token, failure) -> finish(published, failure), 0);
        await(published);
    }

    private static void finish(CompletableFuture<Void> done, Throwable failure) {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    private Message message(String key, String value, Map<String, String> headers) {
        HeaderWriter section = new HeaderWriter();
        headers.forEach((name, text) -> section.add(name, utf8(text)));
        return new Message(steps.nowMillis(), utf8(key), utf8(value), section.section());
    }

    Delivery get(Queue queue) {
        return await(queue.get()).orElseThrow();
    }

    /** Takes and settles all that is ready. */
    List<String> drain(Queue queue) {
        List<String> values = new ArrayList<>();
        for (Optional<Delivery> next = await(queue.get()); next.isPresent(); next = await(queue.get())) {
            values.add(value(next.get()));
            next.get().settle();
        }
        return values;
    }

    static String value(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(delivery.record().value().duplicate())
                .toString();
    }

    <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (int waited = 0; !future.isDone() && waited < PATIENCE_MILLIS; waited++) {
            steps.runFor(0);
            if (!future.isDone()) {
                steps.runFor(1);
            }
        }
        if (!future.isDone()) {
            throw new AssertionError("not done within " + PATIENCE_MILLIS + " ms");
        }
        return future.join();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
