package io.mainstem.protocol.amqp;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection and its channels. Used on its event loop only, but for what consumers ask of the outbox. */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes are looked at where they are of interest
final class Connection {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** So much later than its time, at most, is it seen that a delivery was not acknowledged. */
    private static final long MAX_ACKNOWLEDGEMENT_LOOK_MILLIS = 10_000;

    /** The end of the broker does not wait longer for a client's answer. */
    private static final Duration SHUTDOWN_ANSWER = Duration.ofSeconds(1);

    private enum State {
        /** Until connection.open has been answered. */
        HANDSHAKE,
        RUNNING,
        /** We have sent connection.close and wait for the answer. */
        CLOSING,
        CLOSED
    }

    private final ConnectionHandler handler;
    private final AmqpListener.Context context;
    private final Output output;
    private final Outbox outbox;
    private final DeliveryWriter deliveries;
    private final Exchanges exchanges;
    private final Inflow inflow;
    private final ShortStrings names = new ShortStrings();
    private final Handshake handshake;
    private final IntObjectMap<AmqpChannel> channels = new IntObjectHashMap<>();
    private final Set<String> exclusiveQueues = new HashSet<>();
    private State state = State.HANDSHAKE;
    private VirtualHost virtualHost = new VirtualHost(VirtualHost.DEFAULT_NAME);
    /** The method that is being handled, for the error that may come of it. */
    private @Nullable Method current;

    private @Nullable Future<?> acknowledgementWatch;
    /** Of channels that have gone before all they published was durable. */
    private final List<Confirms> leaving = new ArrayList<>();

    Connection(ConnectionHandler handler, AmqpListener.Context context) {
        this.handler = handler;
        this.context = context;
        this.output = new Output(handler.socket(), context.options().maxFrameBytes());
        this.deliveries = new DeliveryWriter(this);
        this.exchanges = new Exchanges(this);
        this.handshake = new Handshake(this);
        this.inflow = new Inflow(this, context.shortages());
        this.outbox = new Outbox(handler.socket(), context.options().maxOutgoingBytes(), this::deliveriesWritten);
    }

    Broker broker() {
        return context.broker();
    }

    AmqpOptions options() {
        return context.options();
    }

    ConnectionHandler handler() {
        return handler;
    }

    Output output() {
        return output;
    }

    Outbox outbox() {
        return outbox;
    }

    DeliveryWriter deliveries() {
        return deliveries;
    }

    Exchanges exchanges() {
        return exchanges;
    }

    Inflow inflow() {
        return inflow;
    }

    DirectReplies replies() {
        return context.replies();
    }

    ShortStrings names() {
        return names;
    }

    /** What the client has opened. */
    VirtualHost virtualHost() {
        return virtualHost;
    }

    String user() {
        return handshake.user();
    }

    boolean wantsToKnowOfShortages() {
        return handshake.wantsToKnowOfShortages();
    }

    boolean wantsCancelNotifications() {
        return handshake.wantsCancelNotifications();
    }

    long nowMillis() {
        return context.clock().millis();
    }

    ByteBuf allocate(int bytes) {
        return handler.socket().alloc().heapBuffer(bytes);
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    void current(@Nullable Method method) {
        current = method;
    }

    @Nullable
    Method current() {
        return current;
    }

    /** From any thread. */
    void execute(Runnable task) {
        try {
            handler.socket().eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("AMQP {}: the event loop has ended", this);
        }
    }

    /** From any thread. */
    void executeAfter(long delayMillis, Runnable task) {
        try {
            handler.socket().eventLoop().schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("AMQP {}: the event loop has ended", this);
        }
    }

    void frame(Frame frame) {
        current = null;
        try {
            dispatch(frame);
        } catch (RuntimeException e) {
            fail(frame.channel(), e);
        }
    }

    /** What came is no frame. */
    void unreadable(AmqpException failure) {
        current = null;
        fail(0, failure);
    }

    /** Runs once everything that the client published before is in the queues, so that it finds it there. */
    void afterPublishes(AmqpChannel channel, Runnable then) {
        if (inflow.isPublished()) {
            then.run();
            return;
        }
        leaving.removeIf(Confirms::isIdle);
        Stream<Confirms> present = channels.values().stream().map(AmqpChannel::confirms);
        CompletableFuture<?>[] published =
                Stream.concat(present, leaving.stream()).map(Confirms::settled).toArray(CompletableFuture[]::new);
        channel.await(CompletableFuture.allOf(published), done -> then.run());
    }

    /** The queue goes with the connection. */
    void owns(String exclusiveQueue) {
        exclusiveQueues.add(exclusiveQueue);
        if (state == State.CLOSING || state == State.CLOSED) {
            deleteExclusiveQueues();
        }
    }

    private void watchForAcknowledgements() {
        long timeoutMillis = options().acknowledgementTimeout().toMillis();
        // Also without a limit, because a queue may have one of its own.
        long lookMillis = timeoutMillis == 0
                ? MAX_ACKNOWLEDGEMENT_LOOK_MILLIS
                : Math.min(MAX_ACKNOWLEDGEMENT_LOOK_MILLIS, Math.max(1, timeoutMillis / 4));
        acknowledgementWatch = handler.socket()
                .eventLoop()
                .scheduleWithFixedDelay(this::lookForAcknowledgements, lookMillis, lookMillis, TimeUnit.MILLISECONDS);
    }

    private void lookForAcknowledgements() {
        long nowNanos = System.nanoTime();
        for (AmqpChannel channel : List.copyOf(channels.values())) {
            try {
                current = null;
                channel.basic().requireAcknowledgements(nowNanos);
            } catch (AmqpException e) {
                fail(channel.number(), e);
                output.flush();
            }
        }
    }

    /** The protocol header was right. */
    void start() {
        handshake.start();
    }

    void opened(VirtualHost opened) {
        watchForAcknowledgements();
        virtualHost = opened;
        state = State.RUNNING;
        handler.opened();
        LOG.info("AMQP {}: open, client {}", this, handshake.client());
    }

    void remove(AmqpChannel channel) {
        channels.remove(channel.number());
        if (!channel.confirms().isIdle()) {
            leaving.add(channel.confirms());
        }
    }

    /** Ends channel or connection for a mistake, the client's or ours. */
    void fail(int channelNumber, Throwable failure) {
        AmqpException told = Failures.toAmqp(failure, virtualHost);
        if (Failures.isOurs(told)) {
            LOG.error("AMQP {}: internal error", this, failure);
        }
        AmqpChannel channel = channels.get(channelNumber);
        if (told.code().closesConnection() || channel == null) {
            close(told);
        } else if (channel.isOpen()) {
            channel.close(told, current);
        }
    }

    /** Tells the client why, and waits for its answer. */
    void close(AmqpException reason) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        // Not a warning: it is the client that did wrong, and it is told. What went wrong here is logged as an error.
        LOG.info("AMQP {}: closed with {}", this, reason.text());
        state = State.CLOSING;
        giveEverythingBack();
        Method method = current;
        int classId = method == null ? 0 : method.classId();
        int methodId = method == null ? 0 : method.methodId();
        output.method(0, Method.CONNECTION_CLOSE, reason.code().number(), reason.text(), classId, methodId);
        output.flush();
        handler.closeWithin(options().closeTimeout());
    }

    /** Takes no more, lets what was taken become durable, says so, and closes. */
    void shutDown() {
        if (state != State.RUNNING) {
            handler.socket().close();
            return;
        }
        handler.pause(ConnectionHandler.SHUTS_DOWN);
        current = null;
        Runnable end = () -> {
            close(new AmqpException(
                    ReplyCode.CONNECTION_FORCED, "broker forced connection closure with reason 'shutdown'"));
            handler.closeWithin(SHUTDOWN_ANSWER);
            // The client's answer is to be read.
            handler.resumeAll();
        };
        boolean published = inflow.isPublished();
        inflow.whenPublished(end);
        if (!published) {
            handler.socket().eventLoop().schedule(end, options().closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** The socket has gone. */
    void disconnected() {
        if (state == State.RUNNING) {
            LOG.warn("AMQP {}: gone without a close", this);
        }
        state = State.CLOSED;
        if (acknowledgementWatch != null) {
            acknowledgementWatch.cancel(false);
        }
        giveEverythingBack();
    }

    void writabilityChanged() {
        wakeConsumers();
    }

    private void dispatch(Frame frame) {
        if (frame.type() != Frame.METHOD && frame.type() != Frame.HEADER && frame.type() != Frame.BODY) {
            heartbeat(frame);
        } else if (frame.channel() == 0) {
            if (frame.type() != Frame.METHOD) {
                throw unexpected(frame);
            }
            Method method = Method.readId(frame.payload());
            current = method;
            connectionMethod(method, frame);
        } else if (state == State.RUNNING) {
            channelFrame(frame);
        } else if (state == State.HANDSHAKE) {
            throw unexpected(frame);
        }
    }

    private static void heartbeat(Frame frame) {
        if (frame.type() != Frame.HEARTBEAT || frame.payload().isReadable()) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, frame.describe() + ": unknown_frame");
        }
        if (frame.channel() != 0) {
            throw unexpected(frame);
        }
    }

    private static AmqpException unexpected(Frame frame) {
        return new AmqpException(ReplyCode.UNEXPECTED_FRAME, frame.describe());
    }

    private void channelFrame(Frame frame) {
        AmqpChannel channel = channels.get(frame.channel());
        if (channel != null) {
            channel.frame(frame);
            return;
        }
        Method method = frame.type() == Frame.METHOD ? Method.readId(frame.payload()) : null;
        current = method;
        if (method == Method.CHANNEL_CLOSE_OK) {
            return;
        }
        if (method != Method.CHANNEL_OPEN) {
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
        }
        int limit = handshake.channelMax();
        current = null;
        if (channels.size() >= limit || frame.channel() > limit) {
            throw new AmqpException(
                    ReplyCode.NOT_ALLOWED,
                    "number of channels opened (" + channels.size() + ") has reached the negotiated channel_max ("
                            + limit + ")");
        }
        channels.put(frame.channel(), new AmqpChannel(this, frame.channel()));
        output.method(frame.channel(), Method.CHANNEL_OPEN_OK, (Object) new byte[0]);
    }

    private void connectionMethod(Method method, Frame frame) {
        if (method == Method.CONNECTION_CLOSE_OK && state == State.CLOSING) {
            handler.closeGently();
        } else if (method == Method.CONNECTION_CLOSE && state != State.HANDSHAKE) {
            if (state == State.RUNNING) {
                LOG.info("AMQP {}: closed by the client", this);
            }
            state = State.CLOSED;
            handler.closeWithin(options().closeTimeout());
            giveEverythingBack()
                    .whenComplete((done, failure) -> execute(() -> inflow.whenPublished(() -> {
                        output.method(0, Method.CONNECTION_CLOSE_OK);
                        handler.closeGently();
                    })));
        } else if (state == State.HANDSHAKE) {
            handshake.handle(method, frame);
        } else if (state == State.RUNNING && method == Method.CONNECTION_UPDATE_SECRET) {
            // There is nothing yet that expires with a secret.
            output.method(0, Method.CONNECTION_UPDATE_SECRET_OK);
        } else if (state == State.RUNNING) {
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, "unexpected method in connection state running");
        }
    }

    private void deliveriesWritten() {
        output.flush();
        wakeConsumers();
    }

    private void wakeConsumers() {
        if (outbox.takeWasFull()) {
            for (AmqpChannel channel : channels.values()) {
                channel.basic().wakeConsumers();
            }
        }
    }

    /** Completes once the queues that go with the connection are gone. */
    private CompletionStage<Void> giveEverythingBack() {
        List<CompletionStage<?>> gone = new ArrayList<>();
        for (AmqpChannel channel : channels.values()) {
            gone.add(channel.abandon());
        }
        if (state == State.CLOSED) {
            channels.clear();
        }
        gone.add(deleteExclusiveQueues());
        return all(gone);
    }

    private CompletionStage<Void> deleteExclusiveQueues() {
        List<CompletionStage<?>> deleted = new ArrayList<>();
        for (String queue : exclusiveQueues) {
            deleted.add(broker().queues().delete(queue, false, false).exceptionally(failure -> {
                LOG.debug("AMQP {}: exclusive queue {} not deleted: {}", this, queue, failure.getMessage());
                return 0L;
            }));
        }
        exclusiveQueues.clear();
        return all(deleted);
    }

    private static CompletionStage<Void> all(List<CompletionStage<?>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /** The client's address. */
    @Override
    public String toString() {
        return handler.peer();
    }
}
