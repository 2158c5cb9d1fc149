package io.mainstem.protocol.amqp;

import static java.util.Objects.requireNonNull;

import io.mainstem.broker.MessageAttributes;
import io.mainstem.protocol.amqp.codec.Property;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that the properties of an AMQP message have as headers of a record.
 *
 * <p>{@code content-type} and {@code content-encoding} keep their names, because other protocols' users know them; what
 * queues act on has the name that the broker gives it; the others are {@code amqp.<property>} with the value as text.
 * Headers of a message that are strings are headers of the record. A table that holds anything else travels raw beside
 * them, as {@value #RAW_TABLE}, so that another AMQP client gets back every type.
 */
final class RecordMapping {

    static final String PREFIX = "amqp.";
    static final String RAW_TABLE = PREFIX + "headers";

    private static final Map<Property, ByteBuffer> HEADER_NAMES = new EnumMap<>(Property.class);
    private static final Map<ByteBuffer, Property> PROPERTIES = new HashMap<>();
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

    /** True when a record header of this name is for the broker. */
    static boolean isBrokers(ByteBuffer headerName) {
        return startsWith(headerName, BROKERS_PREFIX);
    }

    private static boolean startsWith(ByteBuffer text, ByteBuffer prefix) {
        int length = prefix.remaining();
        return text.remaining() >= length
                && text.get(text.position()) == prefix.get(0)
                && text.slice(text.position(), length).equals(prefix);
    }
}
