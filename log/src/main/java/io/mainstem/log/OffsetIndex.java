package io.mainstem.log;

import java.util.Arrays;

/** Where some batches of a segment begin, about one in every {@link #INTERVAL_BYTES}. One thread adds, any may look. */
final class OffsetIndex {

    static final int INTERVAL_BYTES = 4096;

    /** Pairs of base offset and position, growing. Written before the count, and read after it. */
    private volatile long[] entries = new long[16];

    private volatile int count;
    private long lastPosition = -INTERVAL_BYTES;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread adds
    void add(long baseOffset, long position) {
        if (position - lastPosition < INTERVAL_BYTES) {
            return;
        }
        lastPosition = position;
        if (2 * count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        entries[2 * count] = baseOffset;
        entries[2 * count + 1] = position;
        count++;
    }

    /** A position at or before the batch that holds the offset. */
    long positionFor(long offset) {
        return floor(0, offset);
    }

    /** The last known beginning of a batch that does not lie behind a position. */
    long batchAtOrBefore(long position) {
        return floor(1, position);
    }

    private long floor(int column, long wanted) {
        int low = 0;
        int high = count - 1;
        long[] known = entries;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (known[2 * middle + column] <= wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? 0 : known[2 * high + 1];
    }
}
