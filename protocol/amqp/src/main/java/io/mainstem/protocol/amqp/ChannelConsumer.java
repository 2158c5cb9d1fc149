package io.mainstem.protocol.amqp;

import io.mainstem.broker.Consumer;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of a channel, as the broker's queue sees it. The queue calls from its own thread; credit, room and the
 * state are answered from atomics, and deliveries are handed over.
 */
final class ChannelConsumer implements Consumer {

    private final AmqpChannel channel;
    private final Queue queue;
    private final String tag;
    private final byte[] encodedTag;
    private final boolean noAck;
    private final Credit credit;

    /** Set once the client has been told that it consumes: no delivery comes before that. */
    private volatile @Nullable Subscription subscription;

    private volatile boolean closed;

    /** The queue leaves this consumer alone until it is resumed. */
    private volatile boolean waits;

    /** @param prefetch how many deliveries may wait for an acknowledgement; 0 sets no limit */
    ChannelConsumer(AmqpChannel channel, Queue queue, String tag, boolean noAck, int prefetch) {
        this.channel = channel;
        this.queue = queue;
        this.tag = tag;
        this.encodedTag = tag.getBytes(StandardCharsets.UTF_8);
        this.noAck = noAck;
        this.credit = new Credit(prefetch == 0 ? Integer.MAX_VALUE : prefetch);
    }

    AmqpChannel channel() {
        return channel;
    }

    /** Completes once the queue is gone, if it goes with this consumer. To be called after the close. */
    CompletionStage<Void> whenLeft() {
        return queue.spec().autoDelete() ? queue.whenLeft() : CompletableFuture.completedFuture(null);
    }

    String tag() {
        return tag;
    }

    byte[] encodedTag() {
        return encodedTag;
    }

    boolean isNoAck() {
        return noAck;
    }

    boolean isClosed() {
        return closed;
    }

    void start(Subscription started) {
        subscription = started;
        started.resume();
    }

    /** It takes nothing more. */
    void stop() {
        closed = true;
    }

    void close() {
        stop();
        Subscription open = subscription;
        if (open != null) {
            open.close();
        }
    }

    /** There may be credit or room again. */
    void wake() {
        Subscription open = subscription;
        if (waits && open != null) {
            waits = false;
            open.resume();
        }
    }

    /** A delivery was answered, or will never be sent. */
    void giveBack() {
        if (!noAck) {
            channel.credit().giveBack();
            credit.giveBack();
        }
    }

    @Override
    public boolean tryAcquire() {
        if (acquire()) {
            return true;
        }
        // Whoever gives something back from here on sees this; what was given back just before is asked for again.
        waits = true;
        if (acquire()) {
            waits = false;
            return true;
        }
        return false;
    }

    private boolean acquire() {
        if (closed || subscription == null || !channel.connection().outbox().hasRoom()) {
            return false;
        }
        if (noAck) {
            return true;
        }
        if (!credit.tryTake()) {
            return false;
        }
        if (!channel.credit().tryTake()) {
            credit.giveBack();
            return false;
        }
        return true;
    }

    @Override
    public void deliver(Delivery delivery) {
        channel.connection().outbox().add(new OutgoingDelivery(this, delivery));
    }

    @Override
    public void flush() {
        channel.connection().outbox().schedule();
    }

    @Override
    public void cancelled() {
        closed = true;
        channel.connection().execute(() -> channel.basic().cancelledByBroker(this));
    }
}
