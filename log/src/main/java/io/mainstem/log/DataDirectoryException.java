package io.mainstem.log;

/** Why a data directory cannot be opened, in words for whoever runs the broker. */
public final class DataDirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Kind {
        /** Another process has it open; the message names its process id. */
        HELD,
        /** It was written by another version, in a format that is not known here. */
        UNKNOWN_FORMAT,
        /** Records that were acknowledged cannot be read any more. Nothing was changed. */
        DAMAGED,
        /** The operating system refuses to read or write it. */
        INACCESSIBLE
    }

    private final Kind kind;

    DataDirectoryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    DataDirectoryException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
