package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.Frame;
import java.time.Duration;

/**
 * The limits of an AMQP listener.
 *
 * @param maxConnections connections at a time; a further one is closed at once
 * @param maxChannels channels of a connection
 * @param maxFrameBytes a frame as a whole; a client may agree on less
 * @param maxBodyBytes the body of one message; it must fit into a batch of the store, headers included
 * @param maxUnsettledDeliveries deliveries of a channel that wait for an acknowledgement; past it the channel's
 *     consumers wait, whatever prefetch they asked for
 * @param maxUnconfirmedBytes bodies of a connection that the broker has taken and that are not durable yet; past it the
 *     connection is not read from
 * @param maxOutgoingBytes bodies of a connection that are on their way to the socket; past it its consumers wait
 * @param heartbeat what is proposed to clients, in whole seconds; zero turns heartbeats off
 * @param handshakeTimeout from accepting a connection until it is open
 * @param closeTimeout how long the other side may take to answer a close, and messages to become durable at the end
 */
public record AmqpOptions(
        int maxConnections,
        int maxChannels,
        int maxFrameBytes,
        long maxBodyBytes,
        int maxUnsettledDeliveries,
        long maxUnconfirmedBytes,
        long maxOutgoingBytes,
        Duration heartbeat,
        Duration handshakeTimeout,
        Duration closeTimeout) {

    private static final AmqpOptions DEFAULTS = new AmqpOptions(
            10_000,
            2047,
            128 * 1024,
            16L * 1024 * 1024,
            100_000,
            16L * 1024 * 1024,
            1024 * 1024,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5));

    public static AmqpOptions defaults() {
        return DEFAULTS;
    }

    public AmqpOptions {
        if (maxFrameBytes < Frame.MIN_MAX_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes must be at least " + Frame.MIN_MAX_BYTES);
        }
        if (maxChannels < 1 || maxChannels > 65_535) {
            throw new IllegalArgumentException("maxChannels must be from 1 to 65535: the wire has 16 bits for it");
        }
        if (heartbeat.toSeconds() > 65_535) {
            throw new IllegalArgumentException("heartbeat must be under 65536 s: the wire has 16 bits for it");
        }
    }
}
