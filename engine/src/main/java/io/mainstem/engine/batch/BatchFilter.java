package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a batch anew with only some of its records. What stays keeps offset, timestamp and bytes, and the batch keeps
 * its range of offsets, its producer and its compression.
 *
 * <p>A record without value deletes its key. Readers who are not there yet must see it for some time, so the first
 * filtering that keeps one gives the batch a delete horizon: the time from which on a later filtering may leave it out.
 */
public final class BatchFilter {

    /** For a filtering that sets none. */
    public static final long NO_HORIZON = -1;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private BatchFilter() {}

    /**
     * Filters a batch.
     *
     * @param deleteHorizonMillis what the batch gets when it keeps a record without value and has no horizon yet; or
     *     NO_HORIZON
     * @return a batch; the very bytes of the old one when nothing changes, and no bytes when no record is kept
     * @throws CorruptRecordException when the records cannot be decoded
     */
    public static ByteBuffer apply(RecordBatch batch, Predicate<Record> keeps, long deleteHorizonMillis) {
        RecordReader reader = new RecordReader(batch);
        List<Record> kept = new ArrayList<>();
        List<ByteBuffer> bytes = new ArrayList<>();
        boolean deletes = false;
        while (reader.hasNext()) {
            Record record = reader.next();
            if (keeps.test(record)) {
                kept.add(record);
                bytes.add(reader.currentBytes());
                deletes |= record.value() == null;
            }
        }
        boolean setsHorizon = deletes && !batch.hasDeleteHorizon() && deleteHorizonMillis != NO_HORIZON;
        if (kept.isEmpty()) {
            return NOTHING;
        }
        if (kept.size() == batch.recordCount() && !setsHorizon) {
            return batch.bytes();
        }
        ByteBuffer records = setsHorizon ? encode(batch, kept, deleteHorizonMillis) : join(bytes);
        ByteBuffer filtered = withRecords(batch, batch.compression().compress(records), kept);
        if (setsHorizon) {
            RecordBatch.of(filtered).setDeleteHorizon(deleteHorizonMillis);
        }
        return filtered.putInt(RecordBatch.CRC, RecordBatch.of(filtered).computeCrc());
    }

    private static ByteBuffer withRecords(RecordBatch batch, ByteBuffer records, List<Record> kept) {
        ByteBuffer filtered = ByteBuffer.allocate(RecordBatch.HEADER_BYTES + records.remaining());
        filtered.put(batch.bytes().limit(RecordBatch.HEADER_BYTES)).put(records).flip();
        filtered.putInt(RecordBatch.LENGTH, filtered.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
        filtered.putInt(RecordBatch.RECORD_COUNT, kept.size());
        // With the time of appending this is the timestamp of all.
        filtered.putLong(
                RecordBatch.MAX_TIMESTAMP,
                kept.stream().mapToLong(Record::timestampMillis).max().orElseThrow());
        return filtered;
    }

    private static ByteBuffer join(List<ByteBuffer> parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(joined::put);
        return joined.flip();
    }

    /** The records as they are when timestamps count from another base. */
    private static ByteBuffer encode(RecordBatch batch, List<Record> records, long baseTimestampMillis) {
        RecordWriter writer = new RecordWriter(batch.sizeInBytes());
        for (Record record : records) {
            writer.add(
                    record.timestampMillis() - baseTimestampMillis,
                    (int) (record.offset() - batch.baseOffset()),
                    record.key(),
                    record.value(),
                    record.headers());
        }
        return writer.records();
    }
}
