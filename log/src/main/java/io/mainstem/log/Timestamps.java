package io.mainstem.log;

import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.util.Optional;

/** Finds a record of a batch by its timestamp. */
final class Timestamps {

    private Timestamps() {}

    /** The first record from an offset on that is not older. */
    static Optional<TimedOffset> firstAtOrAfter(RecordBatch batch, long fromOffset, long timestampMillis) {
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= fromOffset && record.timestampMillis() >= timestampMillis) {
                    return Optional.of(new TimedOffset(record.offset(), record.timestampMillis()));
                }
            }
            return Optional.empty();
        } catch (CorruptRecordException e) {
            // What its producer wrote are no records. Who reads from the batch's start misses nothing.
            return Optional.of(new TimedOffset(Math.max(fromOffset, batch.baseOffset()), batch.maxTimestampMillis()));
        }
    }

    /** The largest of the records from an offset on. */
    static long maxMillisFrom(RecordBatch batch, long fromOffset) {
        long largest = Long.MIN_VALUE;
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= fromOffset) {
                    largest = Math.max(largest, record.timestampMillis());
                }
            }
            return largest;
        } catch (CorruptRecordException e) {
            return batch.maxTimestampMillis();
        }
    }
}
