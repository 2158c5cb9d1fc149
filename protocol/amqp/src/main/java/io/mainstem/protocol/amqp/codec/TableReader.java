package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Walks the entries of encoded tables without making values of them. Used for one table after the other. */
public final class TableReader {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer entries = NOTHING;
    private int end;
    private int start;
    private int nameLength;
    private byte type;
    private int valuePosition;
    private int valueLength;

    /** Begins a table, whose length has been read; the buffer is left as it is. */
    public void read(ByteBuffer buffer, int position, int length) {
        entries = buffer;
        end = position + length;
        start = position;
        nameLength = 0;
        valuePosition = position;
        valueLength = 0;
    }

    /**
     * Moves to the next entry.
     *
     * @return false when there is none
     * @throws AmqpException when the bytes are no entry
     */
    public boolean next() {
        start = valuePosition + valueLength;
        if (start == end) {
            return false;
        }
        nameLength = Byte.toUnsignedInt(entries.get(start));
        int typePosition = namePosition() + nameLength;
        if (typePosition >= end) {
            throw endsTooEarly();
        }
        type = entries.get(typePosition);
        valuePosition = typePosition + 1;
        valueLength = valueBytes();
        if (valueLength > end - valuePosition) {
            throw endsTooEarly();
        }
        return true;
    }

    private static AmqpException endsTooEarly() {
        return new AmqpException(ReplyCode.SYNTAX_ERROR, "table ends too early");
    }

    /** What the entries are in. */
    public ByteBuffer buffer() {
        return entries;
    }

    public int namePosition() {
        return start + 1;
    }

    public int nameLength() {
        return nameLength;
    }

    /** A view of its own. */
    public ByteBuffer name() {
        return entries.slice(namePosition(), nameLength);
    }

    public boolean isLongString() {
        return type == 'S';
    }

    /** Bytes that may be anything. */
    public boolean isBinary() {
        return type == 'x';
    }

    /** A name without a value. */
    public boolean isVoid() {
        return type == 'V';
    }

    /** Where the value begins, behind its length if the type has one. */
    public int valuePosition() {
        return valuePosition;
    }

    public int valueLength() {
        return valueLength;
    }

    /** The value as {@link FieldTable} reads it. */
    public @Nullable Object decode() {
        int typePosition = namePosition() + nameLength;
        int length = valuePosition + valueLength - typePosition;
        try {
            return FieldTable.readValue(Unpooled.wrappedBuffer(entries.slice(typePosition, length)));
        } catch (IndexOutOfBoundsException e) {
            throw endsTooEarly();
        }
    }

    /** Name, type and value as they were encoded, as a view of its own. */
    public ByteBuffer entry() {
        return entries.slice(start, valuePosition + valueLength - start);
    }

    private int valueBytes() {
        return switch (type) {
            case 'V' -> 0;
            case 't', 'b', 'B' -> 1;
            case 's', 'U', 'u' -> 2;
            case 'I', 'i', 'f' -> 4;
            case 'D' -> 5;
            case 'l', 'L', 'd', 'T' -> 8;
            case 'S', 'x', 'A', 'F' -> lengthBytes();
            default -> throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown field type " + type);
        };
    }

    private int lengthBytes() {
        if (end - valuePosition < Integer.BYTES) {
            throw endsTooEarly();
        }
        int length = FieldTable.length(entries, valuePosition);
        valuePosition += Integer.BYTES;
        return length;
    }
}
