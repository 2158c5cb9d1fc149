package io.mainstem.engine;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A store of immutable logs.
 *
 * <p>Batches are RecordBatch v2 (see {@link io.mainstem.engine.batch.RecordBatch}). Every stage completes only after
 * durability, on no promised thread, and fails with an {@link EngineException} that says whether anything may have
 * happened. Batches that are appended to one log by calls that happen one after the other are stored in that order. All
 * methods may be called from any thread, and none of them waits for a disk or a network.
 */
public interface Engine extends AutoCloseable {

    /**
     * Opens a log, and creates it when it is not there. Must complete before any other call names the log. The policy
     * is not stored: whoever opens a log knows it.
     */
    CompletionStage<Bounds> open(LogSpec spec);

    /** Replaces the policy of an open log. What it lets go of goes soon, not at once. */
    CompletionStage<Void> configure(LogId log, LogPolicy policy);

    /**
     * Removes a log and its records, whether it is open or not; where there is none, nothing happens. A later log of
     * the same name has another incarnation.
     */
    CompletionStage<Void> delete(LogId log);

    /**
     * Appends one batch and completes with the offset of its first record.
     *
     * <p>From the call until completion the buffer, from its position to its limit, belongs to the engine, which writes
     * base offset and leader epoch into its header. The caller has checked it with
     * {@link io.mainstem.engine.batch.RecordBatch#check}. A batch that its idempotent producer sends again is not
     * stored again: the stage completes with the offset of the first copy once that copy is durable.
     */
    CompletionStage<Long> append(LogId log, ByteBuffer batch);

    /**
     * Becomes the only valid writer of a state log: appends a {@link Fence} and completes when everything before it can
     * be read. Every earlier term of this log ends.
     */
    CompletionStage<Term> acquire(LogId stateLog);

    /**
     * Appends one batch to the term's log. Success means that every replay will see the batch as valid under this term;
     * when the term has ended the stage fails as {@link EngineException.Kind#FENCED}.
     */
    CompletionStage<Long> append(Term term, ByteBuffer batch);

    /**
     * Reads whole durable batches in order, starting with the batch that holds the offset, or with the next one when
     * compaction took the record; it never takes the last one of a log. The buffer holds at least one batch even when
     * that exceeds {@code maxBytes}, and none at the durable end. It belongs to the caller and may be read-only. Fails
     * as {@link EngineException.Kind#OFFSET_OUT_OF_RANGE} outside the bounds.
     */
    CompletionStage<ByteBuffer> read(LogId log, long fromOffset, int maxBytes);

    /** First offset and durable end of an open log, as known now. */
    Bounds bounds(LogId log);

    /**
     * Calls the listener each time the durable end of the log has grown, until the registration is closed. Calls for
     * one log do not overlap; their ends grow. The listener must return at once.
     */
    Registration watch(LogId log, DurableListener listener);

    /**
     * Lets go of the records before an offset. Once it completes the first offset is at least that one, now and after a
     * restart; the bytes may stay for a while. Fails as OFFSET_OUT_OF_RANGE beyond the durable end; before the first
     * offset nothing happens.
     */
    CompletionStage<Void> trim(LogId log, long beforeOffset);

    /** What only files on this machine can give; empty where the store is elsewhere. */
    Optional<LocalLogs> local();

    /** Finishes what was appended and lets go of the store. Calls after that fail as CLOSED. */
    @Override
    void close();

    /** Learns that records became durable. */
    @FunctionalInterface
    interface DurableListener {
        /** Called with the offset after the last durable record. */
        void durable(long durableEndOffset);
    }

    /** Ends when it is closed; closing twice is harmless. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
