package io.mainstem.protocol.amqp;

import io.mainstem.broker.BrokerException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * A name space of exchanges and queues. Those of the virtual host {@code /} are called in the broker what their clients
 * call them. Those of any other begin with {@code vhost.<name>.} there, and clients of {@code /} may not use such
 * names: so each name in the broker belongs to one virtual host.
 *
 * <p>Of a virtual host's name, letters, digits and hyphens stand for themselves, and any other byte is {@code _} and
 * two hexadecimal digits; Kafka clients can write that, and no name can be taken for the beginning of another.
 */
final class VirtualHost {

    static final String DEFAULT_NAME = "/";

    private static final String RESERVED_PREFIX = "vhost.";

    /** The topics of what was sent straight to a queue. */
    private static final String QUEUE_TOPIC_PREFIX = "q.";

    private static final String INTERNAL_TOPIC_PREFIX = "__";

    private final String name;
    private final String prefix;

    VirtualHost(String name) {
        this.name = name;
        this.prefix = name.equals(DEFAULT_NAME) ? "" : RESERVED_PREFIX + escape(name) + ".";
    }

    String name() {
        return name;
    }

    /** What the broker calls an exchange or a queue of this name. */
    String inBroker(String clientsName) {
        return prefix.isEmpty() ? clientsName : prefix + clientsName;
    }

    /** What clients call a queue. */
    String inClient(String brokersName) {
        return brokersName.startsWith(prefix) ? brokersName.substring(prefix.length()) : brokersName;
    }

    /** Whether names like this are another virtual host's. */
    boolean isForeign(String clientsName) {
        return prefix.isEmpty() && clientsName.startsWith(RESERVED_PREFIX);
    }

    /** Whether there can be an exchange of this name: the broker's own topics are none. */
    boolean mayBeExchange(String clientsName) {
        return !prefix.isEmpty()
                || !(clientsName.startsWith(QUEUE_TOPIC_PREFIX)
                        || clientsName.startsWith(INTERNAL_TOPIC_PREFIX)
                        || clientsName.startsWith(RESERVED_PREFIX));
    }

    /** Writes, as a short string, what clients call a topic; one of a queue is the default exchange. */
    void writeExchange(String topic, ByteBuf out) {
        int lengthIndex = out.writerIndex();
        out.writeByte(0);
        if (topic.startsWith(QUEUE_TOPIC_PREFIX)) {
            return;
        }
        int start = topic.startsWith(prefix) ? prefix.length() : 0;
        int bytes = ByteBufUtil.writeUtf8(out, topic, start, topic.length());
        out.setByte(lengthIndex, bytes);
    }

    /** What clients call a topic; none, if it is not of this virtual host. */
    String exchangeInClient(String topic) {
        return topic.startsWith(prefix) ? topic.substring(prefix.length()) : topic;
    }

    /** In the words of RabbitMQ's error texts. */
    String exchange(String exchange) {
        return "exchange '" + exchange + "' in vhost '" + name + "'";
    }

    /** In the words of RabbitMQ's error texts. */
    String queue(String queue) {
        return "queue '" + queue + "' in vhost '" + name + "'";
    }

    /** What is not there, in the words of RabbitMQ's error texts. */
    String describe(BrokerException missing) {
        String called = missing.missing();
        if (missing.kind() == BrokerException.Kind.UNKNOWN_QUEUE) {
            return queue(inClient(called));
        }
        return called.startsWith(QUEUE_TOPIC_PREFIX)
                ? queue(inClient(called.substring(QUEUE_TOPIC_PREFIX.length())))
                : exchange(exchangeInClient(called));
    }

    private static String escape(String name) {
        StringBuilder escaped = new StringBuilder();
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            boolean digit = octet >= '0' && octet <= '9';
            boolean letter = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
            if (digit || letter || octet == '-') {
                escaped.append((char) octet);
            } else {
                escaped.append(String.format("_%02X", octet));
            }
        }
        return escaped.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
