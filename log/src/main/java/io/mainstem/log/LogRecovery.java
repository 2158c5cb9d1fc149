package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * One log while it is put together again: first the journal is written over its files, then they are read. The newest
 * snapshot of its producers vouches for everything before it, and of that only the ends of indexes are read.
 */
final class LogRecovery {

    private static final long NONE = -1;

    private final Disk disk;
    private final SegmentFiles segmentFiles;
    private final String directory;
    private final RecoveryChecks checks;
    private final NavigableMap<Long, DiskFile> files = new TreeMap<>();
    private final Marks marks;

    /** Base offsets of segments that have an index; whatever that knows is durable. */
    private final NavigableSet<Long> indexes;

    private final Map<Long, Producer> snapshot;
    private final long snapshotOffset;

    /** How far the journal vouches for a segment. */
    private final Map<Long, Long> journaledEnds = new HashMap<>();

    private final List<Segment> segments = new ArrayList<>();

    /** Those whose batches were read, and may not be on the disk yet. */
    private final List<Segment> readAgain = new ArrayList<>();

    private long cutBytes;

    LogRecovery(SegmentFiles segmentFiles, String directory, RecoveryChecks checks) throws IOException {
        this.disk = segmentFiles.disk();
        this.segmentFiles = segmentFiles;
        this.directory = directory;
        this.checks = checks;
        LogFiles found = LogFiles.tidy(disk, directory);
        this.marks = found.marks();
        this.indexes = found.indexes();
        for (long base : found.segments()) {
            files.put(base, disk.open(Layout.segment(directory, base)));
        }
        Map<Long, Producer> newest = Map.of();
        long offset = NONE;
        for (long candidate : found.snapshots().descendingSet()) {
            Optional<Map<Long, Producer>> sound = readSnapshot(candidate);
            if (sound.isPresent()) {
                newest = sound.get();
                offset = candidate;
                break;
            }
            disk.delete(Layout.file(directory, candidate, Layout.SNAPSHOT)); // or it would seem to be there
        }
        this.snapshot = newest;
        this.snapshotOffset = offset;
    }

    String directory() {
        return directory;
    }

    long cutBytes() {
        return cutBytes;
    }

    /**
     * Writes what the segment may lack. It may be missing altogether, for a new one is not synced at once. What seems
     * to be there is written again: after a failed sync the page cache shows as clean what the disk does not have.
     */
    void replay(long segmentBase, long position, ByteBuffer batches) throws IOException {
        boolean isTrimmed = !files.isEmpty() && segmentBase < files.firstKey();
        if (isTrimmed || checks.mayBeCompacted(segmentBase, marks.compactedBefore())) {
            return; // what was there since is durable
        }
        DiskFile file = files.get(segmentBase);
        if (file == null) {
            file = disk.create(Layout.segment(directory, segmentBase));
            files.put(segmentBase, file);
        }
        file.write(batches.duplicate(), position);
        journaledEnds.merge(segmentBase, position + batches.remaining(), Math::max);
    }

    /** Reads the segments. */
    DurableLog finish(LogStore store) throws IOException {
        if (files.isEmpty()) {
            createFirst();
        }
        Admission admission = new Admission(files.firstKey(), snapshot);
        Map<Long, Producer> producersBeforeLast = readSegments(admission);
        if (admission.nextOffset() < marks.firstOffset()) {
            // Where nothing waits for the disk, a power failure may leave the mark and not the records before it.
            removeFrom(0);
            readAgain.clear();
            segments.clear();
            createFirst();
            admission = new Admission(marks.firstOffset(), admission.producers().settled());
            producersBeforeLast = readSegments(admission);
        }
        sync();
        seal(producersBeforeLast);
        for (DiskFile file : files.values()) {
            file.close();
        }
        long firstOffset = Math.max(marks.firstOffset(), segments.get(0).baseOffset());
        return new DurableLog(
                directory,
                store,
                segments,
                admission,
                new Marks(firstOffset, marks.compactedBefore(), marks.dirtyFrom()));
    }

    /** Returns the producers as they were when the last segment began. */
    private Map<Long, Producer> readSegments(Admission admission) throws IOException {
        Map<Long, Producer> producersBeforeLast = snapshot;
        for (Map.Entry<Long, DiskFile> entry : new TreeMap<>(files).entrySet()) {
            long base = entry.getKey();
            DiskFile file = entry.getValue();
            if (base <= marks.compactedBefore()) {
                admission.skipTo(base);
            }
            if (base != admission.nextOffset()) {
                ensureMayCut(base, 0);
                removeFrom(base);
                break;
            }
            admission.settle();
            producersBeforeLast = admission.producers().settled();
            long size = file.sizeInBytes();
            OptionalLong maxTimestampMillis = trusted(base, size);
            if (maxTimestampMillis.isPresent()) {
                ensureNothingIsMissing(base, size);
                segments.add(segment(base, new Segment.Extent(size, maxTimestampMillis.getAsLong(), Long.MIN_VALUE)));
                admission.skipTo(files.higherKey(base));
                continue;
            }
            Segment segment = segment(base, Segment.Extent.empty(Long.MIN_VALUE));
            segments.add(segment);
            readAgain.add(segment);
            read(segment, admission, size);
            if (segment.readableBytes() < size) {
                ensureMayCut(base, segment.readableBytes());
                cutBytes += size - segment.readableBytes();
                file.truncate(segment.readableBytes());
                removeFrom(base + 1);
                break;
            }
        }
        return producersBeforeLast;
    }

    private Segment segment(long base, Segment.Extent extent) {
        return new Segment(segmentFiles, Layout.segment(directory, base), base, extent);
    }

    private void createFirst() throws IOException {
        files.put(marks.firstOffset(), disk.create(Layout.segment(directory, marks.firstOffset())));
    }

    /** The largest timestamp of a segment that need not be read; empty when it must be. */
    private OptionalLong trusted(long base, long sizeInBytes) throws IOException {
        boolean isVouchedFor = !mayBeTorn(base) && !journaledEnds.containsKey(base) && files.higherKey(base) != null;
        return isVouchedFor && indexes.contains(base)
                ? segmentFiles.indexFiles().maxTimestampMillis(segment(base, Segment.Extent.empty(0)), sizeInBytes)
                : OptionalLong.empty();
    }

    /** Behind a segment that is whole the next one begins. Where compaction leaves offsets out, nobody can tell. */
    private void ensureNothingIsMissing(long base, long sizeInBytes) throws IOException {
        if (base < marks.compactedBefore()) {
            return;
        }
        long from = segmentFiles.indexFiles().lastPosition(segment(base, Segment.Extent.empty(0)));
        HeaderCursor headers = new HeaderCursor(Objects.requireNonNull(files.get(base)), from, sizeInBytes);
        long end = base;
        while (headers.next()) {
            end = headers.batch().nextOffset();
        }
        if (end != files.higherKey(base)) {
            throw new DataDirectoryException(
                    DataDirectoryException.Kind.DAMAGED,
                    Layout.segment(directory, end) + " is missing, where acknowledged records stood");
        }
    }

    private boolean mayBeTorn(long base) {
        Long next = files.higherKey(base);
        return base >= marks.compactedBefore() && (next == null || next > snapshotOffset);
    }

    /** Publishes batches up to the first that cannot be right. */
    private void read(Segment segment, Admission admission, long sizeInBytes) throws IOException {
        boolean withBodies = mayBeTorn(segment.baseOffset());
        segment.prepareToPublish();
        HeaderCursor headers = new HeaderCursor(segment.file(), 0, sizeInBytes);
        while (headers.next()) {
            RecordBatch batch = headers.batch();
            if (!follows(batch, admission.nextOffset(), segment)) {
                return;
            }
            if (withBodies) {
                ByteBuffer body = readBody(segment, headers);
                if (!checks.isSound(body)) {
                    return;
                }
                if (headers.position() >= journaledEnds.getOrDefault(segment.baseOffset(), Long.MAX_VALUE)) {
                    // Of a commit that was cut short; it stays, and so it has to be written again like the rest.
                    segment.file().write(body, headers.position());
                }
            }
            admission.replay(batch, snapshotOffset);
            segment.publish(batch);
        }
    }

    private boolean follows(RecordBatch batch, long nextOffset, Segment segment) {
        boolean mayLeaveOffsetsOut = segment.baseOffset() < marks.compactedBefore();
        return batch.lastOffsetDelta() >= 0
                && (batch.baseOffset() == nextOffset || (mayLeaveOffsetsOut && batch.baseOffset() > nextOffset));
    }

    private static ByteBuffer readBody(Segment segment, HeaderCursor headers) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(headers.batch().sizeInBytes());
        segment.file().read(body, headers.position());
        return body.flip();
    }

    private Optional<Map<Long, Producer>> readSnapshot(long offset) throws IOException {
        try (DiskFile file = disk.open(Layout.file(directory, offset, Layout.SNAPSHOT))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeInBytes());
            file.read(bytes, 0);
            return ProducerSnapshot.decode(bytes.flip());
        }
    }

    /** What is cut was never acknowledged, or there is something wrong that an operator must know of. */
    private void ensureMayCut(long base, long position) throws IOException {
        boolean isJournaled = journaledEnds.getOrDefault(base, 0L) > position
                || journaledEnds.keySet().stream().anyMatch(journaled -> journaled > base);
        boolean isIndexed = indexes.higher(base) != null
                || (indexes.contains(base)
                        && segmentFiles.indexFiles().lastPosition(segment(base, Segment.Extent.empty(0))) >= position
                        && position > 0);
        if (!mayBeTorn(base) || isJournaled || isIndexed) {
            throw new DataDirectoryException(
                    DataDirectoryException.Kind.DAMAGED,
                    Layout.segment(directory, base) + " is damaged at byte " + position
                            + ", where acknowledged records stood");
        }
    }

    private void removeFrom(long base) throws IOException {
        NavigableMap<Long, DiskFile> removed = files.tailMap(base, true);
        for (Map.Entry<Long, DiskFile> entry : removed.entrySet()) {
            cutBytes += entry.getValue().sizeInBytes();
            entry.getValue().close();
            disk.delete(Layout.segment(directory, entry.getKey()));
        }
        removed.clear();
    }

    /** Before anything can be read: what a dead process left in the page cache may not be on the disk yet. */
    private void sync() throws IOException {
        for (Segment segment : readAgain) {
            segment.file().sync();
        }
        disk.syncDirectory(Layout.logDirectory(directory));
    }

    /** So that the next crash costs less. */
    private void seal(Map<Long, Producer> producersBeforeLast) throws IOException {
        Segment last = segments.get(segments.size() - 1);
        Sealing sealing = new Sealing(disk, segmentFiles.indexFiles());
        boolean isIndexed = true;
        for (Segment segment : readAgain) {
            if (segment != last) {
                segment.completeIndex();
                isIndexed &= sealing.writeIndex(segment);
                segment.dropIndex();
            }
        }
        if (indexes.contains(last.baseOffset())) {
            // Of an earlier shutdown. It would vouch for what a crash may have left of another one.
            disk.delete(last.path(Layout.INDEX));
            disk.delete(last.path(Layout.TIME_INDEX));
        }
        if (isIndexed && segments.size() > 1 && snapshotOffset < last.baseOffset()) {
            sealing.remember(directory, last.baseOffset(), producersBeforeLast);
        }
    }
}
