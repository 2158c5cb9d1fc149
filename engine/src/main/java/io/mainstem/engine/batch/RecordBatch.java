package io.mainstem.engine.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A view of one RecordBatch v2 inside a buffer: the layout of its header, and the checks that a batch must pass.
 *
 * <pre>
 *   0         8        12           16   17      21         23
 *  +---------+--------+------------+----+-------+----------+-----------------+
 *  | base    | length | leader     | 2  | CRC   | attri-   | last offset     |
 *  | offset  | from 12| epoch      |    | 21-   | butes    | delta           |
 *  +---------+--------+------------+----+-------+----------+-----------------+
 *   27           35          43         51       53         57       61
 *  +------------+-----------+----------+--------+----------+--------+---------
 *  | base       | max       | producer | pro-   | base     | record | records
 *  | timestamp  | timestamp | id       | ducer  | sequence | count  | ...
 *  |            |           |          | epoch  |          |        |
 *  +------------+-----------+----------+--------+----------+--------+---------
 * </pre>
 *
 * All numbers are big-endian. The CRC-32C covers everything from the attributes on, so that base offset and leader
 * epoch can be set on a batch that came from a client without touching the rest. Not safe for use by several threads.
 */
public final class RecordBatch {

    public static final int BASE_OFFSET = 0;
    public static final int LENGTH = 8;
    public static final int LEADER_EPOCH = 12;
    public static final int MAGIC = 16;
    public static final int CRC = 17;
    public static final int ATTRIBUTES = 21;
    public static final int LAST_OFFSET_DELTA = 23;
    public static final int BASE_TIMESTAMP = 27;
    public static final int MAX_TIMESTAMP = 35;
    public static final int PRODUCER_ID = 43;
    public static final int PRODUCER_EPOCH = 51;
    public static final int BASE_SEQUENCE = 53;
    public static final int RECORD_COUNT = 57;
    public static final int HEADER_BYTES = 61;

    /** What {@link #LENGTH} does not count: base offset and length itself. */
    public static final int LENGTH_OVERHEAD_BYTES = 12;

    public static final byte CURRENT_MAGIC = 2;
    public static final long NO_PRODUCER_ID = -1;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME_FLAG = 0x08;
    private static final int TRANSACTIONAL_FLAG = 0x10;
    private static final int CONTROL_FLAG = 0x20;
    private static final int DELETE_HORIZON_FLAG = 0x40;

    /** What is wrong with a batch that came from outside. */
    public enum Problem {
        NONE,
        /** The bytes end before the batch does, or its length is absurd. */
        TRUNCATED,
        /** An older or newer format than v2. */
        UNSUPPORTED_MAGIC,
        CORRUPT_CRC,
        /** Record count and last offset delta contradict each other, or there is no record. */
        INVALID_COUNT
    }

    private final ByteBuffer buffer;
    private final int position;

    private RecordBatch(ByteBuffer buffer, int position) {
        this.buffer = buffer;
        this.position = position;
    }

    /** The batch that starts at an absolute position; header and body must lie before the buffer's limit. */
    public static RecordBatch at(ByteBuffer buffer, int position) {
        return new RecordBatch(buffer, position);
    }

    /** The batch that starts at the buffer's position. */
    public static RecordBatch of(ByteBuffer buffer) {
        return new RecordBatch(buffer, buffer.position());
    }

    /** Checks the batch at an absolute position of bytes that come from a producer. */
    public static Problem check(ByteBuffer buffer, int position) {
        Problem problem = checkStored(buffer, position);
        boolean hasGaps = problem == Problem.NONE
                && buffer.getInt(position + RECORD_COUNT) != 1L + buffer.getInt(position + LAST_OFFSET_DELTA);
        return hasGaps ? Problem.INVALID_COUNT : problem;
    }

    /** Like {@link #check}, for a batch that may have lost records to compaction, though not all. */
    public static Problem checkStored(ByteBuffer buffer, int position) {
        int available = buffer.limit() - position;
        if (available < HEADER_BYTES) {
            return Problem.TRUNCATED;
        }
        RecordBatch batch = at(buffer, position);
        int length = buffer.getInt(position + LENGTH);
        if (length < HEADER_BYTES - LENGTH_OVERHEAD_BYTES || length > available - LENGTH_OVERHEAD_BYTES) {
            return Problem.TRUNCATED;
        }
        if (batch.magic() != CURRENT_MAGIC) {
            return Problem.UNSUPPORTED_MAGIC;
        }
        if (batch.computeCrc() != batch.crc()) {
            return Problem.CORRUPT_CRC;
        }
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() < count - 1) {
            return Problem.INVALID_COUNT;
        }
        return Problem.NONE;
    }

    public int position() {
        return position;
    }

    public int sizeInBytes() {
        return LENGTH_OVERHEAD_BYTES + buffer.getInt(position + LENGTH);
    }

    /** Absolute position of the byte after the batch. */
    public int end() {
        return position + sizeInBytes();
    }

    public long baseOffset() {
        return buffer.getLong(position + BASE_OFFSET);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    public long nextOffset() {
        return lastOffset() + 1;
    }

    public byte magic() {
        return buffer.get(position + MAGIC);
    }

    public int crc() {
        return buffer.getInt(position + CRC);
    }

    public Compression compression() {
        return Compression.ofId(attributes() & COMPRESSION_MASK);
    }

    public boolean hasLogAppendTime() {
        return (attributes() & LOG_APPEND_TIME_FLAG) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_FLAG) != 0;
    }

    public boolean isControl() {
        return (attributes() & CONTROL_FLAG) != 0;
    }

    /** Whether compaction has met a record without value here; see {@link BatchFilter}. */
    public boolean hasDeleteHorizon() {
        return (attributes() & DELETE_HORIZON_FLAG) != 0;
    }

    /** From when on records without value may go; only where there is a horizon, which replaces the base timestamp. */
    public long deleteHorizonMillis() {
        return baseTimestampMillis();
    }

    public int lastOffsetDelta() {
        return buffer.getInt(position + LAST_OFFSET_DELTA);
    }

    public long baseTimestampMillis() {
        return buffer.getLong(position + BASE_TIMESTAMP);
    }

    public long maxTimestampMillis() {
        return buffer.getLong(position + MAX_TIMESTAMP);
    }

    public long producerId() {
        return buffer.getLong(position + PRODUCER_ID);
    }

    public short producerEpoch() {
        return buffer.getShort(position + PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return buffer.getInt(position + BASE_SEQUENCE);
    }

    public int recordCount() {
        return buffer.getInt(position + RECORD_COUNT);
    }

    /** Gives the batch its place in a log. The CRC does not cover these fields. */
    public void place(long baseOffset, int leaderEpoch) {
        buffer.putLong(position + BASE_OFFSET, baseOffset);
        buffer.putInt(position + LEADER_EPOCH, leaderEpoch);
    }

    /** The CRC and the timestamps of the records are the caller's business. */
    void setDeleteHorizon(long millis) {
        buffer.putShort(position + ATTRIBUTES, (short) (attributes() | DELETE_HORIZON_FLAG));
        buffer.putLong(position + BASE_TIMESTAMP, millis);
    }

    /** Makes a time the time of every record, and of the whole batch, without touching the records. */
    public void stampAppendTime(long millis) {
        buffer.putShort(position + ATTRIBUTES, (short) (attributes() | LOG_APPEND_TIME_FLAG));
        buffer.putLong(position + MAX_TIMESTAMP, millis);
        buffer.putInt(position + CRC, computeCrc());
    }

    /** A read-only view of the whole batch. */
    public ByteBuffer bytes() {
        return buffer.asReadOnlyBuffer().limit(end()).position(position).slice();
    }

    /** The records after the header, as stored: compressed when {@link #compression} says so. */
    ByteBuffer recordBytes() {
        return buffer.asReadOnlyBuffer()
                .limit(end())
                .position(position + HEADER_BYTES)
                .slice();
    }

    int computeCrc() {
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().limit(end()).position(position + ATTRIBUTES));
        return (int) crc.getValue();
    }

    private short attributes() {
        return buffer.getShort(position + ATTRIBUTES);
    }
}
