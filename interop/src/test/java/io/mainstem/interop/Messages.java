package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What RabbitMQ's Java client hands over, as text to be compared: types of values are told apart, names that a broker
 * makes up are not.
 */
final class Messages {

    static final AMQP.BasicProperties NO_PROPERTIES = new AMQP.BasicProperties();

    private static final Pattern GENERATED = Pattern.compile("amq\\.(gen-|ctag-|rabbitmq\\.reply-to\\.)[-\\w+/=.]+");
    private static final Duration RECENT = Duration.ofDays(1);

    private Messages() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    static AMQP.BasicProperties headers(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    /** The same without what only RabbitMQ 4 says of the last death. */
    static AMQP.BasicProperties withoutLastDeath(AMQP.BasicProperties properties) {
        Map<String, Object> headers = new HashMap<>(properties.getHeaders());
        headers.keySet().removeIf(header -> header.startsWith("x-last-death-"));
        return properties.builder().headers(headers).build();
    }

    static Delivery withoutLastDeath(Delivery delivery) {
        return new Delivery(delivery.getEnvelope(), withoutLastDeath(delivery.getProperties()), delivery.getBody());
    }

    static String mask(String text) {
        return GENERATED.matcher(text).replaceAll("amq.$1*");
    }

    static String show(Object value) {
        if (value instanceof ShutdownSignalException closing) {
            return closing(closing);
        } else if (value instanceof Delivery delivery) {
            return message(delivery.getEnvelope(), delivery.getProperties(), delivery.getBody());
        } else if (value instanceof GetResponse got) {
            return message(got.getEnvelope(), got.getProps(), got.getBody()) + ", then " + got.getMessageCount();
        } else if (value instanceof Return returned) {
            return "returned " + returned.getReplyCode() + " " + returned.getReplyText() + " "
                    + text(returned.getBody()) + " of " + returned.getExchange() + "/" + returned.getRoutingKey() + " "
                    + properties(returned.getProperties());
        } else if (value instanceof AMQP.Queue.DeclareOk declared) {
            return mask(declared.getQueue()) + " " + declared.getMessageCount() + " ready "
                    + declared.getConsumerCount() + " consumers";
        } else if (value instanceof AMQP.Queue.DeleteOk deleted) {
            return "deleted with " + deleted.getMessageCount();
        } else if (value instanceof AMQP.Queue.PurgeOk purged) {
            return "purged " + purged.getMessageCount();
        } else if (value instanceof Method method) {
            return method.protocolMethodName();
        } else if (value instanceof AMQP.BasicProperties properties) {
            return properties(properties);
        }
        return field(value);
    }

    private static String closing(ShutdownSignalException closing) {
        Method reason = closing.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return "channel closed: " + close.getReplyCode() + " " + mask(close.getReplyText()) + " at "
                    + close.getClassId() + "." + close.getMethodId();
        } else if (reason instanceof AMQP.Connection.Close close) {
            return "connection closed: " + close.getReplyCode() + " " + mask(close.getReplyText()) + " at "
                    + close.getClassId() + "." + close.getMethodId();
        }
        return "closed without a reason";
    }

    private static String message(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        String again = envelope.isRedeliver() ? " again" : "";
        return text(body) + again + " of " + envelope.getExchange() + "/" + mask(envelope.getRoutingKey()) + " "
                + properties(properties);
    }

    private static String properties(AMQP.BasicProperties properties) {
        Map<String, Object> set = new TreeMap<>();
        set.put("content-type", properties.getContentType());
        set.put("content-encoding", properties.getContentEncoding());
        set.put("headers", properties.getHeaders());
        set.put("delivery-mode", properties.getDeliveryMode());
        set.put("priority", properties.getPriority());
        set.put("correlation-id", properties.getCorrelationId());
        set.put("reply-to", properties.getReplyTo());
        set.put("expiration", properties.getExpiration());
        set.put("message-id", properties.getMessageId());
        set.put("timestamp", properties.getTimestamp());
        set.put("type", properties.getType());
        set.put("user-id", properties.getUserId());
        set.put("app-id", properties.getAppId());
        set.put("cluster-id", properties.getClusterId());
        set.values().removeIf(Objects::isNull);
        return field(set);
    }

    /** A value of a table, with its type. */
    private static String field(Object value) {
        if (value instanceof Map<?, ?> table) {
            Map<String, String> sorted = new TreeMap<>();
            table.forEach((key, of) -> sorted.put(String.valueOf(key), field(of)));
            return sorted.toString();
        } else if (value instanceof List<?> list) {
            List<String> shown = new ArrayList<>();
            list.forEach(of -> shown.add(of instanceof String line ? line : show(of)));
            return shown.stream().collect(Collectors.joining(", ", "[", "]"));
        } else if (value instanceof byte[] bytes) {
            return "0x" + HexFormat.of().formatHex(bytes);
        } else if (value instanceof Date date) {
            Instant time = date.toInstant();
            return Duration.between(time, Instant.now()).abs().compareTo(RECENT) < 0 ? "about now" : "@" + time;
        } else if (value instanceof LongString || value instanceof String) {
            return mask(value.toString());
        } else if (value instanceof Number && !(value instanceof Integer)) {
            return value + " " + value.getClass().getSimpleName();
        }
        return String.valueOf(value);
    }
}
