package io.mainstem.protocol.amqp.codec;

/** Why a channel or a connection is closed, or a message returned. */
public enum ReplyCode {
    NO_ROUTE(312, false),
    CONNECTION_FORCED(320, true),
    ACCESS_REFUSED(403, false),
    NOT_FOUND(404, false),
    RESOURCE_LOCKED(405, false),
    PRECONDITION_FAILED(406, false),
    FRAME_ERROR(501, true),
    SYNTAX_ERROR(502, true),
    COMMAND_INVALID(503, true),
    CHANNEL_ERROR(504, true),
    UNEXPECTED_FRAME(505, true),
    NOT_ALLOWED(530, true),
    NOT_IMPLEMENTED(540, true),
    INTERNAL_ERROR(541, true);

    private final int number;
    private final boolean closesConnection;

    ReplyCode(int number, boolean closesConnection) {
        this.number = number;
        this.closesConnection = closesConnection;
    }

    public int number() {
        return number;
    }

    /** False when only the channel ends. */
    public boolean closesConnection() {
        return closesConnection;
    }
}
