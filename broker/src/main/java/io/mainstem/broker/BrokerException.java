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
        /** A binding with a key or headers beyond the limits. */
        INVALID_BINDING,
        /** A setting that is not known, or a value that it cannot have. */
        INVALID_SETTING,
        /** A batch that is larger than its topic takes. */
        MESSAGE_TOO_LARGE,
        /** A batch with a record that its topic does not take. */
        INVALID_RECORD,
        /** A batch with a time that is too far from the broker's. */
        INVALID_TIMESTAMP,
        /** A queue has as much as it may have, and the message is not in it. */
        QUEUE_FULL,
        /** More messages than can be dealt with at once. */
        TOO_MANY,
        /** The topic or queue was to be deleted only if nobody uses it. */
        IN_USE,
        /** The queue was to be deleted only if it is empty. */
        NOT_EMPTY,
        /** The queue has a consumer that wants to be the only one, or one that wants to be it comes late. */
        EXCLUSIVE_CONSUMER,
        CLOSED
    }

    private final Kind kind;
    private final String missing;

    public BrokerException(Kind kind, String message) {
        this(kind, message, "");
    }

    private BrokerException(Kind kind, String message, String missing) {
        super(message);
        this.kind = kind;
        this.missing = missing;
    }

    static BrokerException unknownTopic(String name) {
        return new BrokerException(Kind.UNKNOWN_TOPIC, "no topic '" + name + "'", name);
    }

    static BrokerException unknownQueue(String name) {
        return new BrokerException(Kind.UNKNOWN_QUEUE, "no queue '" + name + "'", name);
    }

    public Kind kind() {
        return kind;
    }

    /** The name of the topic or queue that is not there, for UNKNOWN_TOPIC and UNKNOWN_QUEUE. */
    public String missing() {
        return missing;
    }
}
