package io.mainstem.server.admin;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The records of whole batches, as clients see them: from an offset on, and without control batches. */
final class BatchRecords {

    private final ByteBuffer batches;
    private int position;
    private long nextOffset;
    private @Nullable RecordReader reader;
    private long afterBatch;

    /** @param batches may begin before the offset, and is not empty */
    BatchRecords(ByteBuffer batches, long fromOffset) {
        this.batches = batches;
        this.position = batches.position();
        this.nextOffset = fromOffset;
    }

    /**
     * The next record, or null after the last one.
     *
     * @throws CorruptRecordException when a batch cannot be decoded; the next call goes on after it
     */
    @Nullable
    Record next() {
        while (true) {
            if (reader == null && !openNextBatch()) {
                return null;
            }
            Record record = reader == null ? null : nextOf(reader);
            if (record == null) {
                closeBatch();
            } else if (record.offset() >= nextOffset) {
                nextOffset = record.offset() + 1;
                return record;
            }
        }
    }

    /** The offset after all that was handed out or skipped. */
    long nextOffset() {
        return nextOffset;
    }

    private static @Nullable Record nextOf(RecordReader reader) {
        return reader.hasNext() ? reader.next() : null;
    }

    private boolean openNextBatch() {
        if (position >= batches.limit()) {
            return false;
        }
        RecordBatch batch = RecordBatch.at(batches, position);
        position = batch.end();
        afterBatch = batch.nextOffset();
        if (!batch.isControl() && afterBatch > nextOffset) {
            reader = new RecordReader(batch);
        } else {
            closeBatch();
        }
        return true;
    }

    private void closeBatch() {
        reader = null;
        nextOffset = Math.max(nextOffset, afterBatch);
    }
}
