package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * One way in which a message has left a queue without being handled, as its dead letter tells in a header. The header's
 * value is text in the form of a web form's, such as {@code queue=orders&reason=expired&count=2}.
 *
 * @param queue the queue that it left
 * @param count how often it has left this queue for this reason
 * @param timeMillis when it did so first
 * @param topic the topic that it had been published to; empty when it was sent straight to the queue
 * @param keys the record's key and further keys
 * @param timeToLiveMillis what the message had been given by its publisher
 */
public record Death(
        String queue,
        Reason reason,
        long count,
        long timeMillis,
        String topic,
        List<String> keys,
        OptionalLong timeToLiveMillis) {

    /** Why. */
    public enum Reason {
        /** A consumer did not want it. */
        REJECTED("rejected"),
        /** It has waited too long. */
        EXPIRED("expired"),
        /** The queue had more than it may have. */
        MAX_LENGTH("maxlen"),
        /** It was given back too often. */
        DELIVERY_LIMIT("delivery_limit"),
        /** It stands in a batch that cannot be decoded; the dead letter's value is the batch. */
        UNDECODABLE("undecodable");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** As it stands in the header. */
        public String text() {
            return text;
        }

        private static Reason of(String text) {
            for (Reason candidate : values()) {
                if (candidate.text.equals(text)) {
                    return candidate;
                }
            }
            throw new IllegalArgumentException("no reason " + text);
        }
    }

    public Death {
        keys = List.copyOf(keys);
    }

    /** The deaths of a record, newest first; one that cannot be read is left out. */
    public static List<Death> of(Record record) {
        List<Death> deaths = new ArrayList<>();
        try {
            HeaderReader headers = new HeaderReader(record.headers());
            while (headers.next()) {
                ByteBuffer value = MessageAttributes.isAt(headers) ? headers.value() : null;
                if (value != null && text(headers.name()).equals(MessageAttributes.DEATH)) {
                    read(text(value), deaths);
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
        return deaths;
    }

    /**
     * What a message tells that dies now.
     *
     * @param before its deaths so far, newest first
     */
    static List<Death> after(List<Death> before, Death now) {
        Death newest = now;
        List<Death> others = new ArrayList<>();
        for (Death death : before) {
            if (death.queue.equals(now.queue) && death.reason == now.reason) {
                newest = death.again();
            } else {
                others.add(death);
            }
        }
        others.add(0, newest);
        return others;
    }

    /**
     * Whether a message with these deaths must not come back to a queue, because it would go round for ever: it has
     * left the queue before, and no consumer has had a say in it since.
     */
    static boolean goesInCircles(List<Death> deaths, String queue) {
        for (Death death : deaths) {
            if (death.reason == Reason.REJECTED) {
                return false;
            }
            if (death.queue.equals(queue)) {
                return true;
            }
        }
        return false;
    }

    private Death again() {
        return new Death(queue, reason, count + 1, timeMillis, topic, keys, timeToLiveMillis);
    }

    /** The value of the header. */
    String encode() {
        StringBuilder form = new StringBuilder();
        field(form, "queue", queue);
        field(form, "reason", reason.text);
        field(form, "count", Long.toString(count));
        field(form, "time", Long.toString(timeMillis));
        field(form, "topic", topic);
        keys.forEach(key -> field(form, "key", key));
        timeToLiveMillis.ifPresent(millis -> field(form, "ttl", Long.toString(millis)));
        return form.toString();
    }

    private static void field(StringBuilder form, String name, String value) {
        form.append(form.isEmpty() ? "" : "&").append(name).append('=');
        form.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private static void read(String form, List<Death> deaths) {
        String queue = "";
        String topic = "";
        Reason reason = Reason.REJECTED;
        long count = 1;
        long timeMillis = 0;
        OptionalLong timeToLiveMillis = OptionalLong.empty();
        List<String> keys = new ArrayList<>();
        try {
            for (String field : form.split("&", -1)) {
                int equals = field.indexOf('=');
                String value = URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8);
                switch (field.substring(0, Math.max(equals, 0))) {
                    case "queue" -> queue = value;
                    case "topic" -> topic = value;
                    case "reason" -> reason = Reason.of(value);
                    case "count" -> count = Long.parseLong(value);
                    case "time" -> timeMillis = Long.parseLong(value);
                    case "ttl" -> timeToLiveMillis = OptionalLong.of(Long.parseLong(value));
                    case "key" -> keys.add(value);
                    default -> {}
                }
            }
        } catch (IllegalArgumentException e) {
            return;
        }
        deaths.add(new Death(queue, reason, count, timeMillis, topic, keys, timeToLiveMillis));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
