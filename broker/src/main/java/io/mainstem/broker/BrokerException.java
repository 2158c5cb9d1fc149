package io.mainstem.broker;

/** A request that the broker refuses; nothing has happened. */
public final class BrokerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public enum Kind {
        TOPIC_EXISTS,
        UNKNOWN_TOPIC,
        UNKNOWN_QUEUE,
        /** A name that is empty, too long, or holds control characters. */
        INVALID_NAME,
        /** The name belongs to the broker. */
        RESERVED_NAME,
        INVALID_PARTITIONS,
        /** The topic or queue was to be deleted only if nobody uses it. */
        IN_USE,
        /** The queue was to be deleted only if it is empty. */
        NOT_EMPTY,
        /** The queue has a consumer that wants to be the only one, or one that wants to be it comes late. */
        EXCLUSIVE_CONSUMER,
        CLOSED
    }

    private final Kind kind;

    public BrokerException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
