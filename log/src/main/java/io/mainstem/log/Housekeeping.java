package io.mainstem.log;

import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Retention;
import java.io.IOException;
import java.util.List;

/**
 * What becomes of a log's segments as time goes by: the last one is followed by another when it is old enough, and the
 * first ones go when the policy no longer keeps them. Looks at what is in memory only, so that one step may look at ten
 * thousand logs. Belongs to the thread that commits.
 */
final class Housekeeping {

    private final LogStore store;

    Housekeeping(LogStore store) {
        this.store = store;
    }

    void run(DurableLog log, long nowMillis) throws IOException {
        letGo(log, nowMillis);
        if (isRollDue(log, log.policy(), nowMillis)) {
            store.roll(log); // may fail for want of room, and so comes second
            letGo(log, nowMillis);
        }
    }

    private void letGo(DurableLog log, long nowMillis) {
        long firstOffset = firstOffsetToKeep(log, log.policy().retention(), nowMillis);
        long current = log.bounds().firstOffset();
        if (firstOffset > current || log.hasLeftovers()) {
            store.letGoBefore(log, Math.max(firstOffset, current));
        }
    }

    private static boolean isRollDue(DurableLog log, LogPolicy policy, long nowMillis) {
        Segment last = log.lastSegment();
        if (last.readableBytes() == 0) {
            return false;
        }
        long maxLagMillis =
                policy.compaction().map(LogPolicy.Compaction::maxLagMillis).orElse(Long.MAX_VALUE);
        return nowMillis - last.startMillis() >= Math.min(policy.segmentMillis(), maxLagMillis)
                || log.segments().stream().allMatch(segment -> hasExpired(segment, policy.retention(), nowMillis));
    }

    private static boolean hasExpired(Segment segment, Retention retention, long nowMillis) {
        return retention.millis() != LogPolicy.UNLIMITED
                && (segment.readableBytes() == 0 || nowMillis - segment.maxTimestampMillis() > retention.millis());
    }

    /**
     * A segment of which compaction has left nothing goes with one behind it, never by itself: the log begins there.
     */
    private static long firstOffsetToKeep(DurableLog log, Retention retention, long nowMillis) {
        List<Segment> segments = log.segments();
        long firstOffset = log.bounds().firstOffset();
        long bytesBehind = log.sizeInBytes();
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment oldest = segments.get(i);
            if (oldest.readableBytes() > 0) {
                bytesBehind -= oldest.readableBytes();
                long baseBehind = segments.get(i + 1).baseOffset();
                long recordsBehind = log.bounds().durableEndOffset() - baseBehind;
                long millis = nowMillis - oldest.maxTimestampMillis();
                if (!Expiry.isPast(retention, millis, bytesBehind, recordsBehind)) {
                    break;
                }
                firstOffset = baseBehind;
            }
        }
        return firstOffset;
    }
}
