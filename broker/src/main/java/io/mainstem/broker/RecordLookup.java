package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads records by offset, one after the other; what was read last is kept. Not safe for use by several threads. */
final class RecordLookup {

    private static final int READ_BYTES = 256 << 10;

    private @Nullable Topic topic;
    private int partition;
    private @Nullable ByteBuffer batches;

    /** Completes with the record, which is empty when it is gone, cannot be read or cannot be decoded. */
    CompletionStage<Optional<Record>> find(Topic from, int fromPartition, long offset) {
        return read(from, fromPartition, offset).exceptionally(failure -> Optional.empty());
    }

    /** Completes with the record, which is empty when it is gone or cannot be decoded; fails when it cannot be read. */
    CompletionStage<Optional<Record>> read(Topic from, int fromPartition, long offset) {
        ByteBuffer kept = batches;
        if (kept != null && from.equals(topic) && partition == fromPartition) {
            RecordBatch batch = BatchCache.find(kept, offset);
            if (batch != null) {
                return CompletableFuture.completedFuture(record(batch, offset));
            }
        }
        CompletionStage<ByteBuffer> reading;
        try {
            reading = from.read(fromPartition, offset, READ_BYTES);
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
        return reading.thenApply(read -> {
            topic = from;
            partition = fromPartition;
            batches = read;
            RecordBatch batch = BatchCache.find(read, offset);
            return batch == null ? Optional.empty() : record(batch, offset);
        });
    }

    private static Optional<Record> record(RecordBatch batch, long offset) {
        try {
            return Optional.ofNullable(new RecordCursor(batch).find(offset));
        } catch (CorruptRecordException e) {
            return Optional.empty();
        }
    }
}
