package io.mainstem.protocol.amqp;

import io.mainstem.broker.Routing;
import io.mainstem.broker.TopicSpec;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an exchange routes, and whether messages can ask it to wait.
 *
 * @param delayed an {@code x-delayed-message} exchange: the routing is that of its argument {@code x-delayed-type}
 */
record ExchangeType(Routing routing, boolean delayed) {

    static final String DELAYED_TYPE = "x-delayed-type";

    private static final String DELAYED = "x-delayed-message";
    private static final Map<String, Routing> ROUTINGS = Map.of(
            "direct", Routing.EXACT, "topic", Routing.PATTERN, "fanout", Routing.ALL, "headers", Routing.HEADERS);

    /** With this label of a topic, messages can ask it to wait. */
    private static final String LABEL = "amqp.exchange-type";

    static ExchangeType declared(String type, Map<String, @Nullable Object> arguments) {
        if (type.isEmpty()) {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "invalid exchange type ''");
        }
        if (type.equals(DELAYED)) {
            Routing routing = arguments.get(DELAYED_TYPE) instanceof String of ? ROUTINGS.get(of) : null;
            if (routing == null) {
                throw Failures.precondition("Invalid argument, 'x-delayed-type' must be an existing exchange type");
            }
            return new ExchangeType(routing, true);
        }
        Routing routing = ROUTINGS.get(type);
        if (routing == null) {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + type + "'");
        }
        return new ExchangeType(routing, false);
    }

    /** Of a topic, as it is used: nobody may have declared it. */
    static ExchangeType of(TopicSpec spec) {
        return new ExchangeType(spec.routing().orElse(Routing.PATTERN), isDelayed(spec));
    }

    static boolean isDelayed(TopicSpec spec) {
        return !spec.labels().isEmpty() && spec.labels().containsKey(LABEL);
    }

    Map<String, String> labels() {
        return delayed ? Map.of(LABEL, DELAYED) : Map.of();
    }

    /** As it is declared. */
    String type() {
        return delayed ? DELAYED : nameOfRouting();
    }

    /** As it is declared of an exchange that is not delayed, and of one that is in its argument. */
    String nameOfRouting() {
        return switch (routing) {
            case EXACT -> "direct";
            case PATTERN -> "topic";
            case ALL -> "fanout";
            case HEADERS -> "headers";
        };
    }
}
