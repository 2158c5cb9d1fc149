package io.mainstem.protocol.kafka;

import io.mainstem.protocol.kafka.groups.GroupOptions;

/**
 * The limits and habits of a {@link KafkaListener}.
 *
 * @param maxFrameBytes the largest request that is read; a longer one ends its connection
 * @param maxConnections connections that are served at a time; further ones are closed at once
 * @param maxRequestsInFlight requests of one connection that are read before the oldest is answered
 * @param maxUnwrittenBytes response bytes of one connection that wait for its socket before no request is read
 * @param maxIdleMillis a connection that is silent for so long is closed
 * @param maxFetchBytes what one fetch response holds at most, but for its first batch
 * @param maxPartitions partitions of a topic that a client may create
 * @param defaultPartitions partitions of a topic whose creator does not say
 * @param autoCreateTopics whether a client that asks for an unknown topic gets it made
 * @param closeTimeoutMillis how long closing waits for requests in flight
 * @param groups limits and habits of consumer groups
 */
public record KafkaOptions(
        int maxFrameBytes,
        int maxConnections,
        int maxRequestsInFlight,
        int maxUnwrittenBytes,
        int maxIdleMillis,
        int maxFetchBytes,
        int maxPartitions,
        int defaultPartitions,
        boolean autoCreateTopics,
        int closeTimeoutMillis,
        GroupOptions groups) {

    /** What a request of any key needs at the least: more than one fetch of one partition. */
    private static final int MIN_FRAME_BYTES = 1024;

    public KafkaOptions {
        requirePositive("maxConnections", maxConnections);
        requirePositive("maxRequestsInFlight", maxRequestsInFlight);
        requirePositive("maxUnwrittenBytes", maxUnwrittenBytes);
        requirePositive("maxIdleMillis", maxIdleMillis);
        requirePositive("maxFetchBytes", maxFetchBytes);
        requirePositive("defaultPartitions", defaultPartitions);
        if (maxFrameBytes < MIN_FRAME_BYTES) {
            throw new IllegalArgumentException("maxFrameBytes " + maxFrameBytes + " < " + MIN_FRAME_BYTES);
        }
        if (defaultPartitions > maxPartitions) {
            throw new IllegalArgumentException(
                    "defaultPartitions " + defaultPartitions + " > maxPartitions " + maxPartitions);
        }
    }

    /** Kafka's own defaults where it has one, but for the frame: there is no use in one that no batch fills. */
    public static KafkaOptions defaults() {
        return new KafkaOptions(
                32 << 20, 10_000, 100, 4 << 20, 600_000, 55 << 20, 10_000, 1, true, 10_000, GroupOptions.defaults());
    }

    public KafkaOptions withMaxFrameBytes(int newMaxFrameBytes) {
        return new KafkaOptions(
                newMaxFrameBytes,
                maxConnections,
                maxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                defaultPartitions,
                autoCreateTopics,
                closeTimeoutMillis,
                groups);
    }

    public KafkaOptions withMaxConnections(int newMaxConnections) {
        return new KafkaOptions(
                maxFrameBytes,
                newMaxConnections,
                maxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                defaultPartitions,
                autoCreateTopics,
                closeTimeoutMillis,
                groups);
    }

    public KafkaOptions withMaxRequestsInFlight(int newMaxRequestsInFlight) {
        return new KafkaOptions(
                maxFrameBytes,
                maxConnections,
                newMaxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                defaultPartitions,
                autoCreateTopics,
                closeTimeoutMillis,
                groups);
    }

    public KafkaOptions withDefaultPartitions(int newDefaultPartitions) {
        return new KafkaOptions(
                maxFrameBytes,
                maxConnections,
                maxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                newDefaultPartitions,
                autoCreateTopics,
                closeTimeoutMillis,
                groups);
    }

    public KafkaOptions withAutoCreateTopics(boolean newAutoCreateTopics) {
        return new KafkaOptions(
                maxFrameBytes,
                maxConnections,
                maxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                defaultPartitions,
                newAutoCreateTopics,
                closeTimeoutMillis,
                groups);
    }

    public KafkaOptions withGroups(GroupOptions newGroups) {
        return new KafkaOptions(
                maxFrameBytes,
                maxConnections,
                maxRequestsInFlight,
                maxUnwrittenBytes,
                maxIdleMillis,
                maxFetchBytes,
                maxPartitions,
                defaultPartitions,
                autoCreateTopics,
                closeTimeoutMillis,
                newGroups);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " " + value + " is not positive");
        }
    }
}
