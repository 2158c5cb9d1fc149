package io.mainstem.protocol.amqp;

import static java.util.Objects.requireNonNull;

import io.mainstem.broker.Delivery;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A delivery on its way to the client and, if it is to be acknowledged, until it is. */
final class OutgoingDelivery implements Outgoing {

    /** What a delivery takes beside its body, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private final @Nullable ChannelConsumer consumer;
    private final Delivery delivery;
    private long tag;
    private long sentNanos;

    /** @param consumer null when the client asked for this one message */
    OutgoingDelivery(@Nullable ChannelConsumer consumer, Delivery delivery) {
        this.consumer = consumer;
        this.delivery = delivery;
    }

    @Nullable
    ChannelConsumer consumer() {
        return consumer;
    }

    Delivery delivery() {
        return delivery;
    }

    /** Under which the client answers it; 0 until it is sent. */
    long tag() {
        return tag;
    }

    void sent(long withTag, long nowNanos) {
        tag = withTag;
        sentNanos = nowNanos;
    }

    long sentNanos() {
        return sentNanos;
    }

    @Override
    public void send() {
        ChannelConsumer receiver = requireNonNull(consumer);
        receiver.channel().basic().deliver(receiver, this);
    }

    @Override
    public long bytes() {
        ByteBuffer body = delivery.record().value();
        return (long) OVERHEAD_BYTES + (body == null ? 0 : body.remaining());
    }
}
