package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBufUtil;

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

    /**
     * The reply text, as RabbitMQ words it: the name of the code, then what happened; cut to what a short string holds.
     */
    public String text() {
        String text = String.valueOf(getMessage());
        while (ByteBufUtil.utf8Bytes(text) > 255) {
            text = text.substring(0, text.length() - Math.max(4, text.length() / 16)) + "...";
        }
        return text;
    }
}
