package io.mainstem.engine;

import java.util.Optional;

/**
 * How long a log keeps its records, and in segments of which size. Only whole segments that are no longer written go.
 *
 * @param retention past any of these limits the oldest segments go
 * @param compaction how all but the newest record of each key go; empty when they stay
 * @param segmentBytes a segment that would grow past this is followed by a new one; the engine may take less
 * @param segmentMillis a segment is followed by a new one when its first record is older than this
 */
public record LogPolicy(Retention retention, Optional<Compaction> compaction, int segmentBytes, long segmentMillis) {

    /** For a limit that there is not. */
    public static final long UNLIMITED = -1;

    /** Keeps everything. */
    public static final LogPolicy KEEP =
            new LogPolicy(new Retention(UNLIMITED, UNLIMITED, UNLIMITED), Optional.empty(), 1 << 30, Long.MAX_VALUE);

    public LogPolicy {
        if (segmentBytes < 1 || segmentMillis < 1) {
            throw new IllegalArgumentException("a segment of " + segmentBytes + " bytes and " + segmentMillis + " ms");
        }
    }

    /**
     * Limits of what is kept, each of them a number or UNLIMITED.
     *
     * @param millis a segment goes when its newest record is older than this
     * @param bytes the oldest segment goes as long as the others still hold this much
     * @param records the oldest segment goes as long as the others still hold so many offsets
     */
    public record Retention(long millis, long bytes, long records) {
        public Retention {
            if (millis < UNLIMITED || bytes < UNLIMITED || records < UNLIMITED) {
                throw new IllegalArgumentException("retention of " + millis + " ms, " + bytes + " bytes, " + records);
            }
        }
    }

    /**
     * Keeps of each key at least the newest record, at its offset.
     *
     * @param minLagMillis a record younger than this stays
     * @param maxLagMillis a record older than this does not wait for the share that follows
     * @param minDirtyShare compaction waits until this share of the closed segments, in bytes, is not compacted, 0 to 1
     * @param tombstoneMillis a record without value, which deletes its key, stays at least so long after compaction has
     *     first met it
     */
    public record Compaction(long minLagMillis, long maxLagMillis, double minDirtyShare, long tombstoneMillis) {
        public Compaction {
            if (minLagMillis < 0 || maxLagMillis < 1 || tombstoneMillis < 0) {
                throw new IllegalArgumentException("a compaction with negative times");
            }
            if (!(minDirtyShare >= 0 && minDirtyShare <= 1)) {
                throw new IllegalArgumentException("a dirty share of " + minDirtyShare);
            }
        }
    }
}
