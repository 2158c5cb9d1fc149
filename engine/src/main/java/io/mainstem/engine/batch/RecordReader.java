package io.mainstem.engine.batch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one batch in order, decompressing it if need be. Trusts nothing inside the batch: whatever is no
 * record ends in a {@link CorruptRecordException}. Not safe for use by several threads.
 */
public final class RecordReader {

    /** What one batch may become when it is decompressed. */
    public static final int DECOMPRESSED_LIMIT_BYTES = 128 << 20;

    private final RecordBatch batch;
    private final ByteBuffer records;
    private int remaining;
    private int currentPosition;

    /** @throws CorruptRecordException when the records cannot be decompressed */
    public RecordReader(RecordBatch batch) {
        this.batch = batch;
        this.records = batch.compression().decompress(batch.recordBytes(), DECOMPRESSED_LIMIT_BYTES);
        this.remaining = batch.recordCount();
    }

    public boolean hasNext() {
        return remaining > 0;
    }

    /** @throws CorruptRecordException when the bytes are no record */
    public Record next() {
        try {
            Record record = readRecord();
            remaining--;
            return record;
        } catch (BufferUnderflowException e) {
            throw new CorruptRecordException("record ends early in the batch at offset " + batch.baseOffset());
        }
    }

    /** The record that {@link #next} gave last, with its length, as it is encoded. */
    ByteBuffer currentBytes() {
        return records.slice(currentPosition, records.position() - currentPosition);
    }

    private Record readRecord() {
        currentPosition = records.position();
        int length = Varint.readInt(records);
        if (length < 0 || length > records.remaining()) {
            throw new CorruptRecordException("record of " + length + " bytes");
        }
        int end = records.position() + length;
        records.get(); // attributes, of which none are defined
        long timestampDelta = Varint.readLong(records);
        int offsetDelta = Varint.readInt(records);
        if (offsetDelta < 0 || offsetDelta > batch.lastOffsetDelta()) {
            throw new CorruptRecordException("offset delta " + offsetDelta);
        }
        ByteBuffer key = readBytes(records);
        ByteBuffer value = readBytes(records);
        if (records.position() > end) {
            throw new CorruptRecordException("record of " + length + " bytes ends early");
        }
        ByteBuffer headers = records.slice(records.position(), end - records.position());
        records.position(end);
        long timestampMillis =
                batch.hasLogAppendTime() ? batch.maxTimestampMillis() : batch.baseTimestampMillis() + timestampDelta;
        return new Record(batch.baseOffset() + offsetDelta, timestampMillis, key, value, headers);
    }

    /** Bytes behind their length, or null for length -1. */
    static @Nullable ByteBuffer readBytes(ByteBuffer from) {
        try {
            int length = Varint.readInt(from);
            if (length < -1 || length > from.remaining()) {
                throw new CorruptRecordException("field of " + length + " bytes");
            }
            if (length == -1) {
                return null;
            }
            ByteBuffer bytes = from.slice(from.position(), length);
            from.position(from.position() + length);
            return bytes;
        } catch (BufferUnderflowException e) {
            throw new CorruptRecordException("field ends early");
        }
    }
}
