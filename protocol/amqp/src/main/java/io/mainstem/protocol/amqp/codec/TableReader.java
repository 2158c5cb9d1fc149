package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Walks the entries of an encoded table without making values of them. */
public final class TableReader {

    private final ByteBuf entries;
    private int start;
    private int typeIndex;
    private ByteBuf name;
    private byte type;
    private ByteBuf value;

    /** @param entries a table without its length; its indexes stay as they are */
    public TableReader(ByteBuf entries) {
        this.entries = entries.duplicate();
        this.name = this.entries;
        this.value = this.entries;
    }

    /**
     * Moves to the next entry.
     *
     * @return false when there is none
     * @throws AmqpException when the bytes are no entry
     */
    public boolean next() {
        if (!entries.isReadable()) {
            return false;
        }
        start = entries.readerIndex();
        try {
            name = entries.readSlice(entries.readUnsignedByte());
            typeIndex = entries.readerIndex();
            type = entries.readByte();
            value = entries.readSlice(valueBytes());
        } catch (IndexOutOfBoundsException e) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "table ends too early");
        }
        return true;
    }

    /** The index behind the entry that {@link #next} moved to. */
    public int position() {
        return entries.readerIndex();
    }

    public ByteBuf name() {
        return name;
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

    /** Without the length, if the type has one. */
    public ByteBuf value() {
        return value;
    }

    /** The value as {@link FieldTable} reads it. */
    public @Nullable Object decode() {
        try {
            return FieldTable.readValue(entries.slice(typeIndex, entries.readerIndex() - typeIndex));
        } catch (IndexOutOfBoundsException e) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "table ends too early");
        }
    }

    /** Name, type and value as they were encoded. */
    public ByteBuf entry() {
        return entries.slice(start, entries.readerIndex() - start);
    }

    private int valueBytes() {
        return switch (type) {
            case 'V' -> 0;
            case 't', 'b', 'B' -> 1;
            case 's', 'U', 'u' -> 2;
            case 'I', 'i', 'f' -> 4;
            case 'D' -> 5;
            case 'l', 'L', 'd', 'T' -> 8;
            case 'S', 'x', 'A', 'F' -> FieldTable.readLength(entries);
            default -> throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown field type " + type);
        };
    }
}
