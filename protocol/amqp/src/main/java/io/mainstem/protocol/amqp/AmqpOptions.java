package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.Frame;
import java.time.Duration;
import java.util.Set;

/**
 * What an AMQP listener serves, and its limits.
 *
 * @param virtualHosts the names that clients may open beside {@code /}
 * @param maxConnections connections at a time; a further one is closed at once
 * @param maxChannels channels of a connection
 * @param maxFrameBytes a frame as a whole; a client may agree on less
 * @param maxBodyBytes the body of one message; it must fit into a batch of the store, headers included
 * @param maxUnsettledDeliveries deliveries of a channel that wait for an acknowledgement; past it the channel's
 *     consumers wait, whatever prefetch they asked for
 * @param maxUnconfirmedBytes bodies of a connection that the broker has taken and that are not durable yet; past it the
 *     connection is not read from
 * @param maxHeldBytes frames of a connection that wait because their channel waits for the broker; past it the
 *     connection is not read from
 * @param maxTransactionBytes messages that a channel has published and not committed; past it the channel is closed
 * @param maxOutgoingBytes bodies of a connection that are on their way to the socket; past it its consumers wait
 * @param minFreeDiskBytes with less than this on the broker's disk, publishers wait
 * @param maxMemoryShare with more than this share of the process's memory in use, publishers wait
 * @param heartbeat what is proposed to clients, in whole seconds; zero turns heartbeats off
 * @param handshakeTimeout from accepting a connection until it is open
 * @param closeTimeout how long the other side may take to answer a close, and messages to become durable at the end
 * @param acknowledgementTimeout how long a delivery may wait for its acknowledgement; past it the channel is closed.
 *     Zero sets no limit
 */
public record AmqpOptions(
        Set<String> virtualHosts,
        int maxConnections,
        int maxChannels,
        int maxFrameBytes,
        long maxBodyBytes,
        int maxUnsettledDeliveries,
        long maxUnconfirmedBytes,
        long maxHeldBytes,
        long maxTransactionBytes,
        long maxOutgoingBytes,
        long minFreeDiskBytes,
        double maxMemoryShare,
        Duration heartbeat,
        Duration handshakeTimeout,
        Duration closeTimeout,
        Duration acknowledgementTimeout) {

    private static final int MIB = 1024 * 1024;

    /** The options of a listener, as by default until they are set. */
    public static final class Builder {
        private Set<String> virtualHosts = Set.of();
        private int maxConnections = 10_000;
        private int maxChannels = 2047;
        private int maxFrameBytes = 128 * 1024;
        private long maxBodyBytes = 16 * MIB;
        private int maxUnsettledDeliveries = 100_000;
        private long maxUnconfirmedBytes = 16 * MIB;
        private long maxHeldBytes = MIB;
        private long maxTransactionBytes = 32 * MIB;
        /** As much as RabbitMQ leaves. */
        private long minFreeDiskBytes = 50_000_000;

        private double maxMemoryShare = 0.85;
        private Duration heartbeat = Duration.ofSeconds(60);
        private Duration acknowledgementTimeout = Duration.ofMinutes(30);

        private Builder() {}

        public Builder virtualHosts(Set<String> names) {
            virtualHosts = Set.copyOf(names);
            return this;
        }

        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        public Builder maxChannels(int channels) {
            maxChannels = channels;
            return this;
        }

        public Builder maxFrameBytes(int bytes) {
            maxFrameBytes = bytes;
            return this;
        }

        public Builder maxBodyBytes(long bytes) {
            maxBodyBytes = bytes;
            return this;
        }

        public Builder maxUnsettledDeliveries(int deliveries) {
            maxUnsettledDeliveries = deliveries;
            return this;
        }

        public Builder maxUnconfirmedBytes(long bytes) {
            maxUnconfirmedBytes = bytes;
            return this;
        }

        public Builder maxHeldBytes(long bytes) {
            maxHeldBytes = bytes;
            return this;
        }

        public Builder maxTransactionBytes(long bytes) {
            maxTransactionBytes = bytes;
            return this;
        }

        public Builder minFreeDiskBytes(long bytes) {
            minFreeDiskBytes = bytes;
            return this;
        }

        public Builder maxMemoryShare(double share) {
            maxMemoryShare = share;
            return this;
        }

        public Builder heartbeat(Duration interval) {
            heartbeat = interval;
            return this;
        }

        public Builder acknowledgementTimeout(Duration time) {
            acknowledgementTimeout = time;
            return this;
        }

        public AmqpOptions build() {
            return new AmqpOptions(
                    virtualHosts,
                    maxConnections,
                    maxChannels,
                    maxFrameBytes,
                    maxBodyBytes,
                    maxUnsettledDeliveries,
                    maxUnconfirmedBytes,
                    maxHeldBytes,
                    maxTransactionBytes,
                    MIB,
                    minFreeDiskBytes,
                    maxMemoryShare,
                    heartbeat,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    acknowledgementTimeout);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    public static AmqpOptions defaults() {
        return builder().build();
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
