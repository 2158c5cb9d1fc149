package io.mainstem.log;

import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;

/** Finds a record of a batch by its timestamp. */
final class Timestamps {

    private Timestamps() {}

    /** The first record that is not older; there is one when the batch's largest timestamp is not older. */
    static TimedOffset firstAtOrAfter(RecordBatch batch, long timestampMillis) {
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.timestampMillis() >= timestampMillis) {
                    return new TimedOffset(record.offset(), record.timestampMillis());
                }
            }
        } catch (CorruptRecordException e) {
            // What its producer wrote are no records. Who reads from the batch's start misses nothing.
        }
        return new TimedOffset(batch.baseOffset(), batch.maxTimestampMillis());
    }
}
