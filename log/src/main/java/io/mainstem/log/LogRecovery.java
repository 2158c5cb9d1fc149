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
import java.util.TreeMap;

/** One log while it is put together again: first the journal is written over its files, then they are read. */
final class LogRecovery {

    /**
     * How many segments at the end of a log may be torn. With a journal it is the last one; without, the one before it
     * may not have been synced either.
     */
    private static final int TORN_SEGMENTS = 2;

    private final Disk disk;
    private final String directory;
    private final RecoveryChecks checks;
    private final NavigableMap<Long, DiskFile> files = new TreeMap<>();

    private final Marks marks;

    /** How far the journal vouches for a segment. */
    private final Map<Long, Long> journaledEnds = new HashMap<>();

    private long cutBytes;

    LogRecovery(Disk disk, String directory, RecoveryChecks checks) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.checks = checks;
        LogFiles found = LogFiles.tidy(disk, directory);
        this.marks = found.marks();
        for (long base : found.segments()) {
            files.put(base, disk.open(Layout.segment(directory, base)));
        }
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
        if (isTrimmed || segmentBase < marks.compactedBefore()) {
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

    /**
     * Reads the segments.
     *
     * @param isClean the log was shut down: all is synced and nothing can be torn
     */
    DurableLog finish(LogStore store, boolean isClean) throws IOException {
        if (files.isEmpty()) {
            createFirst();
        }
        Admission admission = new Admission(files.firstKey());
        List<Segment> segments = new ArrayList<>();
        for (Map.Entry<Long, DiskFile> entry : new TreeMap<>(files).entrySet()) {
            long base = entry.getKey();
            DiskFile file = entry.getValue();
            boolean isCompacted = base < marks.compactedBefore();
            boolean mayBeTorn = !isClean && !isCompacted && files.tailMap(base).size() <= TORN_SEGMENTS;
            if (isCompacted || base == marks.compactedBefore()) {
                admission.skipTo(base);
            }
            if (base != admission.nextOffset()) {
                ensureMayCut(base, 0, mayBeTorn);
                removeFrom(base);
                break;
            }
            Segment segment = new Segment(Layout.segment(directory, base), base, file, Long.MIN_VALUE);
            read(segment, admission, mayBeTorn);
            segments.add(segment);
            if (segment.readableBytes() < file.sizeInBytes()) {
                ensureMayCut(base, segment.readableBytes(), mayBeTorn);
                cutBytes += file.sizeInBytes() - segment.readableBytes();
                file.truncate(segment.readableBytes());
                removeFrom(base + 1);
                break;
            }
        }
        if (admission.nextOffset() < marks.firstOffset()) {
            // Where nothing waits for the disk, a power failure may leave the mark and not the records before it.
            segments.forEach(Segment::release);
            removeFrom(0);
            admission = new Admission(marks.firstOffset());
            segments = List.of(createFirst());
        }
        if (!isClean) {
            sync(segments);
        }
        return new DurableLog(
                directory,
                store,
                segments,
                admission,
                new Marks(Math.max(marks.firstOffset(), segments.get(0).baseOffset()), marks.compactedBefore()));
    }

    private Segment createFirst() throws IOException {
        String path = Layout.segment(directory, marks.firstOffset());
        DiskFile file = disk.create(path);
        files.put(marks.firstOffset(), file);
        return new Segment(path, marks.firstOffset(), file, Long.MIN_VALUE);
    }

    /** Publishes batches up to the first that cannot be right. */
    private void read(Segment segment, Admission admission, boolean withBodies) throws IOException {
        HeaderCursor headers =
                new HeaderCursor(segment.file(), 0, segment.file().sizeInBytes());
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
            admission.replay(batch);
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

    /** What is cut was never acknowledged, or there is something wrong that an operator must know of. */
    private void ensureMayCut(long base, long position, boolean mayBeTorn) {
        boolean isVouchedFor = journaledEnds.getOrDefault(base, 0L) > position
                || journaledEnds.keySet().stream().anyMatch(journaled -> journaled > base);
        if (!mayBeTorn || isVouchedFor) {
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
    private void sync(List<Segment> segments) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            boolean mayBeTorn = segments.size() - i <= TORN_SEGMENTS;
            if (mayBeTorn || journaledEnds.containsKey(segments.get(i).baseOffset())) {
                segments.get(i).file().sync();
            }
        }
        disk.syncDirectory(Layout.logDirectory(directory));
    }
}
