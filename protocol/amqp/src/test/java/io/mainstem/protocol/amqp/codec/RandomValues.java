package io.mainstem.protocol.amqp.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random values as both codecs take them, and a form in which the values of both can be compared. */
@SuppressWarnings("JavaUtilDate") // the client takes it
public final class RandomValues {

    private final Random random;

    public RandomValues(Random random) {
        this.random = random;
    }

    public String text(int maxCharacters) {
        String alphabet = "abcXYZ019 .*#/-_äé€";
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(maxCharacters + 1); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    public byte[] bytes(int maxBytes) {
        byte[] bytes = new byte[random.nextInt(maxBytes + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    public Map<String, @Nullable Object> table(int depth) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        for (int left = random.nextInt(5); left > 0; left--) {
            table.put(text(12), value(depth));
        }
        return table;
    }

    private @Nullable Object value(int depth) {
        return switch (random.nextInt(depth == 0 ? 12 : 14)) {
            case 0 -> random.nextBoolean();
            case 1 -> (byte) random.nextInt();
            case 2 -> (short) random.nextInt();
            case 3 -> random.nextInt();
            case 4 -> random.nextLong();
            case 5 -> random.nextFloat();
            case 6 -> random.nextDouble();
            case 7 -> new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(256));
            case 8 -> new Date(random.nextInt(Integer.MAX_VALUE) * 1000L);
            case 9 -> null;
            case 10 -> text(40);
            case 11 -> bytes(40);
            case 12 -> array(depth - 1);
            default -> table(depth - 1);
        };
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> array = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            array.add(value(depth));
        }
        return array;
    }

    /** Our timestamps and amqp-client's, our strings and its, byte arrays: to values that know when they are equal. */
    public static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> comparable = new HashMap<>();
            map.forEach((name, field) -> comparable.put(name, comparable(field)));
            return comparable;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> comparable = new ArrayList<>();
            list.forEach(item -> comparable.add(comparable(item)));
            return comparable;
        }
        if (value instanceof Date date) {
            return new FieldTable.Timestamp(date.getTime() / 1000);
        }
        if (value instanceof com.rabbitmq.client.LongString string) {
            return new String(string.getBytes(), StandardCharsets.ISO_8859_1);
        }
        if (value instanceof String string) {
            return new String(string.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        }
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte
                ? (Object) ((Number) value).longValue()
                : value;
    }

    /** Our own timestamps instead of the dates that amqp-client takes. */
    public static @Nullable Object ours(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> ours = new LinkedHashMap<>();
            map.forEach((name, field) -> ours.put(name, ours(field)));
            return ours;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> ours = new ArrayList<>();
            list.forEach(item -> ours.add(ours(item)));
            return ours;
        }
        return value instanceof Date date ? new FieldTable.Timestamp(date.getTime() / 1000) : value;
    }
}
