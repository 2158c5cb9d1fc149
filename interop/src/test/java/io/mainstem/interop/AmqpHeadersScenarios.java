package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which values of headers an exchange takes for the same. */
final class AmqpHeadersScenarios {

    private AmqpHeadersScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("headers-numbers", of(numbers())),
                new Scenario<>("headers-large-numbers", of(largeNumbers())),
                new Scenario<>("headers-texts", of(texts())),
                new Scenario<>("headers-structures", of(structures())));
    }

    private static Map<String, Object> numbers() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("int", 1);
        values.put("long", 1L);
        values.put("short", (short) 1);
        values.put("byte", (byte) 1);
        values.put("double", 1.0);
        values.put("float", 1.0f);
        values.put("decimal", new BigDecimal("1"));
        values.put("decimal with a point", new BigDecimal("1.0"));
        values.put("text", "1");
        values.put("bytes", Messages.bytes("1"));
        values.put("time", Date.from(Instant.ofEpochSecond(1)));
        values.put("true", true);
        values.put("half", 0.5);
        values.put("half a float", 0.5f);
        values.put("half as text", "0.5");
        values.put("tenth", 0.1);
        values.put("tenth of a float", 0.1f);
        values.put("minus", -1);
        values.put("zero", 0);
        values.put("zero double", 0.0);
        values.put("minus zero", -0.0);
        return values;
    }

    private static Map<String, Object> largeNumbers() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("2^53", 1L << 53);
        values.put("2^53 + 1", (1L << 53) + 1);
        values.put("2^53 double", 0x1p53);
        values.put("2^53 float", 0x1p53f);
        values.put("2^62", 1L << 62);
        values.put("2^62 double", 0x1p62);
        values.put("2^63 - 1", Long.MAX_VALUE);
        values.put("2^63 double", 0x1p63);
        values.put("time 2^53", Date.from(Instant.ofEpochSecond(1L << 33)));
        values.put("2^33", 1L << 33);
        return values;
    }

    private static Map<String, Object> texts() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("text", "a");
        values.put("capital", "A");
        values.put("bytes", Messages.bytes("a"));
        values.put("empty", "");
        values.put("empty bytes", new byte[0]);
        values.put("not UTF-8", new byte[] {-1});
        values.put("true", true);
        values.put("false", false);
        values.put("true as text", "true");
        values.put("false as text", "false");
        values.put("nothing", null);
        values.put("one", 1);
        return values;
    }

    private static Map<String, Object> structures() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("list", List.of(1, "a"));
        values.put("list of longs", List.of(1L, "a"));
        values.put("list of doubles", List.of(1.0, "a"));
        values.put("longer list", List.of(1, "a", 2));
        values.put("list in another order", List.of("a", 1));
        values.put("empty list", List.of());
        values.put("table", sorted("a", 1, "b", "c"));
        values.put("table of longs", sorted("a", 1L, "b", "c"));
        values.put("table in another order", sorted("b", "c", "a", 1));
        values.put("empty table", Map.of());
        values.put("nested", List.of(List.of(1), sorted("a", List.of(2))));
        values.put("nested doubles", List.of(List.of(1.0), sorted("a", List.of(2.0))));
        values.put("text", "a");
        return values;
    }

    private static Map<String, Object> sorted(Object... namesAndValues) {
        Map<String, Object> table = new LinkedHashMap<>();
        for (int index = 0; index < namesAndValues.length; index += 2) {
            table.put((String) namesAndValues[index], namesAndValues[index + 1]);
        }
        return table;
    }

    private static Scenario.Script<AmqpStage> of(Map<String, Object> values) {
        return (stage, name) -> {
            Channel channel = stage.channel();
            channel.exchangeDeclare(name, "headers");
            for (Map.Entry<String, Object> value : values.entrySet()) {
                String queue = name + " " + value.getKey();
                stage.queue(queue);
                channel.queueBind(queue, name, "", header(value.getValue()));
            }
            for (Map.Entry<String, Object> value : values.entrySet()) {
                stage.publish(name, "", Messages.headers(header(value.getValue())), value.getKey());
            }
            for (String value : values.keySet()) {
                stage.see("bound to " + value, AmqpRoutingScenarios.drained(stage, name + " " + value));
            }
        };
    }

    private static Map<String, Object> header(Object value) {
        Map<String, Object> header = new HashMap<>();
        header.put("value", value);
        return header;
    }
}
