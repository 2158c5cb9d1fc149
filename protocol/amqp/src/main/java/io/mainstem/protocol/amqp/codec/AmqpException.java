package io.mainstem.protocol.amqp.codec;

/** An error in the protocol's own terms, to be told to the peer. It carries no stack: it is the peer's mistake. */
public final class AmqpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ReplyCode code;

    public AmqpException(ReplyCode code, String text) {
        super(code + " - " + text, null, false, false);
        this.code = code;
    }

    public ReplyCode code() {
        return code;
    }

    /** The reply text, as RabbitMQ words it: the name of the code, then what happened. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
