package io.mainstem.protocol.kafka;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.Fence;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A store that a test holds in its hand: appends to a log whose name it {@link #hold}s wait for {@link #release}, and
 * it counts the file slices that nobody has closed. Durable logs have a file, so that fetches go the zero-copy way.
 */
final class TestEngine implements Engine {

    private final Path directory;
    private final Map<LogId, TestLog> logs = new ConcurrentHashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private final List<CompletableFuture<Long>> heldStages = new ArrayList<>();
    private final AtomicInteger openSlices = new AtomicInteger();
    private final AtomicInteger slices = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private @Nullable String holding;
    private EngineException.@Nullable Kind failing;

    TestEngine(Path directory) {
        this.directory = directory;
    }

    /** From now on appends to the topic wait. */
    synchronized void hold(String topic) {
        holding = topic;
    }

    /** From now on appends fail, those of unknown outcome after they have happened; null ends that. */
    synchronized void fail(EngineException.@Nullable Kind kind) {
        failing = kind;
    }

    synchronized int heldAppends() {
        return held.size();
    }

    /** Lets the appends that wait happen, the last one first when told so. */
    void release(boolean lastFirst) {
        for (List<Runnable> appends = takeHeld(); !appends.isEmpty(); appends = takeHeld()) {
            if (lastFirst) {
                Collections.reverse(appends);
            }
            appends.forEach(Runnable::run);
        }
    }

    /** Holds on until there are none, so that what comes meanwhile does not overtake what waits. */
    private synchronized List<Runnable> takeHeld() {
        List<Runnable> appends = new ArrayList<>(held);
        held.clear();
        heldStages.clear();
        if (appends.isEmpty()) {
            holding = null;
        }
        return appends;
    }

    /** Lets the appends that wait fail; nothing of them is stored. */
    void failHeld(EngineException.Kind kind) {
        List<CompletableFuture<Long>> failed;
        synchronized (this) {
            holding = null;
            failed = new ArrayList<>(heldStages);
            held.clear();
            heldStages.clear();
        }
        failed.forEach(stage -> stage.completeExceptionally(new EngineException(kind, "planted")));
    }

    int openSlices() {
        return openSlices.get();
    }

    int slices() {
        return slices.get();
    }

    int watches() {
        return watches.get();
    }

    @Override
    public CompletionStage<Bounds> open(LogSpec spec) {
        TestLog log = logs.computeIfAbsent(spec.id(), id -> new TestLog(channel(spec)));
        return CompletableFuture.completedFuture(log.bounds());
    }

    private @Nullable FileChannel channel(LogSpec spec) {
        try {
            return spec.inMemory() ? null : TestLog.openFile(directory, spec.id());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletionStage<Void> configure(LogId log, LogPolicy policy) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> delete(LogId log) {
        logs.remove(log);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Long> append(LogId id, ByteBuffer batch) {
        TestLog log = log(id);
        synchronized (this) {
            if (failing == EngineException.Kind.UNKNOWN_OUTCOME) {
                log.append(batch);
            }
            if (failing != null) {
                return CompletableFuture.failedFuture(new EngineException(failing, "planted"));
            }
            if (id.name().equals(holding)) {
                CompletableFuture<Long> stage = new CompletableFuture<>();
                held.add(() -> stage.complete(log.append(batch)));
                heldStages.add(stage);
                return stage;
            }
        }
        return CompletableFuture.completedFuture(log.append(batch));
    }

    @Override
    public CompletionStage<Term> acquire(LogId stateLog) {
        long epoch = log(stateLog).append(Fence.batch(0));
        return CompletableFuture.completedFuture(new Term(stateLog, epoch));
    }

    @Override
    public CompletionStage<Long> append(Term term, ByteBuffer batch) {
        return CompletableFuture.completedFuture(log(term.stateLog()).append(batch));
    }

    @Override
    public CompletionStage<ByteBuffer> read(LogId log, long fromOffset, int maxBytes) {
        return CompletableFuture.completedFuture(log(log).read(fromOffset, maxBytes));
    }

    @Override
    public Bounds bounds(LogId log) {
        return log(log).bounds();
    }

    @Override
    public Registration watch(LogId log, DurableListener listener) {
        Registration registration = log(log).watch(listener);
        watches.incrementAndGet();
        return () -> {
            watches.decrementAndGet();
            registration.close();
        };
    }

    @Override
    public CompletionStage<Void> trim(LogId log, long beforeOffset) {
        log(log).trim(beforeOffset);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Optional<LocalLogs> local() {
        return Optional.of(new LocalLogs() {
            @Override
            public Optional<FileSlice> slice(LogId log, long fromOffset, int maxBytes) {
                Optional<FileSlice> slice = log(log).slice(fromOffset, maxBytes, openSlices::decrementAndGet);
                slice.ifPresent(it -> {
                    slices.incrementAndGet();
                    openSlices.incrementAndGet();
                });
                return slice;
            }

            @Override
            public Optional<TimedOffset> firstAtOrAfter(LogId log, long timestampMillis) {
                return log(log).firstAtOrAfter(timestampMillis);
            }

            @Override
            public Optional<TimedOffset> withMaxTimestamp(LogId log) {
                return log(log).withMaxTimestamp();
            }

            @Override
            public long sizeInBytes(LogId log) {
                return log(log).sizeInBytes();
            }

            @Override
            public List<ProducerState> producers(LogId log) {
                return List.of();
            }

            @Override
            public Volume volume() {
                return new Volume(directory.toString(), 1 << 30, 1 << 29);
            }
        });
    }

    @Override
    public void close() {
        logs.values().forEach(TestLog::close);
    }

    private TestLog log(LogId id) {
        TestLog log = logs.get(id);
        if (log == null) {
            throw new EngineException(EngineException.Kind.UNKNOWN_LOG, id.toString());
        }
        return log;
    }
}
