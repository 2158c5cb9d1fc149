package io.mainstem.protocol.kafka.groups;

/** Why nothing was done to a group; the message says it to a person. */
public final class GroupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public enum Kind {
        UNKNOWN_GROUP,
        /** The group has active members, which would overwrite what is done to it. */
        NOT_EMPTY,
        UNKNOWN_PARTITION,
        /** Not now: the state is being loaded or could not be written, or it is not known whether it was. */
        UNAVAILABLE,
        /** The coordinator refuses for another reason. */
        REFUSED
    }

    private final Kind kind;

    GroupException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
