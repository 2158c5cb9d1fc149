package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogSpec;
import io.mainstem.log.disk.Disk;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The logs of a data directory as directories and files: makes and removes them, and knows which of them the disk may
 * not have yet. But for {@link #submit} and {@link #open} the methods are for the thread that commits.
 */
final class LogStore {

    private final Disk disk;
    private final LocalOptions options;
    private final CommandQueue commands;
    private final Background background;
    private final SegmentFiles segmentFiles;
    private final Removal removal;
    private final Sealing sealing;
    private final Housekeeping housekeeping;
    private final Map<String, DurableLog> logs = new HashMap<>();

    private Set<Segment> unsyncedSegments = new LinkedHashSet<>();
    private Set<DurableLog> unsyncedDirectories = new LinkedHashSet<>();
    private long unsyncedBytes;

    /** Segments that the background has been told to sync. */
    private final AtomicInteger syncing = new AtomicInteger();

    LogStore(Disk disk, LocalOptions options, CommandQueue commands, Background background) {
        this.disk = disk;
        this.options = options;
        this.commands = commands;
        this.background = background;
        this.segmentFiles = SegmentFiles.on(disk);
        this.sealing = new Sealing(disk, segmentFiles.indexFiles());
        this.removal = new Removal(disk, sealing);
        this.housekeeping = new Housekeeping(this);
    }

    SegmentFiles segmentFiles() {
        return segmentFiles;
    }

    Sealing sealing() {
        return sealing;
    }

    CommandQueue commands() {
        return commands;
    }

    void submit(Command command) {
        commands.submit(command);
    }

    /** Opens a log, and creates it when it is not there. */
    CompletionStage<Log> open(LogSpec spec) {
        CompletableFuture<Log> done = new CompletableFuture<>();
        submit(new Command.Task(() -> done.complete(openNow(spec)), done));
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

    /** Whether a commit would not open more files than may be open. */
    boolean isReady() {
        return syncing.get() <= options.unsyncedFiles();
    }

    /** The segment that takes a write: the last one, or a new one when that is full. */
    Segment segmentFor(LogWrite write) throws IOException {
        DurableLog log = write.log();
        Segment last = log.lastSegment();
        last.prepareToPublish();
        int segmentBytes = Math.min(options.segmentBytes(), log.policy().segmentBytes());
        boolean fits = last.readableBytes() + write.sizeInBytes() <= segmentBytes
                && log.admission().nextOffset() - last.baseOffset() <= Integer.MAX_VALUE; // as indexes count
        return fits || last.readableBytes() == 0 ? last : roll(log);
    }

    /** Remembers that a segment has bytes that the disk may lack. */
    void wrote(Segment segment, int bytes) {
        unsyncedSegments.add(segment);
        unsyncedBytes += bytes;
        // Nobody waits for this: it keeps short what a power failure can take and a start must look through.
        boolean isDue = options.durability() == Durability.OS && unsyncedBytes >= options.journalBytes();
        // A file that is not synced must stay open.
        if (isDue || unsyncedSegments.size() >= options.unsyncedFiles()) {
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

    /** Makes all durable, and leaves what saves the next start its work; when nothing else runs any more. */
    void leaveCheckpoint() throws IOException {
        takeUnsynced().run();
        List<Checkpoint.ClosedLog> closed = new ArrayList<>();
        for (DurableLog log : logs.values()) {
            if (log.lastSegment().isIndexWorthKeeping()) {
                sealing.writeIndex(log.lastSegment());
            }
            closed.add(log.closedLog());
        }
        Checkpoint.write(disk, closed);
    }

    void trim(DurableLog log, long beforeOffset, CompletableFuture<Void> done) throws IOException {
        ensureNotDeleted(log);
        Bounds bounds = log.bounds();
        if (beforeOffset > bounds.durableEndOffset()) {
            throw new EngineException(
                    Kind.OFFSET_OUT_OF_RANGE,
                    log.directory() + " has " + bounds + " and nothing before " + beforeOffset);
        }
        if (beforeOffset <= bounds.firstOffset()) {
            background.submit(() -> {}, done); // behind the trim that brought the log there
            return;
        }
        if (beforeOffset == bounds.durableEndOffset() && log.lastSegment().readableBytes() > 0) {
            roll(log);
        }
        letGoBefore(log, beforeOffset, done);
    }

    /** Lets go of the records before an offset, durably a little later. */
    void letGoBefore(DurableLog log, long beforeOffset) {
        letGoBefore(log, beforeOffset, new CompletableFuture<>());
    }

    private void letGoBefore(DurableLog log, long beforeOffset, CompletableFuture<Void> done) {
        Removal.Prefix prefix = new Removal.Prefix(
                log.letGoBefore(beforeOffset),
                log.segments().get(0).baseOffset(),
                beforeOffset,
                log.bounds().durableEndOffset(),
                log.admission().producers().settled());
        Segment last = log.lastSegment();
        background.submit(() -> removal.trim(log, prefix, last), done);
    }

    /**
     * One step for every log; see {@link Housekeeping}.
     *
     * @param then is shown each log
     */
    CompletionStage<Void> housekeep(Consumer<DurableLog> then) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Command.Action step = () -> {
            IOException failure = null;
            for (DurableLog log : logs.values()) {
                try {
                    housekeeping.run(log, options.clock().millis());
                    then.accept(log);
                } catch (SyncFailedException e) {
                    throw e;
                } catch (IOException e) {
                    failure = e; // of this log; what others let go of may be what it lacks
                }
            }
            if (failure != null) {
                throw failure;
            }
            done.complete(null);
        };
        submit(new Command.Task(step, done));
        return done;
    }

    void configure(DurableLog log, LogPolicy policy, CompletableFuture<Void> done) throws IOException {
        ensureNotDeleted(log);
        log.follow(policy);
        housekeeping.run(log, options.clock().millis());
        done.complete(null);
    }

    void delete(DurableLog log, CompletableFuture<Void> done) {
        ensureNotDeleted(log);
        logs.remove(log.directory());
        List<Segment> segments = log.markDeleted();
        background.submit(() -> removal.removeLog(log, segments), done);
    }

    /** Closes all files, when nothing else runs any more. */
    void close() {
        for (DurableLog log : logs.values()) {
            log.markDeleted().forEach(Segment::release);
            log.keptBack().forEach(Segment::release);
        }
    }

    private DurableLog openNow(LogSpec spec) throws IOException {
        String directory = DirectoryName.of(spec.id());
        DurableLog known = logs.get(directory);
        if (known != null) {
            known.follow(spec.policy());
            return known;
        }
        disk.createDirectory(Layout.logDirectory(directory));
        // Recovery takes a journal entry whose directory is not there for one of a deleted log.
        disk.syncDirectory(Layout.LOGS);
        DurableLog created =
                new DurableLog(directory, this, List.of(createSegment(directory, 0)), new Admission(0), Marks.NONE);
        created.follow(spec.policy());
        unsyncedDirectories.add(created);
        logs.put(directory, created);
        return created;
    }

    /** Has what is appended from now on go to a new segment. */
    Segment roll(DurableLog log) throws IOException {
        Segment last = log.lastSegment();
        last.prepareToPublish();
        long nextBase = log.bounds().durableEndOffset();
        Segment next = createSegment(log.directory(), nextBase);
        next.prepareToPublish();
        unsyncedDirectories.add(log);
        List<Segment> segments = new ArrayList<>(log.segments());
        segments.add(next);
        log.replaceSegments(segments);
        last.completeIndex();
        Map<Long, Producer> producers = log.admission().producers().settled();
        background.submit(() -> sealing.seal(log, last, nextBase, producers), new CompletableFuture<>());
        return next;
    }

    private Segment createSegment(String directory, long baseOffset) throws IOException {
        String path = Layout.segment(directory, baseOffset);
        disk.create(path).close();
        return new Segment(
                segmentFiles,
                path,
                baseOffset,
                Segment.Extent.empty(options.clock().millis()));
    }

    private Command.Action takeUnsynced() {
        Set<Segment> segments = unsyncedSegments;
        Set<DurableLog> directories = unsyncedDirectories;
        unsyncedSegments = new LinkedHashSet<>();
        unsyncedDirectories = new LinkedHashSet<>();
        unsyncedBytes = 0;
        syncing.addAndGet(segments.size());
        return () -> {
            for (Segment segment : segments) {
                segment.sync();
            }
            for (DurableLog log : directories) {
                removal.syncDirectory(log);
            }
            syncing.addAndGet(-segments.size());
        };
    }

    private static void ensureNotDeleted(DurableLog log) {
        if (log.isDeleted()) {
            throw new EngineException(Kind.UNKNOWN_LOG, log.directory() + " has been deleted");
        }
    }
}
