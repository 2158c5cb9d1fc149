package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import org.jspecify.annotations.Nullable;

/**
 * Finds records of one batch by offset. Meant for ascending offsets: going on costs nothing but the records between,
 * going back starts the batch anew.
 */
final class RecordCursor {

    private final RecordBatch batch;
    private RecordReader reader;
    private @Nullable Record current;

    /** @throws CorruptRecordException when the batch cannot be decompressed */
    RecordCursor(RecordBatch batch) {
        this.batch = batch;
        this.reader = new RecordReader(batch);
    }

    RecordBatch batch() {
        return batch;
    }

    boolean covers(long offset) {
        return batch.baseOffset() <= offset && offset <= batch.lastOffset();
    }

    /**
     * The record with this offset, or null when compaction has taken it.
     *
     * @throws CorruptRecordException when the bytes are no records
     */
    @Nullable
    Record find(long offset) {
        if (current != null && current.offset() > offset) {
            reader = new RecordReader(batch);
            current = null;
        }
        while ((current == null || current.offset() < offset) && reader.hasNext()) {
            current = reader.next();
        }
        return current != null && current.offset() == offset ? current : null;
    }
}
