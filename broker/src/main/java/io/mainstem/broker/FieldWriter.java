package io.mainstem.broker;

import io.mainstem.engine.batch.Varint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Writes the fields of the broker's own records one behind the other, integers in few bytes. */
final class FieldWriter {

    private ByteBuffer buffer = ByteBuffer.allocate(128);

    FieldWriter number(long value) {
        ensureRoom(10);
        Varint.writeLong(value, buffer);
        return this;
    }

    FieldWriter flag(boolean value) {
        return number(value ? 1 : 0);
    }

    FieldWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        ensureRoom(bytes.length);
        buffer.put(bytes);
        return this;
    }

    FieldWriter optionalText(Optional<String> value) {
        flag(value.isPresent());
        value.ifPresent(this::text);
        return this;
    }

    FieldWriter texts(Map<String, String> values) {
        number(values.size());
        values.forEach((name, value) -> text(name).text(value));
        return this;
    }

    /** The bytes from position to limit, which stay as they were. */
    FieldWriter bytes(ByteBuffer value) {
        number(value.remaining());
        ensureRoom(value.remaining());
        buffer.put(value.duplicate());
        return this;
    }

    FieldWriter uuid(UUID value) {
        ensureRoom(16);
        buffer.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        return this;
    }

    FieldWriter numbers(long[] values) {
        number(values.length);
        for (long value : values) {
            number(value);
        }
        return this;
    }

    /** Each range as its distance from the one before and its length, so that dense sets take two bytes a range. */
    FieldWriter ranges(OffsetRanges ranges) {
        number(ranges.rangeCount());
        long[] previousLast = {0};
        ranges.forEach((first, last) -> {
            number(first - previousLast[0]);
            number(last - first);
            previousLast[0] = last;
        });
        return this;
    }

    int sizeInBytes() {
        return buffer.position();
    }

    ByteBuffer bytes() {
        return buffer.flip();
    }

    private void ensureRoom(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(buffer.position() + bytes, 2 * buffer.capacity()))
                    .put(buffer.flip());
        }
    }
}
