package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.Fence;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of what the broker has, and the one place where that changes: changes run one after the other in the metadata
 * loop; each decides on the present state, appends its record, and the state follows when the record is durable.
 *
 * <p>A record counts only if its epoch is that of the term in whose stretch of the log it stands. When an append fails
 * the log is acquired and read again, so that the state follows the log whatever became of the record.
 */
final class MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final LogId LOG_ID = new LogId("__metadata", 0, 0);
    private static final int READ_BYTES = 1 << 20;
    private static final int RETRY_DELAY_MILLIS = 100;
    private static final long NO_EPOCH = -1;

    /** Follows the log. */
    @FunctionalInterface
    interface Replay {
        /** Completes when the change has taken effect in every way. */
        CompletionStage<Void> apply(MetadataRecord change, long offset);
    }

    private final Engine engine;
    private final EventLoop loop;
    private final InstantSource clock;
    private final Replay replay;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy = true;
    private @Nullable Term term;
    private long epoch = NO_EPOCH;
    private long replayedThrough;

    MetadataLog(BrokerContext context, Replay replay) {
        this.engine = context.engine();
        this.loop = context.loops().metadata();
        this.clock = context.options().clock();
        this.replay = replay;
    }

    /** Becomes the writer and replays everything; completes in the metadata loop. */
    CompletionStage<Void> start() {
        return engine.open(new LogSpec(LOG_ID, false)).thenComposeAsync(bounds -> catchUp(), loop);
    }

    /** Lets the changes that were asked for run; called in the loop when the replay has taken effect. */
    void open() {
        busy = false;
        next();
    }

    /** Runs a change when its turn has come, in the metadata loop; from any thread. */
    <T> CompletionStage<T> change(Supplier<CompletionStage<T>> change) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            waiting.add(() -> run(change, answer));
            next();
        });
        return answer;
    }

    /** Within a change: makes a record durable and applies it; completes in the loop with its offset. */
    CompletionStage<Long> append(MetadataRecord record) {
        return append(List.of(record));
    }

    /**
     * Within a change: makes records durable, all or none of them, and applies them; completes with the first offset.
     */
    CompletionStage<Long> append(List<MetadataRecord> records) {
        Term current = term;
        if (current == null) {
            throw new IllegalStateException("metadata is appended before it was replayed");
        }
        BatchBuilder builder = new BatchBuilder(256);
        for (MetadataRecord record : records) {
            FieldWriter out = new FieldWriter().number(current.epoch());
            record.encode(out);
            builder.add(clock.millis(), null, out.bytes(), BatchBuilder.NO_HEADERS);
        }
        CompletableFuture<Long> answer = new CompletableFuture<>();
        engine.append(current, builder.build())
                .thenComposeAsync(
                        offset -> {
                            replayedThrough = offset + records.size();
                            return apply(records, offset).thenApply(applied -> offset);
                        },
                        loop)
                .whenCompleteAsync((offset, failure) -> appended(answer, offset, failure), loop);
        return answer;
    }

    private CompletionStage<Void> apply(List<MetadataRecord> records, long firstOffset) {
        CompletionStage<Void> applied = CompletableFuture.completedFuture(null);
        for (int index = 0; index < records.size(); index++) {
            MetadataRecord record = records.get(index);
            long offset = firstOffset + index;
            applied = applied.thenComposeAsync(before -> replay.apply(record, offset), loop);
        }
        return applied;
    }

    private void appended(CompletableFuture<Long> answer, @Nullable Long offset, @Nullable Throwable wrapped) {
        Throwable failure = Failures.unwrap(wrapped);
        if (failure == null && offset != null) {
            answer.complete(offset);
        } else if (failure instanceof EngineException e && e.kind() == EngineException.Kind.CLOSED) {
            answer.completeExceptionally(e);
        } else {
            LOG.warn("Metadata could not be appended and is read again: {}", String.valueOf(failure));
            catchUpUntilItWorks(answer, String.valueOf(failure));
        }
    }

    private void catchUpUntilItWorks(CompletableFuture<Long> answer, String failure) {
        catchUp()
                .whenCompleteAsync(
                        (done, again) -> {
                            if (again == null) {
                                answer.completeExceptionally(new EngineException(
                                        EngineException.Kind.UNKNOWN_OUTCOME,
                                        "the change may have happened: " + failure));
                            } else if (Failures.unwrap(again) instanceof EngineException e
                                    && e.kind() == EngineException.Kind.CLOSED) {
                                answer.completeExceptionally(e);
                            } else {
                                loop.schedule(() -> catchUpUntilItWorks(answer, failure), RETRY_DELAY_MILLIS);
                            }
                        },
                        loop);
    }

    private CompletionStage<Void> catchUp() {
        return engine.acquire(LOG_ID)
                .thenComposeAsync(
                        newTerm -> {
                            term = newTerm;
                            return replayUpTo(newTerm.epoch() + 1);
                        },
                        loop);
    }

    private CompletionStage<Void> replayUpTo(long endOffset) {
        if (replayedThrough >= endOffset) {
            return CompletableFuture.completedFuture(null);
        }
        return engine.read(LOG_ID, replayedThrough, READ_BYTES)
                .thenComposeAsync(batches -> replay(batches, batches.position()), loop)
                .thenComposeAsync(done -> replayUpTo(endOffset), loop);
    }

    private CompletionStage<Void> replay(ByteBuffer batches, int position) {
        CompletionStage<Void> applied = CompletableFuture.completedFuture(null);
        int next = position;
        while (next < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, next);
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (record.offset() >= replayedThrough) {
                    replayedThrough = record.offset() + 1;
                    applied = applied.thenComposeAsync(before -> replay(record), loop);
                }
            }
            next = batch.end();
        }
        return applied;
    }

    private CompletionStage<Void> replay(Record record) {
        ByteBuffer value = record.value();
        if (Fence.isFence(record)) {
            epoch = record.offset();
        } else if (value != null) {
            FieldReader in = new FieldReader(value);
            if (in.number() == epoch) {
                return replay.apply(MetadataRecord.decode(in), record.offset());
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private void next() {
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            waiting.remove().run();
        }
    }

    private <T> void run(Supplier<CompletionStage<T>> change, CompletableFuture<T> answer) {
        CompletionStage<T> running;
        try {
            running = change.get();
        } catch (RuntimeException e) {
            running = CompletableFuture.failedFuture(e);
        }
        running.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                    busy = false;
                    next();
                },
                loop);
    }
}
