package io.mainstem.broker;

import static io.mainstem.broker.BrokerException.Kind.QUEUE_FULL;

import io.mainstem.engine.batch.BatchBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what publishers send to one log into batches. While one batch is being made durable the next one fills, so
 * that all publishers of the log share its commits. Safe for use by several threads.
 */
final class TopicWriter {

    private static final int INITIAL_BATCH_BYTES = 1 << 10;

    /** What waits for room in a topic that is held; past it publishes fail. */
    private static final int WAITING_LIMIT_BYTES = 16 << 20;

    /** @param isCopy of a message that is leaving a queue: it waits for no queue to let messages go in its turn */
    private record Waiting(PublishListener listener, long token, boolean isCopy) {}

    private static final class OpenBatch {
        final BatchBuilder builder;
        final List<Waiting> waiting = new ArrayList<>();
        final CompletableFuture<Void> done = new CompletableFuture<>();

        /** Who was asked last to have it sent. */
        @Nullable
        PublishListener sender;

        OpenBatch(int capacityBytes) {
            builder = new BatchBuilder(capacityBytes);
        }
    }

    private final Topic topic;
    private final int partition;
    private final int batchBytes;

    /** Full, and waiting for room in the topic. */
    private final ArrayDeque<OpenBatch> full = new ArrayDeque<>();

    private long fullBytes;
    private int lastBatchBytes = INITIAL_BATCH_BYTES;
    private @Nullable OpenBatch open;
    private int inFlight;
    private CompletionStage<Void> lastSent = CompletableFuture.completedFuture(null);

    TopicWriter(Topic topic, int partition, int batchBytes) {
        this.topic = topic;
        this.partition = partition;
        this.batchBytes = batchBytes;
    }

    void publish(Message message, PublishListener listener, long token, boolean isCopy) {
        if (!take(message, new Waiting(listener, token, isCopy))) {
            listener.published(token, topic.intake().refusal());
        }
    }

    private synchronized boolean take(Message message, Waiting publisher) {
        boolean waits = waits();
        if (waits && fullBytes >= WAITING_LIMIT_BYTES) {
            return false;
        }
        OpenBatch batch = open;
        if (batch == null) {
            batch = new OpenBatch(lastBatchBytes);
            open = batch;
        }
        batch.builder.add(message.timestampMillis(), message.key(), message.value(), message.headers());
        batch.waiting.add(publisher);
        boolean isFull = batch.builder.sizeInBytes() >= batchBytes;
        if (waits && isFull) {
            full.add(batch);
            fullBytes += batch.builder.sizeInBytes();
            open = null;
        } else if (!waits && isFull) {
            send(takeOpen());
        } else if (!waits && inFlight == 0 && batch.sender != publisher.listener) {
            batch.sender = publisher.listener;
            publisher.listener.afterwards(this::sendOpen);
        }
        return true;
    }

    private synchronized void sendOpen() {
        if (open != null && inFlight == 0 && !waits()) {
            send(takeOpen());
        }
    }

    private OpenBatch takeOpen() {
        OpenBatch taken = Objects.requireNonNull(open);
        open = null;
        return taken;
    }

    private boolean waits() {
        return topic.isHeld() || !full.isEmpty();
    }

    /** There is room again in the topic. */
    synchronized void release() {
        while (!full.isEmpty() && !topic.isHeld()) {
            OpenBatch next = full.remove();
            fullBytes -= next.builder.sizeInBytes();
            send(next);
        }
        sendOpen();
    }

    /**
     * Completes once everything that was published before the call is durable or has failed. What waits for room counts
     * as published later: it may take for ever, and what makes room is perhaps what asks here.
     */
    synchronized CompletionStage<Void> settled() {
        return open == null || waits() ? lastSent : open.done;
    }

    /** The caller holds the lock, so that batches reach the engine in their order. */
    private void send(OpenBatch batch) {
        inFlight++;
        lastBatchBytes = batch.builder.sizeInBytes();
        CompletionStage<Void> before = lastSent;
        lastSent = batch.done;
        topic.intake().appendLetIn(partition, batch.builder.build()).whenComplete((baseOffset, failure) -> {
            sent();
            // what is confirmed is also routed, so that a publisher finds its message in the queue
            if (failure == null) {
                long endOffset = baseOffset + batch.waiting.size();
                topic.whenRouted(partition, endOffset, () -> askQueues(batch, before, baseOffset));
            } else {
                finish(batch, waiting -> true, index -> failure);
                end(batch, before);
            }
        });
    }

    private synchronized void sent() {
        inFlight--;
        sendOpen();
    }

    /**
     * Some queues may not have taken what was routed to them, or have yet to let go of what is too much; called in the
     * router's event loop.
     */
    private void askQueues(OpenBatch batch, CompletionStage<Void> before, long baseOffset) {
        List<Queue> queues = topic.limitedQueues();
        if (queues.isEmpty()) {
            finish(batch, waiting -> true, index -> null);
            end(batch, before);
            return;
        }
        finish(batch, Waiting::isCopy, index -> null);
        // a change of bindings does not wait for queues, for it may be what they wait for
        end(batch, before);
        Map<Long, Throwable> refusals = new ConcurrentHashMap<>();
        AtomicInteger asked = new AtomicInteger(queues.size());
        for (Queue queue : queues) {
            queue.takeRefusals(topic, partition, baseOffset + batch.waiting.size(), refused -> {
                refused.forEach((first, last) -> {
                    for (long offset = Math.max(first, baseOffset); offset <= last; offset++) {
                        refusals.put(offset, new BrokerException(QUEUE_FULL, "queue '" + queue.name() + "' is full"));
                    }
                });
                if (asked.decrementAndGet() == 0) {
                    finish(batch, waiting -> !waiting.isCopy, index -> refusals.get(baseOffset + index));
                }
            });
        }
    }

    private static void finish(OpenBatch batch, Predicate<Waiting> whom, IntFunction<@Nullable Throwable> failures) {
        for (int index = 0; index < batch.waiting.size(); index++) {
            Waiting waiting = batch.waiting.get(index);
            if (whom.test(waiting)) {
                waiting.listener.published(waiting.token, failures.apply(index));
            }
        }
    }

    private static void end(OpenBatch batch, CompletionStage<Void> before) {
        before.whenComplete((done, never) -> batch.done.complete(null));
    }
}
