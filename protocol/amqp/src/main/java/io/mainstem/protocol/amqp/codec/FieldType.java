package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The types that arguments of methods and properties of messages have. */
enum FieldType {
    /** Boolean. Adjacent bits share an octet, so {@link Method} reads and writes them. */
    BIT,
    /** Integer. */
    OCTET,
    /** Integer. */
    SHORT,
    /** Long. */
    LONG,
    /** Long. */
    LONGLONG,
    /** String of up to 255 bytes of UTF-8. */
    SHORTSTR,
    /** byte[]. */
    LONGSTR,
    /** Map, see {@link FieldTable}. */
    TABLE;

    Object read(ByteBuf in) {
        return switch (this) {
            case BIT -> throw new IllegalStateException("bits are read by the octet");
            case OCTET -> (int) in.readUnsignedByte();
            case SHORT -> in.readUnsignedShort();
            case LONG -> in.readUnsignedInt();
            case LONGLONG -> in.readLong();
            case SHORTSTR ->
                in.readCharSequence(in.readUnsignedByte(), StandardCharsets.UTF_8)
                        .toString();
            case LONGSTR -> {
                byte[] bytes = new byte[FieldTable.readLength(in)];
                in.readBytes(bytes);
                yield bytes;
            }
            case TABLE -> FieldTable.read(in);
        };
    }

    void write(Object value, ByteBuf out) {
        switch (this) {
            case BIT -> throw new IllegalStateException("bits are written by the octet");
            case OCTET -> out.writeByte(((Number) value).intValue());
            case SHORT -> out.writeShort(((Number) value).intValue());
            case LONG -> out.writeInt(((Number) value).intValue());
            case LONGLONG -> out.writeLong(((Number) value).longValue());
            case SHORTSTR -> FieldTable.writeShortString(value.toString(), out);
            case LONGSTR -> {
                byte[] bytes = (byte[]) value;
                out.writeInt(bytes.length).writeBytes(bytes);
            }
            case TABLE -> FieldTable.write((Map<?, ?>) value, out);
        }
    }
}
