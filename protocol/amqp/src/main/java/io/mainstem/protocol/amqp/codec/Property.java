package io.mainstem.protocol.amqp.codec;

import java.nio.ByteBuffer;
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

    private static final int HIGHEST_BIT = 15;

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

    /** In the order of the wire, from 0. */
    public int place() {
        return HIGHEST_BIT - bit;
    }

    /** A short string; a number or a table otherwise. */
    public boolean isText() {
        return type == FieldType.SHORTSTR;
    }

    /** One byte. */
    public boolean isOctet() {
        return type == FieldType.OCTET;
    }

    /** How many bytes stand before the value to say how long it is. */
    int prefixBytes() {
        return switch (type) {
            case SHORTSTR -> Byte.BYTES;
            case TABLE -> Integer.BYTES;
            default -> 0;
        };
    }

    /** How long the value at a position is, without what says so. */
    int valueBytes(ByteBuffer in, int position) {
        return switch (type) {
            case SHORTSTR -> Byte.toUnsignedInt(in.get(position));
            case OCTET -> Byte.BYTES;
            case LONGLONG -> Long.BYTES;
            case TABLE -> FieldTable.length(in, position);
            default -> throw new IllegalStateException(toString());
        };
    }

    /** The name as the specification writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
