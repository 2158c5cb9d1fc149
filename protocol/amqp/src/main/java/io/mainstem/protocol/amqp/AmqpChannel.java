package io.mainstem.protocol.amqp;

import io.mainstem.broker.BrokerException;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel: where a client publishes and consumes. Used on the connection's event loop only.
 *
 * <p>A method that needs the broker's answer holds back all that comes after it on this channel, so that everything
 * happens in the order in which the client asked for it. Publishing waits for nothing.
 */
final class AmqpChannel {

    private static final Logger LOG = LoggerFactory.getLogger(AmqpChannel.class);

    /** What a frame that waits takes beside its payload. */
    private static final int HELD_OVERHEAD_BYTES = 128;

    private final Connection connection;
    private final int number;
    private final Publisher publisher = new Publisher(this);
    private final Publishing publishing = new Publishing(this);
    private final Confirms confirms;
    private final Credit credit;
    private final BasicMethods basic = new BasicMethods(this);
    private final QueueMethods queues = new QueueMethods(this);
    private boolean open = true;
    private boolean waiting;
    /** Null unless the client has asked for transactions. */
    private @Nullable Transaction transaction;

    private final ArrayDeque<Frame> held = new ArrayDeque<>();

    AmqpChannel(Connection connection, int number) {
        this.connection = connection;
        this.number = number;
        this.confirms = new Confirms(connection::execute, new Confirmer());
        this.credit = new Credit(connection.options().maxUnsettledDeliveries());
    }

    Connection connection() {
        return connection;
    }

    int number() {
        return number;
    }

    Confirms confirms() {
        return confirms;
    }

    /** What the channel's consumers share. */
    Credit credit() {
        return credit;
    }

    BasicMethods basic() {
        return basic;
    }

    Publisher publisher() {
        return publisher;
    }

    @Nullable
    Transaction transaction() {
        return transaction;
    }

    QueueMethods queues() {
        return queues;
    }

    /** False once either side has closed it. */
    boolean isOpen() {
        return open;
    }

    void frame(Frame frame) {
        if (waiting) {
            // Copied, because what it was received in is used again.
            Frame kept = frame.copy();
            held.add(kept);
            connection.inflow().holding(heldBytes(kept));
        } else {
            handle(frame);
        }
    }

    private static long heldBytes(Frame frame) {
        return (long) HELD_OVERHEAD_BYTES + frame.payload().capacity();
    }

    private void handle(Frame frame) {
        if (frame.type() != Frame.METHOD) {
            if (open) {
                publishing.content(frame);
            }
            return;
        }
        ByteBuf payload = frame.payload();
        Method method = Method.readId(payload);
        connection.current(method);
        if (!open) {
            closing(method);
        } else if (!publishing.expectsMethod()) {
            throw publishing.unexpected(frame);
        } else if (method == Method.BASIC_PUBLISH) {
            publishing.method(payload);
        } else if (method == Method.BASIC_ACK) {
            basic.acknowledge(payload);
        } else {
            method(method, Arguments.read(method, payload));
        }
    }

    void reply(Method method, Object... arguments) {
        connection.output().method(number, method, arguments);
    }

    /** Continues when the broker has answered, and lets nothing of this channel overtake. */
    @SuppressWarnings("FutureReturnValueIgnored") // its outcome is what is looked at
    <T> void await(CompletionStage<T> stage, Consumer<T> then) {
        Method method = connection.current();
        waiting = true;
        stage.whenComplete((value, failure) -> connection.execute(() -> {
            waiting = false;
            connection.current(method);
            try {
                if (failure != null) {
                    throw Failures.unchecked(failure);
                }
                then.accept(value);
            } catch (RuntimeException e) {
                connection.fail(number, e);
            }
            while (!waiting && !held.isEmpty()) {
                Frame next = held.remove();
                long bytes = heldBytes(next);
                connection.frame(next);
                connection.inflow().released(bytes);
            }
            connection.output().flush();
        }));
    }

    /** Continues at once if there is nothing to wait for. */
    void afterwards(CompletionStage<Void> stage, Runnable then) {
        if (stage.toCompletableFuture().isDone()) {
            then.run();
        } else {
            await(stage, done -> then.run());
        }
    }

    /** Ends the channel for a mistake of the client. */
    void close(AmqpException failure, @Nullable Method method) {
        LOG.info("AMQP {} channel {}: closed with {}", connection, number, failure.text());
        abandon();
        int classId = method == null ? 0 : method.classId();
        int methodId = method == null ? 0 : method.methodId();
        reply(Method.CHANNEL_CLOSE, failure.code().number(), failure.text(), classId, methodId);
    }

    /** Gives everything back to the broker; completes once the queues that go with the channel are gone. */
    CompletionStage<Void> abandon() {
        open = false;
        publishing.abandon();
        return basic.abandon();
    }

    private void closing(Method method) {
        // What the client sent before it saw our close is ignored.
        if (method == Method.CHANNEL_CLOSE_OK) {
            connection.remove(this);
        } else if (method == Method.CHANNEL_CLOSE) {
            reply(Method.CHANNEL_CLOSE_OK);
        }
    }

    private void method(Method method, Arguments arguments) {
        switch (method.classId()) {
            case 20 -> channelMethod(method, arguments);
            case 40 -> afterPublishes(() -> connection.exchanges().handle(this, method, arguments));
            case 50 -> afterPublishes(() -> queues.handle(method, arguments));
            case 60 -> {
                if (method == Method.BASIC_GET) {
                    afterPublishes(() -> basic.handle(method, arguments));
                } else {
                    basic.handle(method, arguments);
                }
            }
            case 90 -> transactionMethod(method);
            default -> otherMethod(method, arguments);
        }
    }

    /** A client that publishes and then looks finds its messages, though it has not asked for confirms. */
    private void afterPublishes(Runnable command) {
        connection.afterPublishes(this, command);
    }

    private void otherMethod(Method method, Arguments arguments) {
        switch (method) {
            case ACCESS_REQUEST -> reply(Method.ACCESS_REQUEST_OK, 1);
            case CONFIRM_SELECT -> selectConfirms(arguments);
            default -> throw Failures.unimplemented();
        }
    }

    private void selectConfirms(Arguments arguments) {
        if (transaction != null) {
            throw Failures.precondition("cannot switch from tx to confirm mode");
        }
        confirms.enable();
        if (!arguments.flag("no-wait")) {
            reply(Method.CONFIRM_SELECT_OK);
        }
    }

    private void transactionMethod(Method method) {
        switch (method) {
            case TX_SELECT -> {
                if (confirms.isEnabled()) {
                    throw Failures.precondition("cannot switch from confirm to tx mode");
                }
                if (transaction == null) {
                    transaction = new Transaction(this);
                }
                reply(Method.TX_SELECT_OK);
            }
            case TX_COMMIT -> await(selected().commit(publisher, basic), done -> reply(Method.TX_COMMIT_OK));
            case TX_ROLLBACK -> {
                basic.takeBack(selected());
                reply(Method.TX_ROLLBACK_OK);
            }
            default -> throw Failures.unimplemented();
        }
    }

    private Transaction selected() {
        Transaction selected = transaction;
        if (selected == null) {
            throw Failures.precondition("channel is not transactional");
        }
        return selected;
    }

    private void channelMethod(Method method, Arguments arguments) {
        switch (method) {
            case CHANNEL_OPEN -> throw new AmqpException(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
            case CHANNEL_FLOW -> {
                if (!arguments.flag("active")) {
                    throw Failures.notImplemented("active=false");
                }
                reply(Method.CHANNEL_FLOW_OK, true);
            }
            case CHANNEL_CLOSE ->
                afterwards(CompletableFuture.allOf(abandon().toCompletableFuture(), confirms.settled()), () -> {
                    connection.remove(this);
                    reply(Method.CHANNEL_CLOSE_OK);
                });
            default -> throw Failures.unimplemented();
        }
    }

    /** Tells the publisher, as long as there is a channel to tell it on. */
    private final class Confirmer implements Confirms.Publisher {

        @Override
        public void ack(long tag, boolean multiple) {
            if (open) {
                reply(Method.BASIC_ACK, tag, multiple);
            }
        }

        @Override
        public void nack(long tag) {
            if (open) {
                reply(Method.BASIC_NACK, tag, false, false);
            }
        }

        @Override
        public void finished(long bytes, @Nullable Throwable lastFailure) {
            if (lastFailure != null) {
                if (Failures.isBecause(lastFailure, BrokerException.Kind.QUEUE_FULL)) {
                    LOG.debug("AMQP {} channel {}: not taken: {}", connection, number, lastFailure.getMessage());
                } else {
                    LOG.warn("AMQP {} channel {}: not published: {}", connection, number, lastFailure.getMessage());
                }
                if (transaction != null) {
                    transaction.fail();
                }
            }
            connection.inflow().published(bytes);
            connection.output().flush();
        }
    }
}
