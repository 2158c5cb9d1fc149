package io.mainstem.log;

import io.mainstem.engine.LogPolicy.Compaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which part of a log a compaction works on: closed segments from the first on, never the one with the last record.
 *
 * @param segments without a gap, at least one
 * @param dirtyFrom what is before it was compacted before
 * @param end the base of the segment behind them
 */
record CompactionPlan(List<Segment> segments, long dirtyFrom, long end) {

    /**
     * A plan, if the policy has something to do now.
     *
     * @param segments all of a log
     */
    static Optional<CompactionPlan> of(List<Segment> segments, long dirtyFrom, Compaction policy, long nowMillis) {
        int last = segments.size() - 1;
        while (last > 0 && segments.get(last).readableBytes() == 0) {
            last--;
        }
        List<Segment> closed = new ArrayList<>();
        long bytes = 0;
        long dirtyBytes = 0;
        boolean isOverdue = false;
        for (Segment segment : segments.subList(0, last)) {
            boolean isDirty = segments.get(closed.size() + 1).baseOffset() > dirtyFrom;
            boolean isFresh =
                    policy.minLagMillis() > 0 && segment.maxTimestampMillis() > nowMillis - policy.minLagMillis();
            if (isDirty && isFresh) {
                break;
            }
            closed.add(segment);
            bytes += segment.readableBytes();
            if (isDirty && segment.readableBytes() > 0) {
                dirtyBytes += segment.readableBytes();
                isOverdue |= segment.startMillis() <= nowMillis - policy.maxLagMillis();
            }
        }
        boolean isDue = dirtyBytes > 0 && (isOverdue || dirtyBytes >= policy.minDirtyShare() * bytes);
        return isDue
                ? Optional.of(new CompactionPlan(
                        closed, dirtyFrom, segments.get(closed.size()).baseOffset()))
                : Optional.empty();
    }
}
