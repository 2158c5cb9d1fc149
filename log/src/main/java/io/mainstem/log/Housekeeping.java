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
        if (firstOffset > log.bounds().firstOffset()) {
            store.letGoBefore(log, firstOffset);
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
                && nowMillis - segment.maxTimestampMillis() > retention.millis();
    }

    private static long firstOffsetToKeep(DurableLog log, Retention retention, long nowMillis) {
        List<Segment> segments = log.segments();
        long bytesBehind = log.sizeInBytes();
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment oldest = segments.get(i);
            bytesBehind -= oldest.readableBytes();
            long recordsBehind =
                    log.bounds().durableEndOffset() - segments.get(i + 1).baseOffset();
            long millis = nowMillis - oldest.maxTimestampMillis();
            boolean isEmpty = oldest.readableBytes() == 0; // compaction has left nothing of it
            if (!isEmpty && !Expiry.isPast(retention, millis, bytesBehind, recordsBehind)) {
                return oldest.baseOffset();
            }
        }
        return log.lastSegment().baseOffset();
    }
}
