package io.mainstem.broker;

import java.time.InstantSource;

/**
 * How a broker runs.
 *
 * @param clock tells the time of records that bring none
 * @param eventLoops threads that do the broker's work
 * @param settlementDelayMillis how long a settlement may wait for others to be written with it
 * @param checkpointBytes how much a shard's state log grows before the state is written anew and the log trimmed
 * @param cacheBytes recently read batches that are kept in memory
 * @param publishBatchBytes how much one batch of published messages may hold
 * @param memoryTopicBytes how much a topic in memory holds before its publishers wait
 * @param settledLookMillis how often the broker looks for what every queue has settled; 0: only when it is asked to
 * @param typedHeaders where records say of which types their headers are
 */
public record BrokerOptions(
        InstantSource clock,
        int eventLoops,
        long settlementDelayMillis,
        long checkpointBytes,
        long cacheBytes,
        int publishBatchBytes,
        long memoryTopicBytes,
        long settledLookMillis,
        TypedHeaders typedHeaders) {

    private static final int MOST_EVENT_LOOPS = 4;

    public BrokerOptions {
        if (eventLoops < 1
                || settlementDelayMillis < 0
                || checkpointBytes < 1
                || cacheBytes < 0
                || publishBatchBytes < 1
                || memoryTopicBytes < 1
                || settledLookMillis < 0) {
            throw new IllegalArgumentException("options of a broker out of range");
        }
    }

    public static BrokerOptions defaults() {
        int eventLoops =
                Math.min(MOST_EVENT_LOOPS, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        return new BrokerOptions(
                InstantSource.system(),
                eventLoops,
                5,
                1 << 20,
                1 << 20,
                256 << 10,
                64 << 20,
                30_000,
                TypedHeaders.NONE);
    }

    public BrokerOptions withTypedHeaders(TypedHeaders headers) {
        return new BrokerOptions(
                clock,
                eventLoops,
                settlementDelayMillis,
                checkpointBytes,
                cacheBytes,
                publishBatchBytes,
                memoryTopicBytes,
                settledLookMillis,
                headers);
    }

    public BrokerOptions withMemoryTopicBytes(long value) {
        return new BrokerOptions(
                clock,
                eventLoops,
                settlementDelayMillis,
                checkpointBytes,
                cacheBytes,
                publishBatchBytes,
                value,
                settledLookMillis,
                typedHeaders);
    }
}
