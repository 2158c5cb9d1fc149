package io.mainstem.protocol.amqp;

import io.mainstem.broker.BindingSpec;
import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerException;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSettings;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Queues;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The methods of class queue on one channel. */
final class QueueMethods {

    private final AmqpChannel channel;
    private String lastName = "";

    QueueMethods(AmqpChannel channel) {
        this.channel = channel;
    }

    void handle(Method method, Arguments arguments) {
        switch (method) {
            case QUEUE_DECLARE -> declare(arguments);
            case QUEUE_BIND -> bind(arguments);
            case QUEUE_UNBIND -> unbind(arguments);
            case QUEUE_PURGE -> purge(arguments);
            case QUEUE_DELETE -> delete(arguments);
            default -> throw Failures.unimplemented();
        }
    }

    /** The queue of this name, or of the channel's last declaration when the name is empty. */
    Queue require(String name) {
        String wanted = orLast(name);
        Queue queue = find(wanted).orElseThrow(() -> Failures.no(virtualHost().queue(wanted)));
        requireAccess(queue);
        return queue;
    }

    /** In the words of RabbitMQ's error texts. */
    String describe(Queue queue) {
        return virtualHost().queue(virtualHost().inClient(queue.name()));
    }

    /** The queue of this name, whoever may use it. */
    Optional<Queue> find(String name) {
        return virtualHost().isForeign(name)
                ? Optional.empty()
                : broker().find(virtualHost().inBroker(name));
    }

    private String orLast(String name) {
        if (!name.isEmpty()) {
            return name;
        }
        if (lastName.isEmpty()) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no previously declared queue");
        }
        return lastName;
    }

    private void requireAccess(Queue queue) {
        Optional<Object> owner = queue.owner();
        if (owner.isPresent() && owner.get() != channel.connection()) {
            throw Failures.locked(describe(queue));
        }
    }

    private VirtualHost virtualHost() {
        return channel.connection().virtualHost();
    }

    private Queues broker() {
        return channel.connection().broker().queues();
    }

    private void declare(Arguments arguments) {
        String receiver = arguments.name("queue");
        if (receiver.equals(DirectReplies.QUEUE) || DirectReplies.isAddress(receiver)) {
            declareReceiver(receiver, arguments);
            return;
        }
        if (arguments.flag("passive")) {
            // Other than elsewhere, no name is not the last one.
            Queue present =
                    find(receiver).orElseThrow(() -> Failures.no(virtualHost().queue(receiver)));
            requireAccess(present);
            declared(present, arguments);
            return;
        }
        boolean named = !arguments.name("queue").isEmpty();
        String name = named ? arguments.name("queue") : GeneratedNames.next("amq.gen-");
        if (StreamDeclaration.isWanted(arguments)) {
            declareStream(arguments);
            return;
        }
        QueueArguments extra = new QueueArguments(name, !named, virtualHost(), arguments.table("arguments"));
        Optional<Queue> existing = find(name);
        if (existing.isPresent()) {
            requireEquivalent(existing.get(), arguments);
            if (StreamQueue.isStream(existing.get())) {
                StreamDeclaration.refuseOtherType(
                        describe(existing.get()), arguments.table("arguments").get(StreamQueue.TYPE_ARGUMENT));
            }
            extra.requireEquivalent(existing.get().spec().labels());
            declared(existing.get(), arguments);
            return;
        }
        if (named) {
            refuseReserved(name);
        }
        QueueSpec wanted = wanted(name, arguments, extra);
        Connection owner = channel.connection();
        channel.await(broker().declare(wanted, wanted.exclusive() ? owner : null), queue -> {
            // Once more: another client may have been first.
            requireEquivalent(queue, arguments);
            extra.requireEquivalent(queue.spec().labels());
            if (wanted.exclusive()) {
                owner.owns(wanted.name());
            }
            declared(queue, arguments);
        });
    }

    /** Tells whether replies to this address still find somebody. */
    private void declareReceiver(String address, Arguments arguments) {
        boolean present = address.equals(DirectReplies.QUEUE)
                || channel.connection().replies().find(address).isPresent();
        if (!present) {
            throw Failures.no(virtualHost().queue(address));
        }
        lastName = address;
        if (!arguments.flag("no-wait")) {
            channel.reply(Method.QUEUE_DECLARE_OK, address, 0, 1);
        }
    }

    private void declareStream(Arguments arguments) {
        String name = arguments.name("queue");
        StreamDeclaration wanted = StreamDeclaration.of(arguments, virtualHost());
        find(name).ifPresent(existing -> {
            requireAccess(existing);
            wanted.requireEquivalent(existing);
        });
        refuseReserved(name);
        channel.await(wanted.declare(channel.connection().broker()), queue -> {
            // Once more: another client may have been first.
            wanted.requireEquivalent(queue);
            declared(queue, arguments);
        });
    }

    private void refuseReserved(String name) {
        if (name.startsWith("amq.")) {
            throw Failures.refused("queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        if (virtualHost().isForeign(name)) {
            throw Failures.refused("queue name '" + name + "' contains reserved prefix 'vhost.*'");
        }
    }

    void refuseForStream(Queue queue, String method) {
        if (StreamQueue.isStream(queue)) {
            throw StreamQueue.notSupported(method, describe(queue));
        }
    }

    /** Throws 404 if somebody has deleted it. */
    Topic topicOf(Queue stream) {
        return channel.connection()
                .broker()
                .topics()
                .find(stream.name())
                .orElseThrow(() -> Failures.no(describe(stream)));
    }

    private CompletionStage<Long> count(Queue queue) {
        return StreamQueue.isStream(queue)
                ? CompletableFuture.completedFuture(StreamQueue.messages(topicOf(queue)))
                : queue.countReady();
    }

    private void declared(Queue queue, Arguments arguments) {
        lastName = virtualHost().inClient(queue.name());
        if (!arguments.flag("no-wait")) {
            channel.await(count(queue), count -> {
                long messages = Math.min(count, Integer.MAX_VALUE);
                channel.reply(Method.QUEUE_DECLARE_OK, lastName, messages, queue.consumerCount());
            });
        }
    }

    private void requireEquivalent(Queue queue, Arguments wanted) {
        requireAccess(queue);
        QueueSpec current = queue.spec();
        if (wanted.flag("exclusive") != current.exclusive()) {
            throw Failures.locked(describe(queue));
        }
        String of = describe(queue);
        Failures.requireEquivalent("durable", of, wanted.flag("durable"), current.durable());
        Failures.requireEquivalent("auto_delete", of, wanted.flag("auto-delete"), current.autoDelete());
    }

    private QueueSpec wanted(String name, Arguments arguments, QueueArguments extra) {
        QueueSettings settings = extra.settings();
        boolean durable = arguments.flag("durable");
        boolean exclusive = arguments.flag("exclusive");
        boolean autoDelete = arguments.flag("auto-delete");
        extra.requireProperties(durable, exclusive, autoDelete);
        return new QueueSpec(virtualHost().inBroker(name), durable, exclusive, autoDelete, settings, extra.labels());
    }

    private void bind(Arguments arguments) {
        String name = orLast(arguments.name("queue"));
        String exchange = arguments.name("exchange");
        String key = bindingKey(arguments);
        Exchanges.refuseDefault(exchange);
        channel.connection().exchanges().withExchange(channel, exchange, topic -> {
            Queue queue = require(name);
            refuseForStream(queue, "queue.bind");
            channel.await(queue.bind(topic, binding(topic, key, arguments)), bound -> {
                if (!arguments.flag("no-wait")) {
                    channel.reply(Method.QUEUE_BIND_OK);
                }
            });
        });
    }

    /** As RabbitMQ does, it takes no notice of what is not there. */
    private void unbind(Arguments arguments) {
        String name = orLast(arguments.name("queue"));
        String exchange = arguments.name("exchange");
        Exchanges.refuseDefault(exchange);
        Optional<Queue> queue = find(name);
        Optional<Topic> topic = channel.connection().exchanges().find(exchange);
        if (queue.isEmpty() || topic.isEmpty()) {
            channel.reply(Method.QUEUE_UNBIND_OK);
            return;
        }
        requireAccess(queue.get());
        channel.await(
                queue.get().unbind(topic.get(), binding(topic.get(), bindingKey(arguments), arguments)),
                unbound -> channel.reply(Method.QUEUE_UNBIND_OK));
    }

    private static BindingSpec binding(Topic topic, String key, Arguments arguments) {
        Routing routing = ExchangeType.of(topic.spec()).routing();
        return BindingArguments.spec(routing, key, arguments.table("arguments"));
    }

    /** With neither queue nor key given, the key is the name of the channel's last queue. */
    private String bindingKey(Arguments arguments) {
        String key = arguments.text("routing-key");
        return key.isEmpty() && arguments.name("queue").isEmpty() ? lastName : key;
    }

    private void purge(Arguments arguments) {
        Queue queue = require(arguments.name("queue"));
        refuseForStream(queue, "queue.purge");
        channel.await(queue.purge(), messages -> {
            if (!arguments.flag("no-wait")) {
                channel.reply(Method.QUEUE_PURGE_OK, messages);
            }
        });
    }

    private void delete(Arguments arguments) {
        String name = orLast(arguments.name("queue"));
        Optional<Queue> queue = find(name);
        if (queue.isEmpty()) {
            deleted(0, arguments);
            return;
        }
        requireAccess(queue.get());
        String what = virtualHost().queue(name);
        CompletionStage<Long> deletion = delete(queue.get(), arguments).exceptionally(failure -> {
            if (Failures.isBecause(failure, BrokerException.Kind.UNKNOWN_QUEUE)) {
                // somebody else was faster
                return 0L;
            }
            throw Failures.isBecause(failure, BrokerException.Kind.NOT_EMPTY)
                    ? Failures.precondition(what + " not empty")
                    : Failures.reword(failure, BrokerException.Kind.IN_USE, Failures.precondition(what + " in use"));
        });
        channel.await(deletion, messages -> deleted(messages, arguments));
    }

    private CompletionStage<Long> delete(Queue queue, Arguments arguments) {
        boolean ifUnused = arguments.flag("if-unused");
        boolean ifEmpty = arguments.flag("if-empty");
        if (!StreamQueue.isStream(queue)) {
            return broker().delete(queue.name(), ifUnused, ifEmpty);
        }
        Broker broker = channel.connection().broker();
        if (ifEmpty && StreamQueue.messages(topicOf(queue)) > 0) {
            throw Failures.precondition(describe(queue) + " not empty");
        }
        return StreamQueue.delete(broker, queue, ifUnused);
    }

    private void deleted(long messages, Arguments arguments) {
        if (!arguments.flag("no-wait")) {
            channel.reply(Method.QUEUE_DELETE_OK, messages);
        }
    }
}
