package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LogId;
import io.mainstem.log.disk.Disk;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The logs of a data directory as directories and files: makes and removes them, and knows which of them the disk may
 * not have yet. But for {@link #submit} and {@link #open} the methods are for the thread that commits.
 */
final class LogStore {

    private final Disk disk;
    private final LocalOptions options;
    private final CommandQueue commands;
    private final Background background;
    private final Map<String, DurableLog> logs = new HashMap<>();

    private Set<Segment> unsyncedSegments = new LinkedHashSet<>();
    private Set<DurableLog> unsyncedDirectories = new LinkedHashSet<>();
    private long unsyncedBytes;

    LogStore(Disk disk, LocalOptions options, CommandQueue commands, Background background) {
        this.disk = disk;
        this.options = options;
        this.commands = commands;
        this.background = background;
    }

    CommandQueue commands() {
        return commands;
    }

    void submit(Command command) {
        commands.submit(command);
    }

    /** Opens a log, and creates it when it is not there. */
    CompletionStage<Log> open(LogId id) {
        CompletableFuture<Log> done = new CompletableFuture<>();
        submit(new Command.Task(() -> done.complete(openNow(DirectoryName.of(id))), done));
        return done;
    }

    /** Deletes a log that nobody has opened, if it is there. */
    CompletionStage<Void> delete(LogId id) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Command.Action delete = () -> {
            DurableLog known = logs.get(DirectoryName.of(id));
            if (known == null) {
                done.complete(null);
            } else {
                delete(known, done);
            }
        };
        submit(new Command.Task(delete, done));
        return done;
    }

    /** Adds a log that was found on the disk. */
    void add(DurableLog log) {
        logs.put(log.directory(), log);
    }

    /** The segment that takes a write: the last one, or a new one when that is full. */
    Segment segmentFor(LogWrite write) throws IOException {
        DurableLog log = write.log();
        Segment last = log.lastSegment();
        boolean fits = last.readableBytes() + write.sizeInBytes() <= options.segmentBytes();
        return fits || last.readableBytes() == 0 ? last : roll(log);
    }

    /** Remembers that a segment has bytes that the disk may lack. */
    void wrote(Segment segment, int bytes) {
        unsyncedSegments.add(segment);
        unsyncedBytes += bytes;
        if (options.durability() == Durability.OS && unsyncedBytes >= options.journalBytes()) {
            // Nobody waits for this: it keeps short what a power failure can take and a start must look through.
            syncSegments(() -> {});
        }
    }

    /** Has the background sync whatever is not synced yet, and then do something else. */
    void syncSegments(Runnable then) {
        Command.Action sync = takeUnsynced();
        background.submit(
                () -> {
                    sync.run();
                    then.run();
                },
                new CompletableFuture<>());
    }

    /** Syncs whatever is not synced yet, when nothing else runs any more. */
    void syncSegmentsNow() throws IOException {
        takeUnsynced().run();
    }

    void trim(DurableLog log, long beforeOffset, CompletableFuture<Void> done) throws IOException {
        ensureNotDeleted(log);
        if (beforeOffset >= log.bounds().durableEndOffset() && log.lastSegment().readableBytes() > 0) {
            roll(log);
        }
        List<Segment> all = log.segments();
        int removedCount = 0;
        while (removedCount < all.size() - 1 && all.get(removedCount + 1).baseOffset() <= beforeOffset) {
            removedCount++;
        }
        List<Segment> removed = List.copyOf(all.subList(0, removedCount));
        log.replaceSegments(all.subList(removedCount, all.size()));
        background.submit(() -> removeSegments(log, removed), done);
    }

    void delete(DurableLog log, CompletableFuture<Void> done) {
        ensureNotDeleted(log);
        logs.remove(log.directory());
        List<Segment> segments = log.markDeleted();
        background.submit(() -> removeLog(log, segments), done);
    }

    /** Closes all files, when nothing else runs any more. */
    void close() {
        logs.values().forEach(log -> log.markDeleted().forEach(Segment::release));
    }

    private DurableLog openNow(String directory) throws IOException {
        DurableLog known = logs.get(directory);
        if (known != null) {
            return known;
        }
        disk.createDirectory(Layout.logDirectory(directory));
        // Recovery takes a journal entry whose directory is not there for one of a deleted log.
        disk.syncDirectory(Layout.LOGS);
        DurableLog created = new DurableLog(directory, this, List.of(createSegment(directory, 0)), new Admission(0));
        unsyncedDirectories.add(created);
        logs.put(directory, created);
        return created;
    }

    private Segment roll(DurableLog log) throws IOException {
        Segment next = createSegment(log.directory(), log.bounds().durableEndOffset());
        unsyncedDirectories.add(log);
        List<Segment> segments = new ArrayList<>(log.segments());
        segments.add(next);
        log.replaceSegments(segments);
        return next;
    }

    private Segment createSegment(String directory, long baseOffset) throws IOException {
        String path = Layout.segment(directory, baseOffset);
        DiskFile file = disk.open(path);
        return new Segment(path, baseOffset, file);
    }

    private Command.Action takeUnsynced() {
        Set<Segment> segments = unsyncedSegments;
        Set<DurableLog> directories = unsyncedDirectories;
        unsyncedSegments = new LinkedHashSet<>();
        unsyncedDirectories = new LinkedHashSet<>();
        unsyncedBytes = 0;
        return () -> {
            for (Segment segment : segments) {
                segment.sync();
            }
            for (DurableLog log : directories) {
                syncDirectory(log);
            }
        };
    }

    /** In the background, oldest first, so that what a crash leaves begins at one offset and has no gap. */
    private void removeSegments(DurableLog log, List<Segment> removed) throws IOException {
        // The first segment that stays tells where the log begins; it must be there before the others go.
        syncDirectory(log);
        for (Segment segment : removed) {
            disk.delete(segment.path());
            segment.release();
        }
        syncDirectory(log);
    }

    /** In the background, like all that looks for the directory under its name. */
    private void removeLog(DurableLog log, List<Segment> segments) throws IOException {
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

    private void syncDirectory(DurableLog log) throws IOException {
        // Not "is deleted": until the background has removed it, a crash may bring the log back, and it must be whole.
        if (!log.isRemoved()) {
            disk.syncDirectory(Layout.logDirectory(log.directory()));
        }
    }

    private static void ensureNotDeleted(DurableLog log) {
        if (log.isDeleted()) {
            throw new EngineException(Kind.UNKNOWN_LOG, log.directory() + " has been deleted");
        }
    }
}
