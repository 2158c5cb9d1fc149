package io.mainstem.broker;

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
import io.mainstem.engine.batch.BatchFilter;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An engine that keeps the contract and nothing beyond it: completions come late and out of order, outcomes are at
 * times unknown, reads fail now and then, strangers take over state logs, and topics lose records to retention and
 * compaction. What is in a {@link Store} survives its crash.
 */
final class HostileEngine implements Engine {

    /** How often it misbehaves, each in percent. */
    record Malice(int unknownOutcome, int lostTerm, int failedRead, int lostRecords) {
        static final Malice NONE = new Malice(0, 0, 0, 0);
        static final Malice USUAL = new Malice(4, 3, 3, 0);
        static final Malice FORGETFUL = new Malice(4, 3, 3, 10);
    }

    /** What is durable. */
    static final class Store {

        boolean hasLog(LogId id) {
            return logs.containsKey(id);
        }

        private final Map<LogId, StoredLog> logs = new HashMap<>();
        private final Set<String> lostValues = new HashSet<>();

        /** Values of records that retention or compaction took. */
        Set<String> lostValues() {
            return lostValues;
        }
    }

    private static final class StoredLog {
        final boolean inMemory;
        final List<ByteBuffer> batches = new ArrayList<>();
        final List<DurableListener> listeners = new ArrayList<>();
        long firstOffset;
        long endOffset;
        long epoch = -1;

        StoredLog(boolean inMemory) {
            this.inMemory = inMemory;
        }
    }

    private final Store store;
    private final SteppedLoops steps;
    private final Random random;
    private final Supplier<Malice> malice;
    private final Map<LogId, SteppedLoops.Lane> lanes = new HashMap<>();
    private int readCount;

    HostileEngine(Store store, SteppedLoops steps, Random random, Supplier<Malice> malice) {
        this.store = store;
        this.steps = steps;
        this.random = random;
        this.malice = malice;
        store.logs.values().removeIf(log -> log.inMemory);
        store.logs.values().forEach(log -> log.listeners.clear());
        store.logs.keySet().forEach(log -> lanes.put(log, steps.lane()));
    }

    @Override
    public CompletionStage<Bounds> open(LogSpec spec) {
        store.logs.computeIfAbsent(spec.id(), absent -> new StoredLog(spec.inMemory()));
        lanes.computeIfAbsent(spec.id(), absent -> steps.lane());
        CompletableFuture<Bounds> opened = new CompletableFuture<>();
        later(() -> opened.complete(bounds(spec.id())));
        return opened;
    }

    @Override
    public CompletionStage<Void> configure(LogId log, LogPolicy policy) {
        CompletableFuture<Void> configured = new CompletableFuture<>();
        later(() -> configured.complete(null));
        return configured;
    }

    @Override
    public CompletionStage<Void> delete(LogId log) {
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        later(() -> {
            store.logs.remove(log);
            deleted.complete(null);
        });
        return deleted;
    }

    @Override
    public CompletionStage<Long> append(LogId log, ByteBuffer batch) {
        return append(log, batch, false, 0);
    }

    @Override
    public CompletionStage<Long> append(Term term, ByteBuffer batch) {
        return append(term.stateLog(), batch, true, term.epoch());
    }

    @Override
    public CompletionStage<Term> acquire(LogId stateLog) {
        return append(stateLog, Fence.batch(steps.nowMillis()), false, 0).thenApply(epoch -> new Term(stateLog, epoch));
    }

    @Override
    public CompletionStage<ByteBuffer> read(LogId id, long fromOffset, int maxBytes) {
        CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
        readCount++;
        later(() -> {
            StoredLog log = store.logs.get(id);
            if (log == null) {
                answer.completeExceptionally(new EngineException(Kind.UNKNOWN_LOG, id.toString()));
            } else if (chance(malice.get().failedRead)) {
                answer.completeExceptionally(new EngineException(Kind.UNKNOWN_OUTCOME, "read failed"));
            } else if (fromOffset < log.firstOffset || fromOffset > log.endOffset) {
                answer.completeExceptionally(new EngineException(Kind.OFFSET_OUT_OF_RANGE, id + " " + fromOffset));
            } else {
                // at times less than could be had, as long as it is whole batches
                answer.complete(collect(log, fromOffset, 1 + random.nextInt(maxBytes)));
            }
        });
        return answer;
    }

    @Override
    public Bounds bounds(LogId id) {
        StoredLog log = store.logs.get(id);
        if (log == null) {
            throw new EngineException(Kind.UNKNOWN_LOG, id.toString());
        }
        return new Bounds(log.firstOffset, log.endOffset);
    }

    @Override
    public Registration watch(LogId id, DurableListener listener) {
        List<DurableListener> listeners = store.logs.get(id).listeners;
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletionStage<Void> trim(LogId id, long beforeOffset) {
        CompletableFuture<Void> trimmed = new CompletableFuture<>();
        later(() -> {
            StoredLog log = store.logs.get(id);
            if (log == null) {
                trimmed.completeExceptionally(new EngineException(Kind.UNKNOWN_LOG, id.toString()));
            } else {
                letGo(log, beforeOffset);
                trimmed.complete(null);
            }
        });
        return trimmed;
    }

    /** How many reads were asked of it. */
    int readCount() {
        return readCount;
    }

    /** Lets a topic keep of each batch but the last only some records. */
    void compact(LogId id, Predicate<Record> keeps) {
        StoredLog log = store.logs.get(id);
        for (ByteBuffer batch : List.copyOf(log.batches.subList(0, Math.max(0, log.batches.size() - 1)))) {
            ByteBuffer kept = BatchFilter.apply(RecordBatch.of(batch), record -> keeps.test(record) || lose(record), 0);
            int index = log.batches.indexOf(batch);
            log.batches.remove(index);
            if (kept.hasRemaining()) {
                log.batches.add(index, kept);
            }
        }
    }

    /** Retention wins over queues. */
    private void loseBefore(StoredLog log, long beforeOffset) {
        for (ByteBuffer batch : log.batches) {
            RecordReader reader = new RecordReader(RecordBatch.of(batch));
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() < beforeOffset) {
                    lose(record);
                }
            }
        }
        letGo(log, beforeOffset);
    }

    private static void letGo(StoredLog log, long beforeOffset) {
        log.firstOffset = Math.max(log.firstOffset, beforeOffset);
        log.batches.removeIf(batch -> RecordBatch.of(batch).lastOffset() < log.firstOffset);
    }

    private boolean lose(Record record) {
        ByteBuffer value = record.value();
        if (value != null) {
            store.lostValues.add(
                    StandardCharsets.UTF_8.decode(value.duplicate()).toString());
        }
        return false;
    }

    private void loseSome(LogId id) {
        StoredLog log = store.logs.get(id);
        if (log == null || random.nextBoolean()) {
            return;
        }
        if (random.nextBoolean()) {
            loseBefore(log, log.firstOffset + random.nextInt((int) (log.endOffset - log.firstOffset) + 1));
        } else {
            compact(id, record -> random.nextBoolean());
        }
    }

    @Override
    public Optional<LocalLogs> local() {
        return Optional.of(new HostileLogs());
    }

    /** Every batch is as large as a segment, and no record is ever young. */
    private final class HostileLogs implements LocalLogs {

        private static final long BATCH_BYTES = 64 << 20;

        @Override
        public Optional<FileSlice> slice(LogId log, long fromOffset, int maxBytes) {
            return Optional.empty();
        }

        @Override
        public Optional<TimedOffset> firstAtOrAfter(LogId log, long timestampMillis) {
            return Optional.empty();
        }

        @Override
        public Optional<TimedOffset> withMaxTimestamp(LogId log) {
            return Optional.empty();
        }

        @Override
        public long sizeInBytes(LogId id) {
            StoredLog log = store.logs.get(id);
            return log == null ? 0 : log.batches.size() * BATCH_BYTES;
        }

        @Override
        public List<ProducerState> producers(LogId log) {
            return List.of();
        }

        @Override
        public Volume volume() {
            return new Volume("", -1, -1);
        }
    }

    @Override
    public void close() {}

    private CompletionStage<Long> append(LogId id, ByteBuffer batch, boolean termed, long epoch) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        ByteBuffer copy =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        boolean fence = !termed && id.name().startsWith("__");
        lanes.get(id).execute(() -> {
            StoredLog log = store.logs.get(id);
            if (log == null) {
                fail(answer, Kind.UNKNOWN_LOG);
                return;
            }
            if (termed && chance(malice.get().lostTerm)) {
                log.epoch = store(log, Fence.batch(steps.nowMillis()));
            }
            if (termed && log.epoch != epoch) {
                // a late write of a lost term may still land in the log: readers must not count it
                if (chance(30)) {
                    store(log, copy);
                }
                fail(answer, Kind.FENCED);
                return;
            }
            boolean unknown = chance(malice.get().unknownOutcome);
            if (unknown && random.nextBoolean()) {
                fail(answer, Kind.UNKNOWN_OUTCOME);
                return;
            }
            long baseOffset = store(log, copy);
            if (!id.name().startsWith("__") && chance(malice.get().lostRecords)) {
                later(() -> loseSome(id));
            }
            if (fence) {
                log.epoch = baseOffset;
            }
            if (unknown) {
                fail(answer, Kind.UNKNOWN_OUTCOME);
            } else {
                later(() -> answer.complete(baseOffset));
            }
        });
        return answer;
    }

    private long store(StoredLog log, ByteBuffer batch) {
        long baseOffset = log.endOffset;
        RecordBatch.of(batch).place(baseOffset, 0);
        log.batches.add(batch);
        log.endOffset = RecordBatch.of(batch).nextOffset();
        long endOffset = log.endOffset;
        List.copyOf(log.listeners).forEach(listener -> listener.durable(endOffset));
        return baseOffset;
    }

    private static ByteBuffer collect(StoredLog log, long fromOffset, int maxBytes) {
        List<ByteBuffer> wanted = new ArrayList<>();
        int size = 0;
        for (ByteBuffer batch : log.batches) {
            if (RecordBatch.of(batch).lastOffset() >= fromOffset && (wanted.isEmpty() || size < maxBytes)) {
                wanted.add(batch);
                size += batch.remaining();
            }
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        wanted.forEach(batch -> all.put(batch.duplicate()));
        return all.flip();
    }

    private void fail(CompletableFuture<?> answer, Kind kind) {
        later(() -> answer.completeExceptionally(new EngineException(kind, "hostile")));
    }

    private void later(Runnable task) {
        steps.executeAnytime(task);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
