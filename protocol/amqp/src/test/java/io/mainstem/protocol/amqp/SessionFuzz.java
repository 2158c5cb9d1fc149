package io.mainstem.protocol.amqp;

import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;

/**
 * For the fuzzer: whatever bytes a client sends, they are read, or refused as the protocol does; and whatever
 * properties are taken can be delivered.
 */
public final class SessionFuzz {

    private static final int MAX_FRAME_BYTES = 4096;

    private SessionFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuf in = Unpooled.wrappedBuffer(input);
        try {
            for (Frame frame = read(in); frame != null; frame = read(in)) {
                switch (frame.type()) {
                    case Frame.METHOD -> Arguments.read(Method.readId(frame.payload()), frame.payload());
                    case Frame.HEADER -> content(frame.payload());
                    default -> frame.describe();
                }
            }
        } catch (AmqpException e) {
            // what is wrong with it is said
        }
    }

    private static Frame read(ByteBuf in) {
        return Frame.read(in, MAX_FRAME_BYTES);
    }

    private static void content(ByteBuf payload) {
        RecordHeaders headers = new RecordHeaders(() -> "amq.rabbitmq.reply-to.here");
        headers.read(ContentHeader.read(payload));
        headers.addFurtherKeys();
        headers.addDelay(0);
        ByteBuf out = Unpooled.buffer();
        new MessageProperties().write(new Record(0, 0, null, null, headers.section()), Map.of(), out, MAX_FRAME_BYTES);
        new ContentHeader(0, 0, out).visit((property, value) -> {});
        if (out.readableBytes() > MAX_FRAME_BYTES) {
            throw new AssertionError("properties of " + out.readableBytes() + " bytes");
        }
    }
}
