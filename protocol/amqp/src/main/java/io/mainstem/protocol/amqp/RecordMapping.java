package io.mainstem.protocol.amqp;

import static java.util.Objects.requireNonNull;

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
 * <p>{@code content-type} and {@code content-encoding} keep their names, because other protocols' users know them; the
 * others are {@code amqp.<property>} with the value as text. Headers of a message that are strings are headers of the
 * record. A table that holds anything else travels raw beside them, as {@value #RAW_TABLE}, so that another AMQP client
 * gets back every type.
 */
final class RecordMapping {

    static final String PREFIX = "amqp.";
    static final String RAW_TABLE = PREFIX + "headers";

    private static final Map<Property, ByteBuffer> HEADER_NAMES = new EnumMap<>(Property.class);
    private static final Map<ByteBuffer, Property> PROPERTIES = new HashMap<>();
    private static final byte[] PREFIX_BYTES = PREFIX.getBytes(StandardCharsets.UTF_8);

    static {
        for (Property property : Property.values()) {
            boolean keepsName = property == Property.CONTENT_TYPE || property == Property.CONTENT_ENCODING;
            String name = keepsName ? property.toString() : PREFIX + property;
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

    /** True when a record header of this name might be taken for a property. */
    static boolean isReserved(ByteBuffer headerName) {
        if (PROPERTIES.containsKey(headerName)) {
            return true;
        }
        int length = PREFIX_BYTES.length;
        return headerName.remaining() >= length
                && headerName.slice(headerName.position(), length).equals(ByteBuffer.wrap(PREFIX_BYTES));
    }
}
