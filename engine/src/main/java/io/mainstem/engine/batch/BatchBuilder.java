package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records into a new uncompressed batch. Offsets start at 0 until the batch is placed in a log. Not safe for use
 * by several threads.
 */
public final class BatchBuilder {

    /** An encoded header section without headers. */
    public static final ByteBuffer NO_HEADERS = ByteBuffer.wrap(new byte[] {0}).asReadOnlyBuffer();

    private final RecordWriter writer;
    private int count;
    private long baseTimestampMillis;
    private long maxTimestampMillis;

    public BatchBuilder(int initialCapacityBytes) {
        writer = new RecordWriter(Math.max(initialCapacityBytes, RecordBatch.HEADER_BYTES))
                .skip(RecordBatch.HEADER_BYTES);
    }

    /**
     * Adds a record; key, value and headers are read from position to limit and left as they were.
     *
     * @param headers an encoded header section: {@link #NO_HEADERS} or what {@link HeaderWriter} makes
     */
    public void add(long timestampMillis, @Nullable ByteBuffer key, @Nullable ByteBuffer value, ByteBuffer headers) {
        if (count == 0) {
            baseTimestampMillis = timestampMillis;
            maxTimestampMillis = timestampMillis;
        }
        writer.add(timestampMillis - baseTimestampMillis, count, key, value, headers);
        maxTimestampMillis = Math.max(maxTimestampMillis, timestampMillis);
        count++;
    }

    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int sizeInBytes() {
        return writer.sizeInBytes();
    }

    /** Finishes the batch; the builder must not be used again. There must be at least one record. */
    public ByteBuffer build() {
        if (count == 0) {
            throw new IllegalStateException("a batch has at least one record");
        }
        ByteBuffer buffer = writer.records();
        buffer.putLong(RecordBatch.BASE_OFFSET, 0);
        buffer.putInt(RecordBatch.LENGTH, buffer.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
        buffer.putInt(RecordBatch.LEADER_EPOCH, 0);
        buffer.put(RecordBatch.MAGIC, RecordBatch.CURRENT_MAGIC);
        buffer.putShort(RecordBatch.ATTRIBUTES, (short) 0);
        buffer.putInt(RecordBatch.LAST_OFFSET_DELTA, count - 1);
        buffer.putLong(RecordBatch.BASE_TIMESTAMP, baseTimestampMillis);
        buffer.putLong(RecordBatch.MAX_TIMESTAMP, maxTimestampMillis);
        buffer.putLong(RecordBatch.PRODUCER_ID, RecordBatch.NO_PRODUCER_ID);
        buffer.putShort(RecordBatch.PRODUCER_EPOCH, (short) -1);
        buffer.putInt(RecordBatch.BASE_SEQUENCE, -1);
        buffer.putInt(RecordBatch.RECORD_COUNT, count);
        buffer.putInt(RecordBatch.CRC, RecordBatch.of(buffer).computeCrc());
        return buffer;
    }
}
