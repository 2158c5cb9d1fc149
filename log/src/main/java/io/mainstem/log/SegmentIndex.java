package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where some batches of a segment begin, about one in every {@link #INTERVAL_BYTES}, and which timestamps the segment
 * has reached with which of them. On the disk it is two files, as Kafka writes them:
 *
 * <pre>
 *  .index      0              4          .timeindex  0           8
 *             +--------------+----------+           +-----------+----------------+
 *             | last offset  | position |           | timestamp | last offset    |
 *             | of the batch |          |           |           | of the batch   |
 *             +--------------+----------+           +-----------+----------------+
 * </pre>
 *
 * Offsets count from the segment's base, numbers are big-endian, every column grows. No batch before an entry's of the
 * time index has a timestamp as large as the entry's. One thread adds, any may look.
 */
final class SegmentIndex {

    static final int INTERVAL_BYTES = 4096;
    static final int PLACE_BYTES = 8;
    static final int TIME_BYTES = 12;

    private final long baseOffset;

    /** Each an offset in the upper half and a position in the lower. Written before the count, and read after it. */
    private volatile long[] places;

    private volatile int placeCount;

    /** Pairs of timestamp and offset. */
    private volatile long[] times;

    private volatile int timeCount;
    private long lastPosition;
    private long lastTimestampMillis = -1;
    private long maxTimestampMillis = -1;
    private long maxTimestampOffset;
    private long coveredBytes;

    SegmentIndex(long baseOffset) {
        this(baseOffset, new long[16], new long[16]);
    }

    private SegmentIndex(long baseOffset, long[] places, long[] times) {
        this.baseOffset = baseOffset;
        this.places = places;
        this.times = times;
    }

    /** What two files hold that may be cut off or hold anything; empty when it cannot be right. */
    static Optional<SegmentIndex> of(long baseOffset, ByteBuffer placeBytes, ByteBuffer timeBytes) {
        int placeCount = placeBytes.remaining() / PLACE_BYTES;
        int timeCount = timeBytes.remaining() / TIME_BYTES;
        SegmentIndex index =
                new SegmentIndex(baseOffset, new long[Math.max(16, placeCount)], new long[Math.max(16, 2 * timeCount)]);
        for (int i = 0; i < placeCount; i++) {
            int offset = placeBytes.getInt();
            int position = placeBytes.getInt();
            boolean grows = position > index.lastPosition && (i == 0 ? offset >= 0 : offset > index.offsetAt(i - 1));
            if (!grows) {
                return Optional.empty();
            }
            index.addPlace(offset, position);
        }
        for (int i = 0; i < timeCount; i++) {
            long timestampMillis = timeBytes.getLong();
            int offset = timeBytes.getInt();
            if (timestampMillis <= index.lastTimestampMillis || offset < index.maxTimestampOffset) {
                return Optional.empty();
            }
            index.addTime(timestampMillis, offset);
            index.maxTimestampMillis = timestampMillis;
            index.maxTimestampOffset = offset;
        }
        return Optional.of(index);
    }

    /** Learns of the batch that follows. */
    void add(RecordBatch batch, long position) {
        observe(batch);
        coveredBytes = position + batch.sizeInBytes();
        if (position - lastPosition >= INTERVAL_BYTES) {
            addPlace((int) (batch.lastOffset() - baseOffset), (int) position);
            addMaxTime();
        }
    }

    /** Learns of the timestamps of a batch that may be known. */
    void observe(RecordBatch batch) {
        if (batch.maxTimestampMillis() > maxTimestampMillis) {
            maxTimestampMillis = batch.maxTimestampMillis();
            maxTimestampOffset = batch.lastOffset() - baseOffset;
        }
    }

    /** No batch follows; now the last entry has the segment's largest timestamp. */
    void complete() {
        addMaxTime();
    }

    /** A position at or before the first batch with an offset as large. */
    long positionFor(long offset) {
        long[] known = places;
        int entry = floor(placeCount, offset - baseOffset, i -> known[i] >>> Integer.SIZE);
        return entry < 0 ? 0 : (int) known[entry];
    }

    /** The last known beginning of a batch that does not lie behind a position. */
    long batchAtOrBefore(long position) {
        long[] known = places;
        int entry = floor(placeCount, position, i -> (int) known[i]);
        return entry < 0 ? 0 : (int) known[entry];
    }

    /** No batch before the one with this offset has a timestamp as large. */
    long offsetFor(long timestampMillis) {
        long[] known = times;
        int entry = floor(timeCount, timestampMillis, i -> known[2 * i]);
        return baseOffset + (entry < 0 ? 0 : known[2 * entry + 1]);
    }

    /** Where the last batch of the offset index begins; 0 when there is none. */
    long lastPosition() {
        return lastPosition;
    }

    /** The last offset of that batch. */
    long lastOffset() {
        return baseOffset + offsetAt(placeCount - 1);
    }

    int placeCount() {
        return placeCount;
    }

    /** Of the batches that are known; -1 when none has one. */
    long maxTimestampMillis() {
        return maxTimestampMillis;
    }

    /** Batches up to here were added. */
    long coveredBytes() {
        return coveredBytes;
    }

    int sizeInBytes() {
        return Long.BYTES * (places.length + times.length);
    }

    ByteBuffer placeBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(PLACE_BYTES * placeCount);
        Arrays.stream(places, 0, placeCount).forEach(bytes::putLong);
        return bytes.flip();
    }

    ByteBuffer timeBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(TIME_BYTES * timeCount);
        for (int i = 0; i < timeCount; i++) {
            bytes.putLong(times[2 * i]).putInt((int) times[2 * i + 1]);
        }
        return bytes.flip();
    }

    private long offsetAt(int entry) {
        return places[entry] >>> Integer.SIZE;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
    private void addPlace(int offset, int position) {
        if (placeCount == places.length) {
            places = Arrays.copyOf(places, 2 * placeCount);
        }
        places[placeCount] = (long) offset << Integer.SIZE | position;
        placeCount++;
        lastPosition = position;
    }

    private void addMaxTime() {
        if (maxTimestampMillis > lastTimestampMillis) {
            addTime(maxTimestampMillis, maxTimestampOffset);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
    private void addTime(long timestampMillis, long offset) {
        if (2 * timeCount == times.length) {
            times = Arrays.copyOf(times, 4 * timeCount);
        }
        times[2 * timeCount] = timestampMillis;
        times[2 * timeCount + 1] = offset;
        timeCount++;
        lastTimestampMillis = timestampMillis;
    }

    /** A column of an index. */
    @FunctionalInterface
    private interface Column {
        long at(int entry);
    }

    /** The last entry that is not larger; -1 when there is none. */
    private static int floor(int count, long wanted, Column column) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (column.at(middle) <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
