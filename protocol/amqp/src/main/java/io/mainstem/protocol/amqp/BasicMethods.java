package io.mainstem.protocol.amqp;

import io.mainstem.broker.BrokerException;
import io.mainstem.broker.ConsumerOptions;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSettings;
import io.mainstem.broker.Subscription;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The methods of class basic on one channel, but for publishing: consuming, fetching, and settling what was delivered.
 */
final class BasicMethods {

    private static final int MULTIPLE = 1;

    private final AmqpChannel channel;
    private final Map<String, ChannelConsumer> consumers = new LinkedHashMap<>();
    private final UnsettledDeliveries unsettled = new UnsettledDeliveries();
    private final Consumer<OutgoingDelivery> acknowledge = this::acknowledge;
    private DirectReplies.@Nullable Receiver replies;
    private int prefetch;
    /** The client has limited what the channel's consumers may hold together. */
    private boolean sharesPrefetch;

    private long lastDeliveryTag;

    BasicMethods(AmqpChannel channel) {
        this.channel = channel;
    }

    void handle(Method method, Arguments arguments) {
        switch (method) {
            case BASIC_QOS -> qos(arguments);
            case BASIC_CONSUME -> consume(arguments);
            case BASIC_CANCEL -> cancel(arguments);
            case BASIC_CANCEL_OK -> {}
            case BASIC_GET -> get(arguments);
            case BASIC_NACK ->
                settle(arguments.number("delivery-tag"), arguments.flag("multiple"), negative(arguments));
            case BASIC_REJECT -> settle(arguments.number("delivery-tag"), false, negative(arguments));
            case BASIC_RECOVER -> {
                recover(arguments);
                channel.reply(Method.BASIC_RECOVER_OK);
            }
            case BASIC_RECOVER_ASYNC -> recover(arguments);
            default -> throw Failures.unimplemented();
        }
    }

    /** @param arguments those of basic.ack, which come with every message */
    void acknowledge(ByteBuf arguments) {
        if (arguments.readableBytes() < Long.BYTES + Byte.BYTES) {
            throw Frame.undecodable(arguments);
        }
        long tag = arguments.readLong();
        settle(tag, (arguments.readByte() & MULTIPLE) != 0, acknowledge);
    }

    /** Sends what a queue has delivered. */
    void deliver(ChannelConsumer consumer, OutgoingDelivery outgoing) {
        Delivery delivery = outgoing.delivery();
        if (!channel.isOpen() || consumer.isClosed()) {
            requeue(outgoing);
            return;
        }
        long tag = ++lastDeliveryTag;
        channel.connection().deliveries().deliver(channel.number(), consumer.encodedTag(), tag, delivery);
        if (consumer.isNoAck()) {
            delivery.settle();
        } else {
            outgoing.sent(tag, System.nanoTime());
            unsettled.add(outgoing);
        }
    }

    /** Sends a reply that comes without a queue, if it is still wanted. */
    void deliver(DirectReplies.Receiver receiver, Record reply) {
        if (receiver.equals(replies)) {
            channel.connection()
                    .deliveries()
                    .deliver(channel.number(), receiver.encodedTag(), ++lastDeliveryTag, reply);
        }
    }

    /** Where replies go that need no queue. */
    String replyAddress() {
        DirectReplies.Receiver receiver = replies;
        if (receiver == null) {
            throw Failures.precondition("fast reply consumer does not exist");
        }
        return receiver.address();
    }

    /** The queue of a consumer has gone. */
    void cancelledByBroker(ChannelConsumer consumer) {
        if (consumers.remove(consumer.tag(), consumer) && channel.connection().wantsCancelNotifications()) {
            channel.reply(Method.BASIC_CANCEL, consumer.tag(), true);
            channel.connection().output().flush();
        }
    }

    /** There may be credit or room again. */
    void wakeConsumers() {
        for (ChannelConsumer consumer : consumers.values()) {
            consumer.wake();
        }
    }

    /** Completes once the queues that go with their last consumer are gone. */
    CompletionStage<Void> abandon() {
        // they go last, so that a queue has its messages back before it turns to its other consumers
        List<ChannelConsumer> leaving = List.copyOf(consumers.values());
        leaving.forEach(ChannelConsumer::stop);
        consumers.clear();
        if (replies != null) {
            replies.close();
            replies = null;
        }
        Transaction transaction = channel.transaction();
        if (transaction != null) {
            takeBack(transaction);
        }
        unsettled.removeUpTo(Long.MAX_VALUE, this::requeue);
        leaving.forEach(ChannelConsumer::close);
        return CompletableFuture.allOf(leaving.stream()
                .map(consumer -> consumer.whenLeft().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** Throws when a delivery has waited longer for its acknowledgement than it may. */
    void requireAcknowledgements(long nowNanos) {
        long usualMillis =
                channel.connection().options().acknowledgementTimeout().toMillis();
        unsettled.forEach(outgoing -> {
            long timeoutMillis = outgoing.delivery()
                    .queue()
                    .spec()
                    .settings()
                    .number(QueueSettings.ACKNOWLEDGEMENT_TIMEOUT_MS)
                    .orElse(usualMillis);
            if (timeoutMillis > 0 && TimeUnit.NANOSECONDS.toMillis(nowNanos - outgoing.sentNanos()) > timeoutMillis) {
                throw Failures.precondition("delivery acknowledgement on channel " + channel.number()
                        + " timed out. Timeout value used: " + timeoutMillis
                        + " ms. This timeout value can be configured, see consumers doc guide to learn more");
            }
        });
    }

    /** What was answered in a transaction waits for an answer again. */
    void takeBack(Transaction transaction) {
        List<OutgoingDelivery> waiting = new ArrayList<>();
        transaction.rollBack(waiting::add);
        unsettled.removeUpTo(Long.MAX_VALUE, waiting::add);
        waiting.sort(Comparator.comparingLong(OutgoingDelivery::tag));
        waiting.forEach(unsettled::add);
    }

    private void qos(Arguments arguments) {
        long prefetchBytes = arguments.number("prefetch-size");
        if (prefetchBytes != 0) {
            throw Failures.notImplemented("prefetch_size!=0 (" + prefetchBytes + ")");
        }
        int count = (int) arguments.number("prefetch-count");
        if (arguments.flag("global")) {
            int limit = channel.connection().options().maxUnsettledDeliveries();
            sharesPrefetch = count > 0;
            channel.credit().limit(count == 0 ? limit : Math.min(count, limit));
            wakeConsumers();
        } else {
            prefetch = count;
        }
        channel.reply(Method.BASIC_QOS_OK);
    }

    private void consume(Arguments arguments) {
        String given = arguments.text("consumer-tag");
        String tag = given.isEmpty() ? GeneratedNames.next("amq.ctag-") : given;
        if (consumers.containsKey(tag) || (replies != null && replies.tag().equals(tag))) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'");
        }
        if (arguments.name("queue").equals(DirectReplies.QUEUE)) {
            consumeReplies(tag, arguments);
            return;
        }
        Queue queue = channel.queues().require(arguments.name("queue"));
        ChannelConsumer consumer = new ChannelConsumer(channel, queue, tag, arguments.flag("no-ack"), prefetch);
        channel.await(
                StreamQueue.isStream(queue)
                        ? consumeStream(queue, consumer, arguments)
                        : consumeQueue(queue, consumer, arguments),
                subscription -> {
                    if (!channel.isOpen()) {
                        subscription.close();
                        return;
                    }
                    consumers.put(tag, consumer);
                    if (!arguments.flag("no-wait")) {
                        channel.reply(Method.BASIC_CONSUME_OK, tag);
                    }
                    consumer.start(subscription);
                    if (consumer.isClosed()) {
                        cancelledByBroker(consumer);
                    }
                });
    }

    private void consumeReplies(String tag, Arguments arguments) {
        if (!arguments.flag("no-ack")) {
            throw Failures.precondition("reply consumer cannot acknowledge");
        }
        if (replies != null) {
            throw Failures.precondition("reply consumer already set");
        }
        replies = channel.connection().replies().open(channel, tag);
        if (!arguments.flag("no-wait")) {
            channel.reply(Method.BASIC_CONSUME_OK, tag);
        }
    }

    private static ConsumerOptions consumerOptions(String queue, Arguments arguments) {
        Object priority = arguments.table("arguments").get("x-priority");
        if (priority == null) {
            return new ConsumerOptions(arguments.flag("exclusive"), 0);
        }
        if (!ArgumentType.isInteger(priority)) {
            throw Failures.precondition("invalid arg 'x-priority' for " + queue + ": \"expected integer, got "
                    + ArgumentType.nameOf(priority) + "\"");
        }
        long number = Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, ((Number) priority).longValue()));
        return new ConsumerOptions(arguments.flag("exclusive"), (int) number);
    }

    private CompletionStage<Subscription> consumeQueue(Queue queue, ChannelConsumer consumer, Arguments arguments) {
        String of = channel.queues().describe(queue);
        if (arguments.table("arguments").containsKey(StreamOffset.ARGUMENT)) {
            throw Failures.precondition(
                    "invalid arg '" + StreamOffset.ARGUMENT + "' for " + of + " of queue type rabbit_classic_queue");
        }
        return queue.consume(consumer, consumerOptions(of, arguments)).exceptionally(failure -> {
            throw Failures.reword(
                    failure, BrokerException.Kind.EXCLUSIVE_CONSUMER, Failures.refused(of + " in exclusive use"));
        });
    }

    private CompletionStage<Subscription> consumeStream(Queue queue, ChannelConsumer consumer, Arguments arguments) {
        String of = channel.queues().describe(queue);
        if (arguments.table("arguments").containsKey("x-priority")) {
            throw Failures.precondition("invalid arg 'x-priority' for " + of + " of queue type rabbit_stream_queue");
        }
        if (prefetch == 0) {
            throw Failures.precondition("consumer prefetch count is not set for '" + of + "'");
        }
        if (sharesPrefetch) {
            throw Failures.notImplemented(of + " does not support global qos");
        }
        if (consumer.isNoAck()) {
            throw StreamQueue.notSupported("automatic acknowledgement", of);
        }
        Connection connection = channel.connection();
        StreamOffset from = StreamOffset.of(arguments.table("arguments"), of, connection.nowMillis());
        return StreamReader.start(queue, channel.queues().topicOf(queue), consumer, from);
    }

    private void cancel(Arguments arguments) {
        String tag = arguments.text("consumer-tag");
        if (replies != null && replies.tag().equals(tag)) {
            replies.close();
            replies = null;
        }
        ChannelConsumer consumer = consumers.remove(tag);
        if (consumer == null) {
            cancelled(tag, arguments);
        } else {
            consumer.close();
            channel.afterwards(consumer.whenLeft(), () -> cancelled(tag, arguments));
        }
    }

    private void cancelled(String tag, Arguments arguments) {
        if (!arguments.flag("no-wait")) {
            channel.reply(Method.BASIC_CANCEL_OK, tag);
        }
    }

    private void get(Arguments arguments) {
        Queue queue = channel.queues().require(arguments.name("queue"));
        channel.queues().refuseForStream(queue, "basic.get");
        int limit = channel.connection().options().maxUnsettledDeliveries();
        if (unsettled.count() >= limit) {
            throw Failures.precondition("channel has " + limit + " deliveries that are not acknowledged");
        }
        boolean noAck = arguments.flag("no-ack");
        channel.await(queue.get(), found -> got(queue, found, noAck));
    }

    // Optional as a parameter: the broker's answer, taken as it comes.
    private void got(Queue queue, Optional<Delivery> found, boolean noAck) {
        if (found.isEmpty()) {
            channel.reply(Method.BASIC_GET_EMPTY, "");
            return;
        }
        Delivery delivery = found.get();
        if (!channel.isOpen()) {
            delivery.requeue();
            return;
        }
        long tag = ++lastDeliveryTag;
        channel.connection().deliveries().getOk(channel.number(), tag, delivery, queue.readyCount());
        if (noAck) {
            delivery.settle();
        } else {
            channel.credit().take();
            OutgoingDelivery outgoing = new OutgoingDelivery(null, delivery);
            outgoing.sent(tag, System.nanoTime());
            unsettled.add(outgoing);
        }
    }

    private Consumer<OutgoingDelivery> negative(Arguments arguments) {
        Consumer<OutgoingDelivery> how = arguments.flag("requeue") ? this::requeue : this::reject;
        return outgoing -> {
            refuseForStreams(outgoing.delivery(), "basic.nack and basic.reject");
            how.accept(outgoing);
        };
    }

    /** Nothing goes back into a stream, and the client must not think so. */
    private void refuseForStreams(Delivery delivery, String method) {
        if (delivery instanceof StreamDelivery) {
            throw StreamQueue.notSupported(method, channel.queues().describe(delivery.queue()));
        }
    }

    private void settle(long tag, boolean multiple, Consumer<OutgoingDelivery> how) {
        Transaction transaction = channel.transaction();
        Consumer<OutgoingDelivery> answer = transaction == null ? how : outgoing -> transaction.add(outgoing, how);
        if (multiple && tag == 0) {
            unsettled.removeUpTo(Long.MAX_VALUE, answer);
        } else if (multiple && unsettled.contains(tag)) {
            unsettled.removeUpTo(tag, answer);
        } else {
            OutgoingDelivery outgoing = multiple ? null : unsettled.remove(tag);
            if (outgoing == null) {
                throw Failures.precondition("unknown delivery tag " + tag);
            }
            answer.accept(outgoing);
        }
        wakeConsumers();
    }

    private void recover(Arguments arguments) {
        if (!arguments.flag("requeue")) {
            throw Failures.notImplemented("requeue=false");
        }
        unsettled.removeUpTo(Long.MAX_VALUE, outgoing -> {
            refuseForStreams(outgoing.delivery(), "basic.recover");
            requeue(outgoing);
        });
        wakeConsumers();
    }

    private void acknowledge(OutgoingDelivery outgoing) {
        outgoing.delivery().settle();
        giveBack(outgoing);
    }

    private void reject(OutgoingDelivery outgoing) {
        outgoing.delivery().reject();
        giveBack(outgoing);
    }

    private void requeue(OutgoingDelivery outgoing) {
        // with room for another before it is back, the message behind it would come first
        outgoing.delivery().requeue(() -> {
            giveBack(outgoing);
            channel.connection().execute(this::wakeConsumers);
        });
    }

    private void giveBack(OutgoingDelivery outgoing) {
        ChannelConsumer consumer = outgoing.consumer();
        if (consumer != null) {
            consumer.giveBack();
        } else {
            channel.credit().giveBack();
        }
    }
}
