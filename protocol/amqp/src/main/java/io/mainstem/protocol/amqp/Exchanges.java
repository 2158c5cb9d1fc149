package io.mainstem.protocol.amqp;

import io.mainstem.broker.BindingSpec;
import io.mainstem.broker.BrokerException;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.broker.Topics;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges: topics under another name. One that nobody has declared as an exchange may be published to and bound
 * all the same; the first declaration says how it routes.
 */
final class Exchanges {

    private static final String ALTERNATE = "alternate-exchange";

    /** Those that are there without anybody declaring them; made when somebody first names them. */
    private static final Map<String, Routing> PREDECLARED = Map.of(
            "amq.direct", Routing.EXACT,
            "amq.topic", Routing.PATTERN,
            "amq.fanout", Routing.ALL,
            "amq.headers", Routing.HEADERS,
            "amq.match", Routing.HEADERS);

    private final Connection connection;

    Exchanges(Connection connection) {
        this.connection = connection;
    }

    void handle(AmqpChannel channel, Method method, Arguments arguments) {
        switch (method) {
            case EXCHANGE_DECLARE -> declare(channel, arguments);
            case EXCHANGE_DELETE -> delete(channel, arguments);
            case EXCHANGE_BIND -> bind(channel, arguments);
            case EXCHANGE_UNBIND -> unbind(channel, arguments);
            default -> throw Failures.unimplemented();
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

    /** The exchange of this name, if it has been made. */
    Optional<Topic> find(String name) {
        VirtualHost virtualHost = virtualHost();
        return virtualHost.mayBeExchange(name) ? topics().find(virtualHost.inBroker(name)) : Optional.empty();
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

    private void declare(AmqpChannel channel, Arguments arguments) {
        String name = arguments.name("exchange");
        Consumer<Topic> done = topic -> reply(channel, Method.EXCHANGE_DECLARE_OK, arguments);
        if (arguments.flag("passive")) {
            refuseDefault(name);
            withExchange(channel, name, done);
            return;
        }
        ExchangeType type = ExchangeType.declared(arguments.text("type"), arguments.table("arguments"));
        refuseDefault(name);
        TopicSpec wanted = wanted(name, type, arguments);
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

    private TopicSpec wanted(String name, ExchangeType type, Arguments arguments) {
        TopicSpec wanted = TopicSpec.routed(
                        virtualHost().inBroker(name),
                        type.routing(),
                        !arguments.flag("durable"),
                        arguments.flag("auto-delete"))
                .withLabels(type.labels());
        if (arguments.flag("internal")) {
            wanted = wanted.asInternal();
        }
        Map<String, @Nullable Object> table = arguments.table("arguments");
        if (!table.containsKey(ALTERNATE)) {
            return wanted;
        }
        if (table.get(ALTERNATE) instanceof String alternate) {
            // The default exchange takes nothing this way, in RabbitMQ either.
            return alternate.isEmpty()
                    ? wanted
                    : wanted.withAlternate(virtualHost().inBroker(alternate));
        }
        throw Failures.precondition("invalid type '" + FieldTable.typeName(table.get(ALTERNATE)) + "' for arg '"
                + ALTERNATE + "' in " + virtualHost().exchange(name));
    }

    private void requireEquivalent(String name, TopicSpec current, TopicSpec wanted) {
        String of = virtualHost().exchange(name);
        boolean declared = current.routing().isPresent();
        ExchangeType wantedType = ExchangeType.of(wanted);
        ExchangeType currentType = ExchangeType.of(declared ? current : wanted);
        Failures.requireEquivalent("type", of, wantedType.type(), currentType.type());
        Failures.requireEquivalent("durable", of, !wanted.inMemory(), !current.inMemory());
        Failures.requireEquivalent("auto_delete", of, wanted.autoDelete(), current.autoDelete());
        if (declared) {
            Failures.requireEquivalent("internal", of, wanted.internal(), current.internal());
            Failures.requireEquivalentText(ALTERNATE, of, alternateOf(wanted), alternateOf(current));
            Failures.requireEquivalent(
                    ExchangeType.DELAYED_TYPE, of, wantedType.nameOfRouting(), currentType.nameOfRouting());
        }
    }

    private Optional<String> alternateOf(TopicSpec spec) {
        return spec.alternate().map(virtualHost()::inClient);
    }

    private void delete(AmqpChannel channel, Arguments arguments) {
        String name = arguments.name("exchange");
        refuseDefault(name);
        if (name.startsWith("amq.")) {
            throw Failures.refused("deletion of system " + virtualHost().exchange(name) + " not allowed");
        }
        Optional<Topic> topic = find(name);
        boolean isStream = connection
                .broker()
                .queues()
                .find(virtualHost().inBroker(name))
                .filter(StreamQueue::isStream)
                .isPresent();
        if (topic.isEmpty() || (isStream && topic.get().spec().routing().isEmpty())) {
            reply(channel, Method.EXCHANGE_DELETE_OK, arguments);
            return;
        }
        if (isStream) {
            // With the topic the stream's messages would go.
            throw Failures.precondition(virtualHost().exchange(name) + " in use");
        }
        CompletionStage<Void> deletion = topics().retire(virtualHost().inBroker(name), arguments.flag("if-unused"))
                .exceptionally(failure -> {
                    if (Failures.isBecause(failure, BrokerException.Kind.UNKNOWN_TOPIC)) {
                        // somebody else was faster
                        return null;
                    }
                    throw Failures.reword(
                            failure,
                            BrokerException.Kind.IN_USE,
                            Failures.precondition(virtualHost().exchange(name) + " in use"));
                });
        channel.await(deletion, deleted -> reply(channel, Method.EXCHANGE_DELETE_OK, arguments));
    }

    private void bind(AmqpChannel channel, Arguments arguments) {
        String destinationName = arguments.name("destination");
        String sourceName = arguments.name("source");
        refuseDefault(destinationName);
        refuseDefault(sourceName);
        withExchange(
                channel,
                sourceName,
                source -> withExchange(
                        channel,
                        destinationName,
                        destination -> channel.await(
                                topics().bind(source, destination, binding(source, arguments)),
                                bound -> reply(channel, Method.EXCHANGE_BIND_OK, arguments))));
    }

    /** As RabbitMQ does, it takes no notice of what is not there. */
    private void unbind(AmqpChannel channel, Arguments arguments) {
        String destinationName = arguments.name("destination");
        String sourceName = arguments.name("source");
        refuseDefault(destinationName);
        refuseDefault(sourceName);
        Optional<Topic> source = find(sourceName);
        Optional<Topic> destination = find(destinationName);
        if (source.isEmpty() || destination.isEmpty()) {
            reply(channel, Method.EXCHANGE_UNBIND_OK, arguments);
            return;
        }
        channel.await(
                topics().unbind(source.get(), destination.get(), binding(source.get(), arguments)),
                unbound -> reply(channel, Method.EXCHANGE_UNBIND_OK, arguments));
    }

    private static BindingSpec binding(Topic source, Arguments arguments) {
        Routing routing = ExchangeType.of(source.spec()).routing();
        return BindingArguments.spec(routing, arguments.text("routing-key"), arguments.table("arguments"));
    }

    private static void reply(AmqpChannel channel, Method method, Arguments arguments) {
        if (!arguments.flag("no-wait")) {
            channel.reply(method);
        }
    }
}
