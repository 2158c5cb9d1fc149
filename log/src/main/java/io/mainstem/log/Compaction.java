package io.mainstem.log;

import io.mainstem.engine.batch.BatchFilter;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of one log, in slices: first the dirty part is read for its keys, as far as there is room for them,
 * and then all segments up to there are written anew, group by group, without the records that are outdated.
 *
 * <pre>
 *   read keys --> write a group --> mark --> swap it in --> ... --> remember how far it got
 *                       ^________________________|
 * </pre>
 *
 * From front to back, so that whatever a crash leaves, an older record is gone before the one that deletes its key.
 */
final class Compaction {

    private static final int SLICE_BYTES = 1 << 20;

    private final DurableLog log;
    private final CompactionPlan plan;
    private final CompactionFiles files;
    private final NewestOffsets newest;
    private final long nowMillis;
    private final long tombstoneMillis;
    private final List<List<Segment>> groups = new ArrayList<>();

    private int dirtyIndex;
    private @Nullable BatchScanner keys;

    /** Where the keys that are known end. */
    private long knownEnd;

    private boolean knowsKeys;
    private int nextGroup;
    private @Nullable CompactedGroup group;
    private @Nullable CompletableFuture<Void> mark;
    private @Nullable CompletableFuture<Void> swap;

    /** A plan whose segments the caller keeps open. */
    Compaction(DurableLog log, CompactionPlan plan, CompactionFiles files, long nowMillis, long tombstoneMillis) {
        this.log = log;
        this.plan = plan;
        this.files = files;
        this.nowMillis = nowMillis;
        this.tombstoneMillis = tombstoneMillis;
        this.knownEnd = plan.dirtyFrom();
        long dirtyOffsets = plan.end() - plan.dirtyFrom();
        this.newest = new NewestOffsets((int) Math.min(files.keyLimit(), dirtyOffsets));
    }

    CompactionPlan plan() {
        return plan;
    }

    /** Whether others have to do something first. */
    boolean isWaiting() {
        CompletableFuture<Void> pending = swap == null ? mark : swap;
        return pending != null && !pending.isDone();
    }

    /** Does a little; false when there is nothing left to do. */
    boolean step() throws IOException {
        if (!knowsKeys) {
            readKeys();
            return true;
        }
        CompactedGroup current = group;
        if (swap != null && current != null) {
            boolean goesOn = isSwapped(current, swap);
            group = null;
            mark = null;
            swap = null;
            return goesOn;
        }
        if (mark != null && current != null) {
            if (mark.isCompletedExceptionally()) {
                throw new IOException(
                        "it cannot be marked", mark.handle((nothing, e) -> e).join());
            }
            swap = files.swap(log, current);
            return true;
        }
        if (current == null) {
            if (nextGroup == groups.size()) {
                files.rememberDirtyFrom(log, knownEnd);
                return false;
            }
            List<Segment> sources = groups.get(nextGroup++);
            group = new CompactedGroup(files, log, sources, endOf(sources), this::filter);
            return true;
        }
        if (!current.write(SLICE_BYTES)) {
            current.syncSources();
            if (current.isWorthIt()) {
                current.finish();
                mark = files.mark(log, current.end());
            } else {
                current.discard();
                group = null;
            }
        }
        return true;
    }

    /** Ends in the middle. What waits to be swapped in is no longer this one's business. */
    void abandon() throws IOException {
        if (group != null && swap == null) {
            group.discard();
        }
    }

    /** False when the log has let go of the sources meanwhile, or everything ends. */
    private static boolean isSwapped(CompactedGroup swapped, CompletableFuture<Void> done) {
        return !done.isCompletedExceptionally() && swapped.isInPlace();
    }

    private void readKeys() throws IOException {
        if (keys == null) {
            while (endOf(plan.segments().get(dirtyIndex)) <= plan.dirtyFrom()) {
                dirtyIndex++;
            }
            keys = new BatchScanner(plan.segments().get(dirtyIndex));
        }
        for (int bytes = 0; bytes < SLICE_BYTES; ) {
            RecordBatch batch = keys.next();
            if (batch == null) {
                dirtyIndex++;
                if (dirtyIndex == plan.segments().size()) {
                    knownEnd = plan.end();
                    beginGroups();
                    return;
                }
                keys = new BatchScanner(plan.segments().get(dirtyIndex));
            } else {
                bytes += batch.sizeInBytes();
                if (!readKeys(batch)) {
                    beginGroups();
                    return;
                }
            }
        }
    }

    /** False when there was no room for one of them. */
    private boolean readKeys(RecordBatch batch) {
        if (batch.isControl()) {
            return true;
        }
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                ByteBuffer key = record.key();
                if (record.offset() >= plan.dirtyFrom() && key != null && !newest.put(key, record.offset())) {
                    knownEnd = record.offset();
                    return false;
                }
            }
        } catch (CorruptRecordException e) {
            // Stored as its producer sent it. Nobody can tell what its keys are, so that it outdates nothing.
        }
        return true;
    }

    private void beginGroups() {
        knowsKeys = true;
        keys = null;
        long bytes = 0;
        for (Segment segment : plan.segments()) {
            if (segment.baseOffset() >= knownEnd) {
                break;
            }
            List<Segment> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            bytes += segment.readableBytes();
            if (last.isEmpty()
                    || bytes > files.segmentBytes(log)
                    || endOf(segment) - last.get(0).baseOffset() > Integer.MAX_VALUE) { // as indexes count
                last = new ArrayList<>();
                groups.add(last);
                bytes = segment.readableBytes();
            }
            last.add(segment);
        }
    }

    private ByteBuffer filter(RecordBatch batch) {
        if (batch.isControl()) {
            return batch.bytes();
        }
        // A horizon is for all records of a batch, and so it waits until compaction has met all of them.
        long horizon = batch.lastOffset() < knownEnd ? nowMillis + tombstoneMillis : BatchFilter.NO_HORIZON;
        try {
            return BatchFilter.apply(batch, record -> keeps(batch, record), horizon);
        } catch (CorruptRecordException e) {
            return batch.bytes();
        }
    }

    private boolean keeps(RecordBatch batch, Record record) {
        if (record.offset() >= knownEnd) {
            return true;
        }
        ByteBuffer key = record.key();
        if (key == null || files.rules().isOutdated(record.offset(), newest.get(key))) {
            return false;
        }
        return record.value() != null || !files.rules().isExpired(batch, nowMillis);
    }

    private long endOf(List<Segment> some) {
        return endOf(some.get(some.size() - 1));
    }

    private long endOf(Segment segment) {
        int index = plan.segments().indexOf(segment) + 1;
        return index == plan.segments().size()
                ? plan.end()
                : plan.segments().get(index).baseOffset();
    }
}
