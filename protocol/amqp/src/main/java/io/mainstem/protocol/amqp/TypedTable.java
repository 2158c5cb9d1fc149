package io.mainstem.protocol.amqp;

import io.mainstem.broker.TypedHeaders;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.TableReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells bindings which values of headers are equal, as RabbitMQ sees it: numbers of all types by what they are worth,
 * text and bytes by their bytes, anything else to what has the same type; within lists and tables every type counts. An
 * empty list is an empty table.
 */
public final class TypedTable implements TypedHeaders {

    /** What text seldom begins with, so that it is not mistaken for anything else. */
    private static final char NO_TEXT = '\0';

    @Override
    public String headerName() {
        return RecordMapping.RAW_TABLE;
    }

    @Override
    public Map<String, Optional<ByteBuffer>> read(ByteBuffer value) {
        if (!FieldTable.isWellFormed(value)) {
            return Map.of();
        }
        Map<String, Optional<ByteBuffer>> headers = new LinkedHashMap<>();
        TableReader table = new TableReader();
        table.read(value, value.position(), value.remaining());
        while (table.next()) {
            headers.putIfAbsent(
                    StandardCharsets.UTF_8.decode(table.name()).toString(),
                    Optional.ofNullable(table.decode()).map(TypedTable::form));
        }
        return headers;
    }

    /** Bytes that equal values have in common. */
    static ByteBuffer form(Object value) {
        return ByteBuffer.wrap(
                value instanceof byte[] bytes ? bytes : text(value).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Object value) {
        if (value instanceof String text) {
            return text;
        } else if (value instanceof byte[] bytes) {
            // within lists and tables only, where bytes are never equal to text
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } else if (value instanceof BigDecimal decimal) {
            return NO_TEXT + "decimal " + decimal.unscaledValue() + " " + decimal.scale();
        } else if (value instanceof Number number) {
            return NO_TEXT + "number " + worth(number);
        } else if (value instanceof FieldTable.Timestamp time) {
            return NO_TEXT + "number " + worth(time.seconds());
        } else if (value instanceof Boolean) {
            return NO_TEXT + "bool " + value;
        }
        StringBuilder all = new StringBuilder(NO_TEXT + "several ");
        if (value instanceof List<?> list) {
            list.forEach(item -> addTyped(item, all));
        } else if (value instanceof Map<?, ?> table) {
            table.forEach((name, item) -> {
                addTyped(name, all.append("name "));
                addTyped(item, all);
            });
        }
        return all.toString();
    }

    /** Equal numbers have one text, whatever their types. */
    private static String worth(Number number) {
        boolean floating = number instanceof Double || number instanceof Float;
        double value = number.doubleValue();
        if (floating && (Double.isNaN(value) || Double.isInfinite(value))) {
            return number.toString();
        }
        BigDecimal exact = floating ? new BigDecimal(value) : BigDecimal.valueOf(number.longValue());
        return exact.stripTrailingZeros().toString();
    }

    private static void addTyped(@Nullable Object item, StringBuilder all) {
        String text = item == null ? "" : text(item);
        all.append(FieldTable.typeName(item))
                .append(' ')
                .append(text.length())
                .append(' ')
                .append(text);
    }
}
