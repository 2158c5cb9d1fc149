package io.mainstem.protocol.kafka.groups;

import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of one partition of the offsets topic.
 *
 * <p>The coordinator wants to know at once where its records will stand. There is no other writer, so that can be
 * foretold; whether it came true is known when the batch is durable, and only then is it told onward.
 *
 * <p>One batch is under way at a time. What follows a batch was decided on the state that the batch made, so it must
 * not be stored without it: when a batch fails, all that waits behind it is dropped, and the log is closed until its
 * state has been read anew. Safe for use by several threads.
 */
final class OffsetsLog {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsLog.class);

    /** A disk that stands still must not fill the memory; the coordinator takes a batch back that is refused. */
    static final int WAITING_LIMIT_BYTES = 16 << 20;

    private static final long CLOSED = -1;

    private record Batch(ByteBuffer bytes, long baseOffset, long endOffset) {}

    private final Topic topic;
    private final int partition;
    private final Runnable whenBroken;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final Queue<Batch> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long nextOffset = CLOSED;
    private @Nullable Batch underWay;
    private @Nullable CompletableFuture<Void> quiet;
    private @Nullable LongConsumer listener;

    /** @param whenBroken called on any thread once what was promised will not come true, or may not */
    OffsetsLog(Topic topic, int partition, Runnable whenBroken) {
        this.topic = topic;
        this.partition = partition;
        this.whenBroken = whenBroken;
    }

    Topic topic() {
        return topic;
    }

    int partition() {
        return partition;
    }

    /** Who is told each offset below which everything is durable: the coordinator, once it has loaded the state. */
    void listen(@Nullable LongConsumer newListener) {
        synchronized (this) {
            listener = newListener;
        }
        if (newListener != null) {
            loaded.complete(null);
        }
    }

    /** Completes once the state was loaded, or could not be. */
    CompletableFuture<Void> loaded() {
        return loaded;
    }

    /** Forgets what waits; completes when the fate of what is under way is known, so that the log can be read. */
    synchronized CompletionStage<Void> close() {
        nextOffset = CLOSED;
        waiting.clear();
        waitingBytes = 0;
        if (underWay == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (quiet == null) {
            quiet = new CompletableFuture<>();
        }
        return quiet;
    }

    /** The state follows the log up to this offset: from here on it may be written. */
    synchronized void open(long endOffset) {
        nextOffset = endOffset;
    }

    /**
     * Appends a copy of a batch, and returns the offset after it before it is durable.
     *
     * @throws NotLeaderOrFollowerException while the log is closed
     * @throws NotEnoughReplicasException when too much waits for the disk already
     */
    long append(ByteBuffer batch) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch).flip();
        int records = RecordBatch.of(copy).lastOffsetDelta() + 1;
        long endOffset;
        synchronized (this) {
            if (nextOffset == CLOSED) {
                throw new NotLeaderOrFollowerException("the state of partition " + partition + " is read anew");
            }
            if (waitingBytes + copy.remaining() > WAITING_LIMIT_BYTES) {
                throw new NotEnoughReplicasException(waitingBytes + " bytes wait for the disk already");
            }
            endOffset = nextOffset + records;
            waiting.add(new Batch(copy, nextOffset, endOffset));
            waitingBytes += copy.remaining();
            nextOffset = endOffset;
        }
        sendNext();
        return endOffset;
    }

    private void sendNext() {
        Batch next;
        synchronized (this) {
            if (underWay != null || waiting.isEmpty()) {
                return;
            }
            next = waiting.remove();
            waitingBytes -= next.bytes.remaining();
            underWay = next;
        }
        topic.append(partition, next.bytes).whenComplete((offset, failure) -> finished(next, offset, failure));
    }

    private void finished(Batch batch, @Nullable Long baseOffset, @Nullable Throwable failure) {
        boolean cameTrue = failure == null && baseOffset != null && baseOffset == batch.baseOffset;
        CompletableFuture<Void> nowQuiet;
        LongConsumer told;
        boolean broken;
        synchronized (this) {
            underWay = null;
            nowQuiet = quiet;
            quiet = null;
            told = nextOffset == CLOSED ? null : listener;
            broken = !cameTrue && nextOffset != CLOSED;
            if (broken) {
                nextOffset = CLOSED;
                waiting.clear();
                waitingBytes = 0;
            }
        }
        if (cameTrue && told != null) {
            told.accept(batch.endOffset);
        }
        if (broken) {
            LOG.warn(
                    "Partition {} of the group offsets: a batch for offset {} {}; the state is read anew",
                    partition,
                    batch.baseOffset,
                    failure == null ? "is at " + baseOffset : "failed: " + failure);
            whenBroken.run();
        }
        if (nowQuiet != null) {
            nowQuiet.complete(null);
        }
        sendNext();
    }
}
