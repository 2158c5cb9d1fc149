package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Takes files of logs away. Belongs to the background, like all that looks for a log's directory under its name. */
final class Removal {

    private final Disk disk;
    private final Sealing sealing;

    Removal(Disk disk, Sealing sealing) {
        this.disk = disk;
        this.sealing = sealing;
    }

    /**
     * What a log lets go of.
     *
     * @param segments oldest first
     * @param nextBase of the segment that is the first one now
     * @param firstOffset where the log begins now
     * @param durableEnd where it ended then
     * @param producers as they were at that end
     */
    record Prefix(
            List<Segment> segments, long nextBase, long firstOffset, long durableEnd, Map<Long, Producer> producers) {

        /** Whether nothing but the segments that go tells of some batch that a producer may send again. */
        boolean isNeeded(long snapshotOffset) {
            return producers.values().stream()
                    .flatMap(producer -> producer.lastBatches().stream())
                    .anyMatch(sent -> sent.baseOffset() >= snapshotOffset && sent.baseOffset() < nextBase);
        }
    }

    /**
     * Makes a log begin at an offset after a restart, too; the segments before it are no longer the log's. They go once
     * something else remembers their producers; those for which there is no room to do so are kept back.
     *
     * @param last the segment that held the durable end
     */
    void trim(DurableLog log, Prefix prefix, Segment last) throws IOException {
        if (log.isRemoved()) {
            return;
        }
        List<Segment> leaving = new ArrayList<>(log.keptBack());
        leaving.addAll(prefix.segments());
        long snapshotOffset = sealing.snapshotOffset(log);
        boolean mustRemember = !leaving.isEmpty() && prefix.isNeeded(snapshotOffset);
        if (mustRemember || prefix.nextBase() < prefix.firstOffset()) {
            disk.create(Layout.file(log.directory(), prefix.firstOffset(), Layout.FIRST))
                    .close();
        }
        // The mark, and the first segment that stays, must be there before anything goes.
        syncDirectory(log);
        if (mustRemember) {
            // These go first, for they may make the room that a snapshot needs.
            while (leaving.size() > 1 && leaving.get(1).baseOffset() <= snapshotOffset) {
                removeSegment(leaving.remove(0));
            }
            last.sync(); // for whatever a snapshot vouches for is durable
            if (!sealing.remember(log.directory(), prefix.durableEnd(), prefix.producers())) {
                log.keepBack(leaving);
                return;
            }
        }
        for (Segment segment : leaving) {
            removeSegment(segment);
        }
        log.keepBack(List.of());
        if (!leaving.isEmpty()) {
            syncDirectory(log);
        }
        // Only now: an older mark holds until nothing before it is left.
        for (String name : disk.list(Layout.logDirectory(log.directory()))) {
            if (Layout.offsetOf(name, Layout.FIRST)
                    .filter(mark -> mark < prefix.firstOffset())
                    .isPresent()) {
                disk.delete(Layout.logDirectory(log.directory()) + "/" + name);
            }
        }
    }

    /** To be called oldest first, so that what a crash leaves begins at one offset and has no gap. */
    private void removeSegment(Segment segment) throws IOException {
        disk.delete(segment.path());
        disk.delete(segment.path(Layout.INDEX));
        disk.delete(segment.path(Layout.TIME_INDEX));
        segment.release();
    }

    /** Removes a log with all its segments, at once for whatever looks for its name. */
    void removeLog(DurableLog log, List<Segment> segments) throws IOException {
        String directory = log.directory() + DirectoryName.DELETED_SUFFIX;
        disk.rename(Layout.logDirectory(log.directory()), Layout.logDirectory(directory));
        log.markRemoved();
        disk.syncDirectory(Layout.LOGS);
        segments.forEach(Segment::release);
        log.keptBack().forEach(Segment::release);
        removeDirectory(disk, directory);
    }

    static void removeDirectory(Disk disk, String directory) throws IOException {
        String path = Layout.logDirectory(directory);
        for (String name : disk.list(path)) {
            disk.delete(path + "/" + name);
        }
        disk.delete(path);
    }

    void syncDirectory(DurableLog log) throws SyncFailedException {
        // Not "is deleted": until the background has removed it, a crash may bring the log back, and it must be whole.
        if (!log.isRemoved()) {
            disk.syncDirectory(Layout.logDirectory(log.directory()));
        }
    }
}
