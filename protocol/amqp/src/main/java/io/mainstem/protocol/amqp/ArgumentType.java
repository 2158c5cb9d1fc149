package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.FieldTable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What RabbitMQ calls the types of values in a table. */
final class ArgumentType {

    private static final Map<Class<?>, String> NAMES = Map.ofEntries(
            Map.entry(String.class, "longstr"),
            Map.entry(Byte.class, "byte"),
            Map.entry(Short.class, "short"),
            Map.entry(Integer.class, "signedint"),
            Map.entry(Long.class, "long"),
            Map.entry(Float.class, "float"),
            Map.entry(Double.class, "double"),
            Map.entry(Boolean.class, "bool"),
            Map.entry(BigDecimal.class, "decimal"),
            Map.entry(FieldTable.Timestamp.class, "timestamp"));

    private ArgumentType() {}

    static boolean isInteger(@Nullable Object value) {
        return value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
    }

    static String nameOf(@Nullable Object value) {
        if (value == null) {
            return "void";
        }
        if (value instanceof Map) {
            return "table";
        }
        if (value instanceof List) {
            return "array";
        }
        return NAMES.getOrDefault(value.getClass(), "binary");
    }
}
