package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Encodes the header section of a record. Reusable after {@link #reset}; not safe for use by several threads. */
public final class HeaderWriter {

    /** Room for the count, which is known last and written right before the headers. */
    private static final int COUNT_ROOM_BYTES = 5;

    /** The most that the length of a name or a value takes. */
    private static final int LENGTH_ROOM_BYTES = 5;

    private ByteBuffer buffer = ByteBuffer.allocate(256).position(COUNT_ROOM_BYTES);
    private ByteBuffer section = buffer.duplicate();
    private int count;

    public void add(String name, @Nullable ByteBuffer value) {
        add(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), value);
    }

    /** Adds a header; the buffers are read from position to limit and left as they were. */
    public void add(ByteBuffer name, @Nullable ByteBuffer value) {
        name(name, name.position(), name.remaining());
        if (value == null) {
            noValue();
        } else {
            value(value, value.position(), value.remaining());
        }
    }

    /** Begins a header with a part of a buffer; its value must follow. */
    public void name(ByteBuffer from, int position, int length) {
        put(from, position, length);
        count++;
    }

    /** Gives a part of a buffer to the header that was begun. */
    public void value(ByteBuffer from, int position, int length) {
        put(from, position, length);
    }

    /** The header that was begun has none. */
    public void noValue() {
        ensureRoom(1);
        Varint.writeInt(-1, buffer);
    }

    private void put(ByteBuffer from, int position, int length) {
        ensureRoom(LENGTH_ROOM_BYTES + length);
        Varint.writeInt(length, buffer);
        int end = buffer.position();
        buffer.put(end, from, position, length).position(end + length);
    }

    /** The section so far; valid until the next call, and the same buffer again and again. */
    public ByteBuffer section() {
        int start = COUNT_ROOM_BYTES - Varint.sizeInBytes(count);
        Varint.writeInt(count, section.clear().position(start));
        return section.limit(buffer.position()).position(start);
    }

    public void reset() {
        buffer.position(COUNT_ROOM_BYTES);
        count = 0;
    }

    private void ensureRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            int wanted = Math.max(buffer.position() + bytes, 2 * buffer.capacity());
            buffer = ByteBuffer.allocate(wanted).put(buffer.flip());
            section = buffer.duplicate();
        }
    }
}
