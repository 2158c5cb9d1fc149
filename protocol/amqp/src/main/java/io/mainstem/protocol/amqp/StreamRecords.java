package io.mainstem.protocol.amqp;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Walks the records of whole batches. What cannot be decoded is passed by: a reader must not stop there for ever. */
final class StreamRecords {

    private static final Logger LOG = LoggerFactory.getLogger(StreamRecords.class);

    static final StreamRecords NONE = new StreamRecords(ByteBuffer.allocate(0), 0);

    private final ByteBuffer batches;
    private int position;
    /** Of the batch that the walk is in. */
    private @Nullable RecordReader reader;

    private long endOfBatch;
    private long nextOffset;

    /** @param fromOffset earlier records, which the first batch may hold, are left out */
    StreamRecords(ByteBuffer batches, long fromOffset) {
        this.batches = batches;
        this.position = batches.position();
        this.nextOffset = fromOffset;
    }

    /** Null after the last. */
    @Nullable
    Record next() {
        while (true) {
            Record record = nextOfBatch();
            if (record != null) {
                nextOffset = record.offset() + 1;
                return record;
            }
            if (position == batches.limit()) {
                return null;
            }
            enterBatch();
        }
    }

    /** The offset after what was walked so far. */
    long nextOffset() {
        return nextOffset;
    }

    private @Nullable Record nextOfBatch() {
        try {
            while (reader != null && reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= nextOffset) {
                    return record;
                }
            }
        } catch (CorruptRecordException e) {
            LOG.warn("after offset {}: the rest of a batch cannot be decoded: {}", nextOffset - 1, e.getMessage());
        }
        if (reader != null) {
            reader = null;
            nextOffset = Math.max(nextOffset, endOfBatch);
        }
        return null;
    }

    private void enterBatch() {
        RecordBatch batch = RecordBatch.at(batches, position);
        position = batch.end();
        endOfBatch = batch.nextOffset();
        try {
            if (!batch.isControl() && endOfBatch > nextOffset) {
                reader = new RecordReader(batch);
                return;
            }
        } catch (CorruptRecordException e) {
            LOG.warn("the batch at offset {} cannot be decoded: {}", batch.baseOffset(), e.getMessage());
        }
        nextOffset = Math.max(nextOffset, endOfBatch);
    }
}
