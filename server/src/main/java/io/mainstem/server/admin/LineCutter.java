package io.mainstem.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Cuts bytes that come in parts into lines, which end with a line feed. Not safe for use by several threads. */
final class LineCutter {

    private final int limitBytes;
    /** Of a line that has not ended yet. */
    private final ByteBuf begun = Unpooled.buffer(0);

    private long lines;

    LineCutter(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Hands over each line that is complete; it is valid during the call.
     *
     * @throws Problem for a line that is too long
     */
    void cut(ByteBuf part, Consumer<ByteBuffer> receiver) {
        while (true) {
            int length = part.bytesBefore((byte) '\n');
            if (length < 0) {
                append(part.readSlice(part.readableBytes()));
                return;
            }
            ByteBuf line = part.readSlice(length);
            part.skipBytes(1);
            if (begun.isReadable()) {
                append(line);
                hand(begun, receiver);
                begun.clear();
            } else {
                checkLength(length);
                hand(line, receiver);
            }
        }
    }

    /** Hands over what follows the last line feed, if anything does. */
    void finish(Consumer<ByteBuffer> receiver) {
        if (begun.isReadable()) {
            hand(begun, receiver);
        }
    }

    private void hand(ByteBuf line, Consumer<ByteBuffer> receiver) {
        lines++;
        receiver.accept(line.nioBuffer());
    }

    private void append(ByteBuf bytes) {
        checkLength(begun.readableBytes() + bytes.readableBytes());
        begun.writeBytes(bytes);
    }

    private void checkLength(int length) {
        if (length > limitBytes) {
            throw Problem.tooLarge("the line is longer than " + limitBytes + " bytes")
                    .atLine(lines + 1);
        }
    }
}
