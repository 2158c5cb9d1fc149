package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.List;

/** Takes files of logs away. Belongs to the background, like all that looks for a log's directory under its name. */
final class Removal {

    private final Disk disk;

    Removal(Disk disk) {
        this.disk = disk;
    }

    /**
     * Makes a log begin at an offset after a restart, too; the segments before it are no longer the log's.
     *
     * @param isWithinSegment where no segment begins
     */
    void trim(DurableLog log, long firstOffset, boolean isWithinSegment, List<Segment> removed) throws IOException {
        if (log.isRemoved()) {
            return;
        }
        if (isWithinSegment) {
            disk.create(Layout.file(log.directory(), firstOffset, Layout.FIRST)).close();
        }
        // The mark, and the first segment that stays, must be there before anything goes.
        syncDirectory(log);
        removeSegments(log, removed);
        // Only now: an older mark holds until nothing before it is left.
        for (String name : disk.list(Layout.logDirectory(log.directory()))) {
            if (Layout.offsetOf(name, Layout.FIRST)
                    .filter(mark -> mark < firstOffset)
                    .isPresent()) {
                disk.delete(Layout.logDirectory(log.directory()) + "/" + name);
            }
        }
    }

    /** Oldest first, so that what a crash leaves begins at one offset and has no gap. */
    private void removeSegments(DurableLog log, List<Segment> removed) throws IOException {
        for (Segment segment : removed) {
            disk.delete(segment.path());
            disk.delete(segment.path(Layout.INDEX));
            disk.delete(segment.path(Layout.TIME_INDEX));
            segment.release();
        }
        if (!removed.isEmpty()) {
            syncDirectory(log);
        }
    }

    /** Removes a log with all its segments, at once for whatever looks for its name. */
    void removeLog(DurableLog log, List<Segment> segments) throws IOException {
        String directory = log.directory() + DirectoryName.DELETED_SUFFIX;
        disk.rename(Layout.logDirectory(log.directory()), Layout.logDirectory(directory));
        log.markRemoved();
        disk.syncDirectory(Layout.LOGS);
        segments.forEach(Segment::release);
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
