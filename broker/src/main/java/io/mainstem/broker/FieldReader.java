package io.mainstem.broker;

import io.mainstem.engine.batch.Varint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Reads what {@link FieldWriter} wrote. */
final class FieldReader {

    private final ByteBuffer buffer;

    FieldReader(ByteBuffer bytes) {
        buffer = bytes.duplicate();
    }

    long number() {
        return Varint.readLong(buffer);
    }

    int intNumber() {
        return Math.toIntExact(number());
    }

    boolean flag() {
        return number() != 0;
    }

    String text() {
        byte[] bytes = new byte[intNumber()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    Optional<String> optionalText() {
        return flag() ? Optional.of(text()) : Optional.empty();
    }

    /** A slice of what is read. */
    ByteBuffer bytes() {
        int length = intNumber();
        ByteBuffer slice = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return slice;
    }

    Map<String, String> texts() {
        Map<String, String> values = new TreeMap<>();
        for (int remaining = intNumber(); remaining > 0; remaining--) {
            values.put(text(), text());
        }
        return values;
    }

    UUID uuid() {
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    long[] numbers() {
        long[] values = new long[intNumber()];
        for (int index = 0; index < values.length; index++) {
            values[index] = number();
        }
        return values;
    }

    OffsetRanges ranges() {
        OffsetRanges ranges = new OffsetRanges();
        long previousLast = 0;
        for (int remaining = intNumber(); remaining > 0; remaining--) {
            long first = previousLast + number();
            previousLast = first + number();
            ranges.add(first, previousLast);
        }
        return ranges;
    }
}
