package io.mainstem.engine;

/** Why an engine did not do what it was asked, and whether it may have happened all the same. */
public final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Every kind but UNKNOWN_OUTCOME promises that nothing was stored. */
    public enum Kind {
        /** No such log is open; or it has been deleted. */
        UNKNOWN_LOG,
        /** A read outside the bounds of the log. */
        OFFSET_OUT_OF_RANGE,
        /** The batch is larger than the engine takes. */
        BATCH_TOO_LARGE,
        /** An idempotent producer left a gap in its sequence numbers. */
        OUT_OF_ORDER_SEQUENCE,
        /** An idempotent producer has an epoch older than one that was seen. */
        STALE_PRODUCER_EPOCH,
        /** A retry of a batch so old that its offset is no longer known; it was stored. */
        DUPLICATE_SEQUENCE,
        /** The term has ended: somebody else writes this state log. */
        FENCED,
        /** The disk has no room. */
        STORE_FULL,
        /** Too much waits for the store already; later there is room again. */
        OVERLOADED,
        /** What is stored could not be read this time. */
        UNREADABLE,
        /** The batch may be in the log, now or later, or not. */
        UNKNOWN_OUTCOME,
        /** The engine was closed, or it stopped after a failed sync. */
        CLOSED
    }

    private final Kind kind;

    public EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
