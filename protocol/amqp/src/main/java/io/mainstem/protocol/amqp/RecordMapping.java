package io.mainstem.protocol.amqp;

import static java.util.Objects.requireNonNull;

import io.mainstem.broker.MessageAttributes;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
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

    private static final Map<Property, ByteBuffer> HEADER_NAMES = new EnumMap<>(Property.class);
    private static final Map<ByteBuffer, Property> PROPERTIES = new HashMap<>();
    private static final ByteBuffer HIDDEN_KEY_NAME = ByteBuffer.wrap(HIDDEN_KEY.getBytes(StandardCharsets.UTF_8));
    private static final ByteBuffer PREFIX_BYTES = ByteBuffer.wrap(PREFIX.getBytes(StandardCharsets.UTF_8));
    private static final ByteBuffer BROKERS_PREFIX = ByteBuffer.wrap("mainstem.".getBytes(StandardCharsets.UTF_8));

    static {
        for (Property property : Property.values()) {
            String name = switch (property) {
                case CONTENT_TYPE, CONTENT_ENCODING -> property.toString();
                case PRIORITY -> MessageAttributes.PRIORITY;
                case EXPIRATION -> MessageAttributes.TIME_TO_LIVE;
                default -> PREFIX + property;
            };
            ByteBuffer encoded = ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8));
            HEADER_NAMES.put(property, encoded);
            PROPERTIES.put(encoded, property);
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

    /** The name of the record header that holds a property; to be read through its own view only. */
    static ByteBuffer headerName(Property property) {
        return requireNonNull(HEADER_NAMES.get(property));
    }

    /** The property that a record header of this name may hold. */
    static @Nullable Property property(ByteBuffer headerName) {
        return PROPERTIES.get(headerName);
    }

    /** True when a record header of this name might be taken for a property, or by the broker. */
    static boolean isReserved(ByteBuffer headerName) {
        return PROPERTIES.containsKey(headerName)
                || startsWith(headerName, PREFIX_BYTES)
                || startsWith(headerName, BROKERS_PREFIX);
    }

    /** True when a record header of this name is for nobody but the broker and this adapter. */
    static boolean isInternal(ByteBuffer headerName) {
        return startsWith(headerName, BROKERS_PREFIX) || headerName.equals(HIDDEN_KEY_NAME);
    }

    private static boolean startsWith(ByteBuffer text, ByteBuffer prefix) {
        int length = prefix.remaining();
        return text.remaining() >= length
                && text.get(text.position()) == prefix.get(0)
                && text.slice(text.position(), length).equals(prefix);
    }
}
