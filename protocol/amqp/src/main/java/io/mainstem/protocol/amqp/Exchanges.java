package io.mainstem.protocol.amqp;

import io.mainstem.broker.BrokerException;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.broker.Topics;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The exchanges: topics under another name. One that nobody has declared as an exchange may be published to and bound
 * all the same; the first declaration says how it routes.
 */
final class Exchanges {

    private static final Map<String, Routing> ROUTINGS =
            Map.of("direct", Routing.EXACT, "topic", Routing.PATTERN, "fanout", Routing.ALL);

    /** Those that are there without anybody declaring them; made when somebody first names them. */
    private static final Map<String, Routing> PREDECLARED =
            Map.of("amq.direct", Routing.EXACT, "amq.topic", Routing.PATTERN, "amq.fanout", Routing.ALL);

    private final Connection connection;

    Exchanges(Connection connection) {
        this.connection = connection;
    }

    void handle(AmqpChannel channel, Method method, Arguments arguments) {
        switch (method) {
            case EXCHANGE_DECLARE -> declare(channel, arguments);
            case EXCHANGE_DELETE -> delete(channel, arguments);
            default -> throw Failures.notImplemented(method + " is not supported");
        }
    }

    /** Continues with the exchange of this name; the default exchange is none. */
    void withExchange(AmqpChannel channel, String name, Consumer<Topic> then) {
        Optional<Topic> topic = find(name);
        if (topic.isPresent()) {
            then.accept(topic.get());
            return;
        }
        Routing predeclared = PREDECLARED.get(name);
        if (predeclared == null) {
            throw Failures.no(virtualHost().exchange(name));
        }
        channel.await(topics().declare(TopicSpec.routed(virtualHost().inBroker(name), predeclared)), then);
    }

    static void refuseDefault(String name) {
        if (name.isEmpty()) {
            throw Failures.refused("operation not permitted on the default exchange");
        }
    }

    private Topics topics() {
        return connection.broker().topics();
    }

    private VirtualHost virtualHost() {
        return connection.virtualHost();
    }

    private Optional<Topic> find(String name) {
        VirtualHost virtualHost = virtualHost();
        return virtualHost.mayBeExchange(name) ? topics().find(virtualHost.inBroker(name)) : Optional.empty();
    }

    private void declare(AmqpChannel channel, Arguments arguments) {
        String name = arguments.text("exchange");
        Consumer<Topic> done = topic -> {
            if (!arguments.flag("no-wait")) {
                channel.reply(Method.EXCHANGE_DECLARE_OK);
            }
        };
        if (arguments.flag("passive")) {
            refuseDefault(name);
            withExchange(channel, name, done);
            return;
        }
        String type = arguments.text("type");
        Routing routing = ROUTINGS.get(type);
        if (routing == null) {
            throw new AmqpException(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + type + "'");
        }
        refuseDefault(name);
        if (arguments.flag("internal")) {
            throw Failures.precondition(
                    "invalid arg 'internal' for " + virtualHost().exchange(name) + ": not supported");
        }
        if (arguments.table("arguments").containsKey("alternate-exchange")) {
            throw Failures.precondition(
                    "invalid arg 'alternate-exchange' for " + virtualHost().exchange(name) + ": not supported");
        }
        boolean inMemory = !arguments.flag("durable");
        boolean autoDelete = arguments.flag("auto-delete");
        TopicSpec wanted = TopicSpec.routed(virtualHost().inBroker(name), routing, inMemory, autoDelete);
        if (PREDECLARED.containsKey(name)) {
            withExchange(channel, name, topic -> {
                requireEquivalent(name, topic.spec(), wanted);
                done.accept(topic);
            });
            return;
        }
        Optional<Topic> existing = find(name);
        if (existing.isPresent()) {
            requireEquivalent(name, existing.get().spec(), wanted);
        } else if (name.startsWith("amq.")) {
            throw Failures.refused("exchange name '" + name + "' contains reserved prefix 'amq.*'");
        } else if (virtualHost().isForeign(name)) {
            throw Failures.refused("exchange name '" + name + "' contains reserved prefix 'vhost.*'");
        }
        channel.await(topics().declare(wanted), topic -> {
            // Once more: another client may have been first.
            requireEquivalent(name, topic.spec(), wanted);
            done.accept(topic);
        });
    }

    private void requireEquivalent(String name, TopicSpec current, TopicSpec wanted) {
        String of = virtualHost().exchange(name);
        Routing routing = current.routing().orElse(wanted.routing().orElseThrow());
        Failures.requireEquivalent("type", of, typeOf(wanted.routing().orElseThrow()), typeOf(routing));
        Failures.requireEquivalent("durable", of, !wanted.inMemory(), !current.inMemory());
        Failures.requireEquivalent("auto_delete", of, wanted.autoDelete(), current.autoDelete());
    }

    private static String typeOf(Routing routing) {
        return switch (routing) {
            case EXACT -> "direct";
            case PATTERN -> "topic";
            case ALL -> "fanout";
            case HEADERS -> "headers";
        };
    }

    private void delete(AmqpChannel channel, Arguments arguments) {
        String name = arguments.text("exchange");
        refuseDefault(name);
        if (name.startsWith("amq.")) {
            throw Failures.refused("deletion of system " + virtualHost().exchange(name) + " not allowed");
        }
        Runnable done = () -> {
            if (!arguments.flag("no-wait")) {
                channel.reply(Method.EXCHANGE_DELETE_OK);
            }
        };
        Optional<Topic> topic = find(name);
        boolean isStream = connection
                .broker()
                .queues()
                .find(virtualHost().inBroker(name))
                .filter(StreamQueue::isStream)
                .isPresent();
        if (topic.isEmpty() || (isStream && topic.get().spec().routing().isEmpty())) {
            done.run();
            return;
        }
        if (isStream) {
            // With the topic the stream's messages would go.
            throw Failures.precondition(virtualHost().exchange(name) + " in use");
        }
        channel.await(
                topics().delete(virtualHost().inBroker(name), arguments.flag("if-unused"))
                        .exceptionally(failure -> {
                            throw Failures.reword(
                                    failure,
                                    BrokerException.Kind.IN_USE,
                                    Failures.precondition(virtualHost().exchange(name) + " in use"));
                        }),
                deleted -> done.run());
    }
}
