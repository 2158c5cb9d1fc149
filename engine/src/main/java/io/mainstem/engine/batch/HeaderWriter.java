package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Encodes the header section of a record. Reusable after {@link #reset}; not safe for use by several threads. */
public final class HeaderWriter {

    /** Room for the count, which is known last and written right before the headers. */
    private static final int COUNT_ROOM_BYTES = 5;

    private ByteBuffer buffer = ByteBuffer.allocate(256).position(COUNT_ROOM_BYTES);
    private int count;

    public void add(String name, @Nullable ByteBuffer value) {
        add(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), value);
    }

    /** Adds a header; the buffers are read from position to limit and left as they were. */
    public void add(ByteBuffer name, @Nullable ByteBuffer value) {
        int valueLength = value == null ? -1 : value.remaining();
        ensureRoom(10 + name.remaining() + Math.max(0, valueLength));
        put(name);
        if (value == null) {
            Varint.writeInt(-1, buffer);
        } else {
            put(value);
        }
        count++;
    }

    private void put(ByteBuffer field) {
        int length = field.remaining();
        Varint.writeInt(length, buffer);
        int position = buffer.position();
        buffer.put(position, field, field.position(), length).position(position + length);
    }

    /** The section so far; valid until the next call that changes it. */
    public ByteBuffer section() {
        int start = COUNT_ROOM_BYTES - Varint.sizeInBytes(count);
        Varint.writeInt(count, buffer.duplicate().position(start));
        return buffer.duplicate().flip().position(start);
    }

    public void reset() {
        buffer.position(COUNT_ROOM_BYTES);
        count = 0;
    }

    private void ensureRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            int wanted = Math.max(buffer.position() + bytes, 2 * buffer.capacity());
            buffer = ByteBuffer.allocate(wanted).put(buffer.flip());
        }
    }
}
