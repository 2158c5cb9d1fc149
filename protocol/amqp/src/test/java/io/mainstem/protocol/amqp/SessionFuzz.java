package io.mainstem.protocol.amqp;

import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
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
            Frame frame = new Frame();
            while (frame.open(in, MAX_FRAME_BYTES)) {
                switch (frame.type()) {
                    case Frame.METHOD -> Arguments.read(Method.readId(frame.payload()), frame.payload());
                    case Frame.HEADER -> content(frame.payload().nioBuffer());
                    default -> frame.describe();
                }
                frame.close();
            }
        } catch (AmqpException e) {
            // what is wrong with it is said
        }
    }

    private static void content(ByteBuffer payload) {
        ContentHeader content = new ContentHeader();
        content.read(payload);
        RecordHeaders headers = new RecordHeaders(() -> "amq.rabbitmq.reply-to.here");
        headers.read(content);
        headers.addFurtherKeys();
        headers.addDelay(0);
        ByteBuf out = Unpooled.buffer().writeShort(60).writeShort(0).writeLong(0);
        new MessageProperties().write(new Record(0, 0, null, null, headers.section()), Map.of(), out, MAX_FRAME_BYTES);
        content.read(out.nioBuffer());
        while (content.next() != null) {
            // all that was written can be read
        }
        if (out.readableBytes() > 12 + MAX_FRAME_BYTES) {
            throw new AssertionError("properties of " + out.readableBytes() + " bytes");
        }
    }
}
