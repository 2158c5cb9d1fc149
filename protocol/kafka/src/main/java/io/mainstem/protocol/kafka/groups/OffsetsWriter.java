package io.mainstem.protocol.kafka.groups;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** Gives the coordinator's records to the {@link OffsetsLog} of their partition. */
final class OffsetsWriter implements PartitionWriter {

    /** Only its batch size is ever asked for. */
    private static final LogConfig CONFIG = new LogConfig(Map.of());

    private final List<OffsetsLog> logs;

    OffsetsWriter(List<OffsetsLog> logs) {
        this.logs = logs;
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        log(partition).listen(endOffset -> listener.onHighWatermarkUpdated(partition, endOffset));
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        log(partition).listen(null);
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return CONFIG;
    }

    /** The records lie in a buffer that is used again as soon as this returns. */
    @Override
    public long append(TopicPartition partition, VerificationGuard guard, MemoryRecords records, short version) {
        ByteBuffer batch = records.buffer();
        return log(partition).append(batch);
    }

    /** No request of a transaction is served. */
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int version) {
        return CompletableFuture.failedFuture(new InvalidTxnStateException("transactions are not supported"));
    }

    /** Asked for share groups only, of which there are none. */
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("records of the offsets topic stay"));
    }

    private OffsetsLog log(TopicPartition partition) {
        return logs.get(partition.partition());
    }
}
