package io.mainstem.log;

import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done once a segment is followed by another: it is synced, its index leaves memory for the disk, and the
 * producers up to there are remembered. In this order, each step durable before the next: so the snapshot vouches for
 * everything before it, and a start looks only at what follows the newest. Belongs to the background.
 */
final class Sealing {

    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

    /** The newest, and one in case that it has rotted. */
    private static final int KEPT_SNAPSHOTS = 2;

    private final Disk disk;
    private final IndexFiles indexFiles;

    Sealing(Disk disk, IndexFiles indexFiles) {
        this.disk = disk;
        this.indexFiles = indexFiles;
    }

    /**
     * Seals a segment.
     *
     * @param producers as they were when the next segment began
     */
    void seal(DurableLog log, Segment segment, long nextBase, Map<Long, Producer> producers) throws IOException {
        if (log.isRemoved()) {
            return;
        }
        segment.sync();
        if (!log.segments().contains(segment) || writeIndex(segment)) {
            remember(log.directory(), nextBase, producers);
        }
        segment.dropIndex();
    }

    /**
     * Makes the index of a segment durable that is durable itself. False when there was no room: records need it more,
     * and what is missing here is found in the segments.
     */
    boolean writeIndex(Segment segment) throws SyncFailedException {
        try {
            indexFiles.write(segment, segment.index());
            return true;
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("the index of {} was not written: {}", segment.path(), e.toString());
            return false;
        }
    }

    /** Before which offset the producers are remembered durably; 0 when they are not. */
    long snapshotOffset(DurableLog log) throws IOException {
        List<Long> snapshots = snapshots(log.directory());
        return snapshots.isEmpty() ? 0 : snapshots.get(snapshots.size() - 1);
    }

    /**
     * Writes a snapshot, and returns whether there was room for it. Older ones go, but for the newest of them: first,
     * for they take the room that this one needs.
     */
    boolean remember(String directory, long offset, Map<Long, Producer> producers) throws IOException {
        List<Long> snapshots = snapshots(directory);
        if (snapshots.contains(offset)) {
            return true; // written over, it could be lost
        }
        for (int i = 0; i <= snapshots.size() - KEPT_SNAPSHOTS; i++) {
            disk.delete(Layout.file(directory, snapshots.get(i), Layout.SNAPSHOT));
        }
        String path = Layout.file(directory, offset, Layout.SNAPSHOT);
        try (DiskFile file = disk.create(path)) {
            file.write(ProducerSnapshot.encode(producers), 0);
            file.sync();
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("{} was not written: {}", path, e.toString());
            disk.delete(path);
            return false;
        }
        disk.syncDirectory(Layout.logDirectory(directory));
        return true;
    }

    /** Their offsets, in order. */
    private List<Long> snapshots(String directory) throws IOException {
        List<Long> snapshots = new ArrayList<>();
        for (String name : disk.list(Layout.logDirectory(directory))) {
            Layout.offsetOf(name, Layout.SNAPSHOT).ifPresent(snapshots::add);
        }
        Collections.sort(snapshots);
        return snapshots;
    }
}
