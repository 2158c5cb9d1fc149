package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/** Walks the entries of an encoded table without making values of them. */
public final class TableReader {

    private final ByteBuf entries;
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
        try {
            name = entries.readSlice(entries.readUnsignedByte());
            type = entries.readByte();
            value = entries.readSlice(valueBytes());
        } catch (IndexOutOfBoundsException e) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "table ends too early");
        }
        return true;
    }

    public ByteBuf name() {
        return name;
    }

    public boolean isLongString() {
        return type == 'S';
    }

    /** Without the length, if the type has one. */
    public ByteBuf value() {
        return value;
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
