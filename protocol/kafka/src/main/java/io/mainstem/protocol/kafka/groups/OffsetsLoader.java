package io.mainstem.protocol.kafka.groups;

import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer.UnknownRecordTypeException;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition of the offsets topic from its beginning and lets the coordinator replay it, a bounded piece at a
 * time.
 *
 * <p>Offsets of topics that are gone are left out. A running coordinator is told of each deletion and forgets them, but
 * one that was not running when the topic went, or did not come to write it down, must not give them to a new topic of
 * the same name.
 */
final class OffsetsLoader implements CoordinatorLoader<CoordinatorRecord> {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsLoader.class);

    private static final int READ_BYTES = 1 << 20;

    private final List<OffsetsLog> logs;
    private final TopicsView topics;
    private final Executor executor;
    private final IntConsumer whenFailed;
    private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();

    /**
     * @param executor where to read: not an event loop, for it waits for the disk
     * @param whenFailed is told a partition that could not be read
     */
    OffsetsLoader(List<OffsetsLog> logs, TopicsView topics, Executor executor, IntConsumer whenFailed) {
        this.logs = logs;
        this.topics = topics;
        this.executor = executor;
        this.whenFailed = whenFailed;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
        OffsetsLog log = logs.get(partition.partition());
        return log.close()
                .thenApplyAsync(quiet -> load(log, playback), executor)
                .whenComplete((summary, failure) -> {
                    if (failure != null) {
                        LOG.error("Partition {} of the group offsets cannot be loaded", log.partition(), failure);
                        whenFailed.accept(log.partition());
                    }
                })
                .toCompletableFuture();
    }

    private LoadSummary load(OffsetsLog log, CoordinatorPlayback<CoordinatorRecord> playback) {
        long startMillis = System.currentTimeMillis();
        long endOffset = log.topic().bounds(log.partition()).durableEndOffset();
        long nextOffset = log.topic().bounds(log.partition()).firstOffset();
        long toldOffset = 0;
        long records = 0;
        long bytes = 0;
        while (nextOffset < endOffset) {
            ByteBuffer batches = log.topic()
                    .read(log.partition(), nextOffset, READ_BYTES)
                    .toCompletableFuture()
                    .join();
            if (!batches.hasRemaining()) {
                break; // compaction has left nothing there
            }
            bytes += batches.remaining();
            int position = batches.position();
            while (position < batches.limit() && nextOffset < endOffset) {
                RecordBatch batch = RecordBatch.at(batches, position);
                records += replay(batch, playback);
                nextOffset = batch.nextOffset();
                position = batch.end();
            }
            toldOffset = nextOffset;
            tell(playback, nextOffset);
        }
        if (toldOffset < endOffset) {
            tell(playback, endOffset);
        }
        log.open(endOffset);
        return new LoadSummary(startMillis, System.currentTimeMillis(), 0, records, bytes);
    }

    /** What it is told must grow with each call. */
    private static void tell(CoordinatorPlayback<CoordinatorRecord> playback, long offset) {
        playback.updateLastWrittenOffset(offset);
        playback.updateLastCommittedOffset(offset);
    }

    private int replay(RecordBatch batch, CoordinatorPlayback<CoordinatorRecord> playback) {
        RecordReader reader = new RecordReader(batch);
        int count = 0;
        while (reader.hasNext()) {
            Record record = reader.next();
            count++;
            ByteBuffer key = record.key();
            ByteBuffer value = record.value();
            if (key == null) {
                continue;
            }
            try {
                CoordinatorRecord decoded =
                        serde.deserialize(key.duplicate(), value == null ? null : value.duplicate());
                if (!isOffsetOfGoneTopic(decoded)) {
                    playback.replay(record.offset(), batch.producerId(), batch.producerEpoch(), decoded);
                }
            } catch (UnknownRecordTypeException e) {
                LOG.warn(
                        "A record at {} of the group offsets is of type {}: passed over",
                        record.offset(),
                        e.unknownType());
            }
        }
        return count;
    }

    private boolean isOffsetOfGoneTopic(CoordinatorRecord record) {
        return record.key() instanceof OffsetCommitKey key
                && record.value() != null
                && record.value().message() instanceof OffsetCommitValue value
                && !topics.has(key.topic(), value.topicId());
    }

    @Override
    public void close() {}
}
