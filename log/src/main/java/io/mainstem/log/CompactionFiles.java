package io.mainstem.log;

import io.mainstem.log.Layout.Swap;
import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.concurrent.CompletableFuture;

/**
 * What compaction does to the files of a log.
 *
 * <p>How a group takes the place of its sources: the new file and the sources are durable; the mark is there, so that
 * the journal has no say about them; the thread that commits puts the new segment into the log, or does not if the log
 * has let go of a source meanwhile; and the background, in whose order all names change, renames it to a swap. From
 * then on a start finishes what is left: the sources go, and the swap becomes the segment.
 */
final class CompactionFiles {

    private final Disk disk;
    private final LocalOptions options;
    private final LogStore store;
    private final Background background;
    private final RecoveryChecks rules;

    CompactionFiles(Disk disk, LocalOptions options, LogStore store, Background background, RecoveryChecks rules) {
        this.disk = disk;
        this.options = options;
        this.store = store;
        this.background = background;
        this.rules = rules;
    }

    RecoveryChecks rules() {
        return rules;
    }

    /** For how many keys one compaction has room. */
    int keyLimit() {
        return Math.max(1, options.compactionBytes() / NewestOffsets.KEY_BYTES);
    }

    int segmentBytes(DurableLog log) {
        return Math.min(options.segmentBytes(), log.policy().segmentBytes());
    }

    /** A segment under a name that a start takes for a leftover. */
    Segment createCleaned(DurableLog log, long base) throws IOException {
        String path = Layout.file(log.directory(), base, Layout.CLEANED);
        disk.create(path).close();
        Segment cleaned = new Segment(store.segmentFiles(), path, base, Segment.Extent.empty(Long.MIN_VALUE));
        cleaned.prepareToPublish();
        cleaned.file().truncate(0);
        return cleaned;
    }

    /**
     * Says that what is before an offset is durable, and has offsets missing; completes when that is said, and fails
     * when nothing but the records remembers their producers. Segments that the log has let go of before go first: they
     * may not be durable, and are still there for a start.
     */
    CompletableFuture<Void> mark(DurableLog log, long end) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.submit(new Command.Task(() -> background.submit(() -> mark(log, end, done), done), done));
        return done;
    }

    private void mark(DurableLog log, long end, CompletableFuture<Void> done) throws SyncFailedException {
        if (log.isRemoved() || end <= log.compactedBefore()) {
            return;
        }
        try {
            if (store.sealing().snapshotOffset(log) < end) {
                throw new IOException("there was no room to remember its producers");
            }
            disk.create(Layout.file(log.directory(), end, Layout.COMPACTED)).close();
            disk.syncDirectory(Layout.logDirectory(log.directory()));
            deleteOlder(log, Layout.COMPACTED, end);
            log.compactedBefore(end);
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            done.completeExceptionally(e); // which harms nothing yet
        }
    }

    /** The next compaction goes on at an offset, also after a restart. */
    void rememberDirtyFrom(DurableLog log, long offset) throws IOException {
        disk.create(Layout.file(log.directory(), offset, Layout.DIRTY)).close();
        disk.syncDirectory(Layout.logDirectory(log.directory()));
        deleteOlder(log, Layout.DIRTY, offset);
        log.dirtyFrom(offset);
    }

    void delete(DurableLog log, Segment cleaned) throws IOException {
        if (!log.isRemoved()) {
            disk.delete(cleaned.path());
        }
    }

    /** Puts a group in its place, unless it has lost that; completes, or fails, when that is decided and done. */
    CompletableFuture<Void> swap(DurableLog log, CompactedGroup group) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Command.Action exchange = () -> {
            if (!log.isDeleted() && log.exchange(group.sources(), group.target())) {
                group.markInPlace();
                background.submit(() -> rename(log, group), done);
            } else {
                background.submit(group::discard, done);
            }
        };
        store.submit(new Command.Task(exchange, done));
        return done;
    }

    private void rename(DurableLog log, CompactedGroup group) throws IOException {
        if (!log.isRemoved()) {
            String directory = Layout.logDirectory(log.directory());
            Segment target = group.target();
            target.rename(Layout.swap(log.directory(), new Swap(group.base(), group.end())));
            disk.syncDirectory(directory);
            for (Segment source : group.sources()) {
                disk.delete(source.path());
                disk.delete(source.path(Layout.INDEX));
                disk.delete(source.path(Layout.TIME_INDEX));
            }
            target.rename(Layout.segment(log.directory(), group.base()));
            disk.syncDirectory(directory);
            store.sealing().writeIndex(target);
            target.dropIndex();
        }
        group.sources().forEach(Segment::release);
    }

    private void deleteOlder(DurableLog log, String suffix, long offset) throws IOException {
        String directory = Layout.logDirectory(log.directory());
        for (String name : disk.list(directory)) {
            if (Layout.offsetOf(name, suffix).filter(mark -> mark < offset).isPresent()) {
                disk.delete(directory + "/" + name);
            }
        }
    }
}
