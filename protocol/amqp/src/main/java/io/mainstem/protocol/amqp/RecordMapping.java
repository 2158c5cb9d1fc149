package io.mainstem.protocol.amqp;

import io.mainstem.broker.MessageAttributes;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that the properties of an AMQP message have as headers of a record.
 *
 * <p>{@code content-type} and {@code content-encoding} keep their names, because other protocols' users know them; what
 * queues act on has the name that the broker gives it; the others are {@code amqp.<property>} with the value as text.
 * Headers of a message are headers of the record, with the value as text, or without one where it is a list or a table.
 * A table that holds anything but strings travels raw beside them, as {@value #RAW_TABLE}, so that another AMQP client
 * gets back every type.
 */
final class RecordMapping {

    static final String PREFIX = "amqp.";
    static final String RAW_TABLE = PREFIX + "headers";

    /** The name of a header for each further key that no receiver is to see. */
    static final String HIDDEN_KEY = PREFIX + "hidden-key";

    /** Beyond it, not every whole number can be told from its neighbours as a double. */
    private static final double MAX_EXACT = 1L << 53;

    private static final Property[] PROPERTIES = Property.values();
    private static final ByteBuffer[] HEADER_NAMES = new ByteBuffer[PROPERTIES.length];
    private static final ByteBuffer HIDDEN_KEY_NAME = ascii(HIDDEN_KEY);
    private static final ByteBuffer PREFIX_BYTES = ascii(PREFIX);
    private static final ByteBuffer BROKERS_PREFIX = ascii("mainstem.");

    static {
        for (Property property : PROPERTIES) {
            HEADER_NAMES[property.place()] = ascii(
                    switch (property) {
                        case CONTENT_TYPE, CONTENT_ENCODING -> property.toString();
                        case PRIORITY -> MessageAttributes.PRIORITY;
                        case EXPIRATION -> MessageAttributes.TIME_TO_LIVE;
                        default -> PREFIX + property;
                    });
        }
    }

    private RecordMapping() {}

    /**
     * A value of a table as text; null where text cannot tell it. Equal numbers are equal text, whatever their types.
     */
    static @Nullable String text(Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return number == Math.rint(number) && Math.abs(number) < MAX_EXACT
                    ? Long.toString((long) number)
                    : value.toString();
        } else if (value instanceof BigDecimal decimal) {
            return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
        } else if (value instanceof FieldTable.Timestamp timestamp) {
            return Long.toString(timestamp.seconds());
        } else if (value instanceof byte[] bytes) {
            return ByteBufUtil.isText(Unpooled.wrappedBuffer(bytes), StandardCharsets.UTF_8)
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : null;
        }
        return value instanceof List || value instanceof Map ? null : value.toString();
    }

    /** The name of the record header that holds a property; to be left as it is. */
    static ByteBuffer headerName(Property property) {
        return HEADER_NAMES[property.place()];
    }

    /** The property that a record header may hold, by the name that stands in a buffer. */
    static @Nullable Property property(ByteBuffer buffer, int position, int length) {
        for (int index = 0; index < HEADER_NAMES.length; index++) {
            // few are of the same length, so that nearly all others cost one comparison
            if (Bytes.equal(buffer, position, length, HEADER_NAMES[index])) {
                return PROPERTIES[index];
            }
        }
        return null;
    }

    /** True when a record header of the name might be taken for a property, or by the broker. */
    static boolean isReserved(ByteBuffer buffer, int position, int length) {
        return Bytes.startsWith(buffer, position, length, PREFIX_BYTES)
                || Bytes.startsWith(buffer, position, length, BROKERS_PREFIX)
                || property(buffer, position, length) != null;
    }

    /** True when a record header of the name is for nobody but the broker and this adapter. */
    static boolean isInternal(ByteBuffer buffer, int position, int length) {
        return Bytes.startsWith(buffer, position, length, BROKERS_PREFIX)
                || Bytes.equal(buffer, position, length, HIDDEN_KEY_NAME);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
