package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the records of the messages of one queue, one at a time. Belongs to the queue's event loop. */
final class RecordFinder {

    private static final Logger LOG = LoggerFactory.getLogger(RecordFinder.class);
    private static final int READ_BYTES = 256 << 10;
    private static final int RETRY_DELAY_MILLIS = 100;

    private final Queue queue;
    private final QueueState state;
    private final BrokerContext context;
    private final Expiry expiry;
    private final Runnable afterRead;
    private boolean reading;

    /** @param afterRead called in the loop when it is worth asking again */
    RecordFinder(Queue queue, QueueState state, Expiry expiry, BrokerContext context, Runnable afterRead) {
        this.queue = queue;
        this.state = state;
        this.expiry = expiry;
        this.context = context;
        this.afterRead = afterRead;
    }

    boolean isReading() {
        return reading;
    }

    /** The record of the first message; null when it is being read, or was lost and has been settled. */
    @Nullable
    Record find(PendingMessage first) {
        QueueSource source = state.source(first);
        long offset = first.offset;
        RecordBatch batch = source.cursor == null ? null : source.cursor.batch();
        try {
            RecordCursor cursor = source.cursor;
            if (cursor == null || !cursor.covers(offset)) {
                batch = context.cache().find(source.topic.log(source.partition), offset);
                if (batch == null) {
                    read(source, offset);
                    return null;
                }
                cursor = new RecordCursor(batch);
                source.cursor = cursor;
            }
            Record record = cursor.find(offset);
            if (record == null) {
                expiry.gone(source, offset, offset + 1);
            }
            return record;
        } catch (CorruptRecordException e) {
            lose(source, offset, Objects.requireNonNull(batch), e.getMessage());
            return null;
        }
    }

    private void read(QueueSource source, long offset) {
        reading = true;
        source.topic
                .read(source.partition, offset, READ_BYTES)
                .whenComplete(
                        (batches, failure) -> queue.loop().execute(() -> wasRead(source, offset, batches, failure)));
    }

    private void wasRead(
            QueueSource source, long offset, @Nullable ByteBuffer batches, @Nullable Throwable wrappedFailure) {
        reading = false;
        Throwable failure = Failures.unwrap(wrappedFailure);
        if (batches != null && batches.hasRemaining()) {
            context.cache().put(source.topic.log(source.partition), batches);
            RecordBatch batch = RecordBatch.of(batches);
            if (batch.baseOffset() <= offset) {
                openCursor(source, offset, batch);
            } else {
                expiry.gone(source, offset, batch.baseOffset());
            }
        } else if (batches != null || isGone(failure, EngineException.Kind.OFFSET_OUT_OF_RANGE)) {
            expiry.outOfRange(source, offset);
        } else if (isGone(failure, EngineException.Kind.UNKNOWN_LOG)) {
            expiry.gone(source, 0, Long.MAX_VALUE);
        } else {
            LOG.warn("Queue '{}' waits, because reading failed: {}", queue.name(), String.valueOf(failure));
            queue.loop().schedule(afterRead, RETRY_DELAY_MILLIS);
            return;
        }
        afterRead.run();
    }

    private void openCursor(QueueSource source, long offset, RecordBatch batch) {
        try {
            source.cursor = new RecordCursor(batch);
        } catch (CorruptRecordException e) {
            lose(source, offset, batch, e.getMessage());
        }
    }

    private static boolean isGone(@Nullable Throwable failure, EngineException.Kind kind) {
        return failure instanceof EngineException e && e.kind() == kind;
    }

    /**
     * The first message, which is this one unless others came before it meanwhile, cannot be delivered ever. Where dead
     * letters are kept its batch becomes one, as it is.
     */
    private void lose(QueueSource source, long offset, RecordBatch batch, @Nullable String reason) {
        PendingMessage first = state.index().first();
        if (first == null || !state.source(first).equals(source) || first.offset != offset) {
            return;
        }
        boolean told = source.lostBatchOffset == batch.baseOffset();
        if (!told) {
            source.lostBatchOffset = batch.baseOffset();
            LOG.warn(
                    "Queue '{}' loses what it has of offsets {} to {} of {}-{}, which cannot be decoded: {}",
                    queue.name(),
                    offset,
                    batch.lastOffset(),
                    source.topic.name(),
                    source.partition,
                    reason);
        }
        if (told || !queue.keepsDeadLetters()) {
            state.settleFirst(SettleReason.LOST);
            queue.changed();
            return;
        }
        Record asItIs = new Record(
                offset, batch.maxTimestampMillis(), null, batch.bytes(), BatchBuilder.NO_HEADERS.duplicate());
        queue.die(state.hold(), asItIs, SettleReason.LOST, Death.Reason.UNDECODABLE);
    }
}
