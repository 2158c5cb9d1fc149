package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import java.util.Locale;

/** The properties of a message, in the order of the wire. */
public enum Property {
    CONTENT_TYPE(15, FieldType.SHORTSTR),
    CONTENT_ENCODING(14, FieldType.SHORTSTR),
    HEADERS(13, FieldType.TABLE),
    DELIVERY_MODE(12, FieldType.OCTET),
    PRIORITY(11, FieldType.OCTET),
    CORRELATION_ID(10, FieldType.SHORTSTR),
    REPLY_TO(9, FieldType.SHORTSTR),
    EXPIRATION(8, FieldType.SHORTSTR),
    MESSAGE_ID(7, FieldType.SHORTSTR),
    TIMESTAMP(6, FieldType.LONGLONG),
    TYPE(5, FieldType.SHORTSTR),
    USER_ID(4, FieldType.SHORTSTR),
    APP_ID(3, FieldType.SHORTSTR),
    CLUSTER_ID(2, FieldType.SHORTSTR);

    private final int bit;
    private final FieldType type;

    Property(int bit, FieldType type) {
        this.bit = bit;
        this.type = type;
    }

    /** The bit that says, in the flags before the properties, that this one is there. */
    public int flag() {
        return 1 << bit;
    }

    /** A short string; a number or a table otherwise. */
    public boolean isText() {
        return type == FieldType.SHORTSTR;
    }

    /** One byte. */
    public boolean isOctet() {
        return type == FieldType.OCTET;
    }

    /** Takes the value without its length. */
    public ByteBuf read(ByteBuf in) {
        return switch (type) {
            case SHORTSTR -> in.readSlice(in.readUnsignedByte());
            case OCTET -> in.readSlice(Byte.BYTES);
            case LONGLONG -> in.readSlice(Long.BYTES);
            case TABLE -> in.readSlice(FieldTable.readLength(in));
            default -> throw new IllegalStateException(toString());
        };
    }

    /** The name as the specification writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
