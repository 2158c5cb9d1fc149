package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records one behind the other. A record is its length and then, each number a {@link Varint}: attributes (one
 * byte, 0), timestamp delta, offset delta, key length (-1 for none), key, value length (-1 for none), value, header
 * count, and for each header name length, name, value length, value.
 */
final class RecordWriter {

    private static final int NULL_LENGTH = -1;

    private ByteBuffer buffer;

    RecordWriter(int initialCapacityBytes) {
        buffer = ByteBuffer.allocate(initialCapacityBytes);
    }

    /** Leaves room for what precedes the records. */
    RecordWriter skip(int bytes) {
        ensureRoom(bytes);
        buffer.position(buffer.position() + bytes);
        return this;
    }

    /** Adds a record; key, value and headers are read from position to limit and left as they were. */
    void add(
            long timestampDelta,
            int offsetDelta,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            ByteBuffer headers) {
        int body = 1 + Varint.sizeInBytes(timestampDelta) + Varint.sizeInBytes(offsetDelta);
        body += sizeInBytes(key) + sizeInBytes(value) + headers.remaining();
        ensureRoom(Varint.sizeInBytes(body) + body);
        Varint.writeInt(body, buffer);
        buffer.put((byte) 0);
        Varint.writeLong(timestampDelta, buffer);
        Varint.writeInt(offsetDelta, buffer);
        put(key);
        put(value);
        append(headers);
    }

    int sizeInBytes() {
        return buffer.position();
    }

    /** All that was written; the writer must not be used again. */
    ByteBuffer records() {
        return buffer.flip();
    }

    private void put(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            Varint.writeInt(NULL_LENGTH, buffer);
        } else {
            Varint.writeInt(bytes.remaining(), buffer);
            append(bytes);
        }
    }

    private void append(ByteBuffer bytes) {
        int end = buffer.position();
        buffer.put(end, bytes, bytes.position(), bytes.remaining()).position(end + bytes.remaining());
    }

    private static int sizeInBytes(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? Varint.sizeInBytes(NULL_LENGTH)
                : Varint.sizeInBytes(bytes.remaining()) + bytes.remaining();
    }

    private void ensureRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            int wanted = Math.max(Math.addExact(buffer.position(), bytes), Math.min(2 * buffer.capacity(), 1 << 30));
            buffer = ByteBuffer.allocate(wanted).put(buffer.flip());
        }
    }
}
