package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.Fence;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine over the files of one data directory, and over memory.
 *
 * <p>Stages complete on the thread that commits: whoever depends on one hands over what takes time. Reads run on the
 * thread of the caller; new records come from the page cache, old ones may wait for the disk to read, never for a sync.
 * A log that was deleted must not be opened again with the same incarnation.
 */
public final class LocalEngine implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(LocalEngine.class);

    private final LocalOptions options;
    private final Lifecycle lifecycle;
    private final @Nullable DurableStore store;
    private final @Nullable DataDirectory directory;
    private final Map<LogId, Log> logs = new ConcurrentHashMap<>();
    private final LocalLogs localLogs = new Lookup();
    private final Housekeeper housekeeper;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalEngine(
            LocalOptions options,
            Lifecycle lifecycle,
            @Nullable DurableStore store,
            @Nullable DataDirectory directory) {
        this.options = options;
        this.lifecycle = lifecycle;
        this.store = store;
        this.directory = directory;
        this.housekeeper = new Housekeeper(this::housekeep, options.housekeepingMillis());
    }

    /**
     * Opens a data directory, recovers what it holds, and creates it when it is not there.
     *
     * @throws DataDirectoryException when that cannot be
     */
    public static LocalEngine open(Path dataDirectory, LocalOptions options) {
        DataDirectory directory = DataDirectory.hold(dataDirectory);
        try {
            Lifecycle lifecycle = new Lifecycle();
            DurableStore store = new DurableStore(
                    new FileDisk(dataDirectory, options.openFiles()), options, new RecoveryChecks(), lifecycle);
            store.start();
            return new LocalEngine(options, lifecycle, store, directory).start();
        } catch (IOException e) {
            release(directory);
            throw new DataDirectoryException(
                    DataDirectoryException.Kind.INACCESSIBLE, dataDirectory + " cannot be recovered: " + e, e);
        } catch (DataDirectoryException e) {
            release(directory);
            throw inDirectory(dataDirectory.toAbsolutePath().normalize(), e);
        } catch (RuntimeException e) {
            release(directory);
            throw e;
        }
    }

    /** Recovery knows only the paths below the directory. */
    private static DataDirectoryException inDirectory(Path directory, DataDirectoryException damaged) {
        return new DataDirectoryException(
                damaged.kind(),
                directory + "/" + damaged.getMessage()
                        + ". Nothing was changed. Restore it from a backup; or, to go on without the records of that"
                        + " log, remove its directory and the file " + directory.resolve(Layout.CLEAN_MARKER),
                damaged);
    }

    /** An engine that never touches a disk: every log is a log in memory. */
    public static LocalEngine inMemory(LocalOptions options) {
        return new LocalEngine(options, new Lifecycle(), null, null).start();
    }

    /** An engine over any disk; the caller starts or steps the store. */
    static LocalEngine over(DurableStore store, LocalOptions options, Lifecycle lifecycle) {
        return new LocalEngine(options, lifecycle, store, null);
    }

    /** Lets go of what the policies no longer keep; completes when it can no longer be read. */
    CompletionStage<Void> housekeep() {
        long nowMillis = options.clock().millis();
        for (Log log : logs.values()) {
            if (log instanceof MemoryLog memoryLog) {
                memoryLog.expire(nowMillis);
            }
        }
        return store == null ? CompletableFuture.completedFuture(null) : store.housekeep();
    }

    private LocalEngine start() {
        housekeeper.start();
        return this;
    }

    @Override
    public CompletionStage<Bounds> open(LogSpec spec) {
        if (!lifecycle.isOpen()) {
            return CompletableFuture.failedFuture(lifecycle.refusal());
        }
        Log known = logs.get(spec.id());
        if (known != null) {
            return known.configure(spec.policy()).thenApply(done -> known.bounds());
        }
        if (spec.inMemory() || store == null) {
            Log created = new MemoryLog(spec.id().toString(), options, spec.policy());
            Log first = logs.putIfAbsent(spec.id(), created);
            return CompletableFuture.completedFuture((first == null ? created : first).bounds());
        }
        return store.open(spec).thenApply(log -> {
            logs.put(spec.id(), log);
            return log.bounds();
        });
    }

    @Override
    public CompletionStage<Void> configure(LogId id, LogPolicy policy) {
        return onLog(id, log -> log.configure(policy));
    }

    @Override
    public CompletionStage<Void> delete(LogId id) {
        Log open = logs.remove(id);
        if (!lifecycle.isOpen()) {
            return CompletableFuture.failedFuture(lifecycle.refusal());
        }
        if (open != null) {
            return open.delete();
        }
        return store == null ? CompletableFuture.completedFuture(null) : store.delete(id);
    }

    @Override
    public CompletionStage<Long> append(LogId id, ByteBuffer batch) {
        return append(id, batch, null);
    }

    @Override
    public CompletionStage<Term> acquire(LogId stateLog) {
        return onLog(
                stateLog,
                log -> log.appendFence(Fence.batch(options.clock().millis()))
                        .thenApply(epoch -> new Term(stateLog, epoch)));
    }

    @Override
    public CompletionStage<Long> append(Term term, ByteBuffer batch) {
        return append(term.stateLog(), batch, term);
    }

    @Override
    public CompletionStage<ByteBuffer> read(LogId id, long fromOffset, int maxBytes) {
        return onLog(id, log -> CompletableFuture.completedFuture(log.read(fromOffset, maxBytes)));
    }

    @Override
    public Bounds bounds(LogId id) {
        return find(id).bounds();
    }

    @Override
    public Registration watch(LogId id, DurableListener listener) {
        return find(id).watch(listener);
    }

    @Override
    public CompletionStage<Void> trim(LogId id, long beforeOffset) {
        return onLog(id, log -> log.trim(beforeOffset));
    }

    @Override
    public Optional<LocalLogs> local() {
        return Optional.of(localLogs);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return; // another process may hold the directory by now
        }
        housekeeper.end();
        lifecycle.close();
        if (store != null) {
            store.close();
        }
        if (directory != null) {
            release(directory);
        }
    }

    private CompletionStage<Long> append(LogId id, ByteBuffer batch, @Nullable Term term) {
        if (batch.remaining() > options.maxBatchBytes()) {
            return CompletableFuture.failedFuture(new EngineException(
                    Kind.BATCH_TOO_LARGE,
                    "a batch of " + batch.remaining() + " bytes, where " + options.maxBatchBytes() + " is the limit"));
        }
        if (batch.remaining() < RecordBatch.HEADER_BYTES
                || RecordBatch.of(batch).sizeInBytes() != batch.remaining()) {
            throw new IllegalArgumentException("the buffer holds something else than one batch");
        }
        return onLog(id, log -> log.append(batch, term));
    }

    private Log find(LogId id) {
        if (!lifecycle.isOpen()) {
            throw lifecycle.refusal();
        }
        Log log = logs.get(id);
        if (log == null) {
            throw new EngineException(Kind.UNKNOWN_LOG, id + " is not open");
        }
        return log;
    }

    private <T> CompletionStage<T> onLog(LogId id, Function<Log, CompletionStage<T>> call) {
        try {
            return call.apply(find(id));
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void release(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("the lock was not released cleanly: {}", e.toString());
        }
    }

    private final class Lookup implements LocalLogs {
        @Override
        public Optional<FileSlice> slice(LogId id, long fromOffset, int maxBytes) {
            return find(id).slice(fromOffset, maxBytes);
        }

        @Override
        public Optional<TimedOffset> firstAtOrAfter(LogId id, long timestampMillis) {
            return find(id).firstAtOrAfter(timestampMillis);
        }

        @Override
        public Optional<TimedOffset> withMaxTimestamp(LogId id) {
            return find(id).withMaxTimestamp();
        }

        @Override
        public long sizeInBytes(LogId id) {
            return find(id).sizeInBytes();
        }

        @Override
        public List<ProducerState> producers(LogId id) {
            return find(id).producers();
        }

        @Override
        public Volume volume() {
            return directory == null ? new Volume("memory", -1, -1) : directory.volume();
        }
    }
}
