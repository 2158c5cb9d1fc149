package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Looks at parts of buffers and copies them, without making views of them; the buffers stay as they are. */
public final class Bytes {

    private Bytes() {}

    /** The readable bytes, in a view that the buffer makes once: good until somebody asks it for another. */
    public static ByteBuffer view(ByteBuf buffer) {
        return buffer.internalNioBuffer(buffer.readerIndex(), buffer.readableBytes());
    }

    /** Whether a part of a buffer is the same as what remains in another one. */
    public static boolean equal(ByteBuffer buffer, int position, int length, ByteBuffer other) {
        return length == other.remaining() && startsWith(buffer, position, length, other);
    }

    /** Whether a part of a buffer begins with what remains in another one. */
    public static boolean startsWith(ByteBuffer buffer, int position, int length, ByteBuffer prefix) {
        int prefixLength = prefix.remaining();
        if (length < prefixLength) {
            return false;
        }
        int prefixPosition = prefix.position();
        for (int index = 0; index < prefixLength; index++) {
            if (buffer.get(position + index) != prefix.get(prefixPosition + index)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a part of a buffer is UTF-8. */
    public static boolean isText(ByteBuffer buffer, int position, int length) {
        for (int index = position; index < position + length; index++) {
            if (buffer.get(index) < 0) {
                // the rest of the way only for what is not ASCII
                ByteBuf rest = Unpooled.wrappedBuffer(buffer.slice(index, position + length - index));
                return ByteBufUtil.isText(rest, StandardCharsets.UTF_8);
            }
        }
        return true;
    }

    /** A part of a buffer as text. */
    public static String text(ByteBuffer buffer, int position, int length) {
        return StandardCharsets.UTF_8.decode(buffer.slice(position, length)).toString();
    }

    /** Appends a part of a buffer. */
    public static void write(ByteBuffer from, int position, int length, ByteBuf to) {
        to.ensureWritable(length);
        int start = to.writerIndex();
        ByteBuffer target = to.internalNioBuffer(start, length);
        target.put(target.position(), from, position, length);
        to.writerIndex(start + length);
    }
}
