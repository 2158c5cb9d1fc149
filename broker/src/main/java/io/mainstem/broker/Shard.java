package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.BatchBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fixed share of the queues, with one state log and one event loop. It becomes the log's only writer, folds what the
 * log says, and from then on writes what changes; whenever a write fails it starts over in the same way, so that there
 * is one path and it is used at every start.
 *
 * <pre>
 *   IDLE --first queue--> RECOVERING --folded--> READY <--> WRITING --failed--> RECOVERING
 * </pre>
 */
final class Shard {

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int RETRY_DELAY_MILLIS = 100;
    private static final Set<EngineException.Kind> LATER_THERE_IS_ROOM =
            Set.of(EngineException.Kind.STORE_FULL, EngineException.Kind.OVERLOADED);
    private static final int BATCH_BYTES = 1 << 20;

    /** What a message takes in a snapshot, roughly. */
    private static final int ROUTED_BYTES = 4;

    /** A snapshot follows when the log has grown by this share of the last one. */
    private static final int SNAPSHOT_SHARE = 4;

    private enum Phase {
        IDLE,
        RECOVERING,
        READY,
        /** Nothing else may be written until the outcome is known. */
        WRITING,
        CLOSED
    }

    private final Engine engine;
    private final BrokerOptions options;
    private final Queues queues;
    private final EventLoop loop;
    private final LogId stateLog;
    private final Set<Queue> members = new LinkedHashSet<>();
    private final Set<Queue> changed = new LinkedHashSet<>();
    private final List<CompletableFuture<Void>> flushWaiters = new ArrayList<>();
    private final CompletableFuture<Void> firstRecovery = new CompletableFuture<>();

    private Phase phase = Phase.IDLE;
    private @Nullable Term term;
    private List<StateRecord> saving = List.of();
    private boolean timerSet;
    private long bytesSinceSnapshot;
    private long bytesBeforeSnapshot;
    private long snapshotBytes;

    /** Messages that the queues have got since the snapshot, which a start would have to route again. */
    private long routedSinceSnapshot;

    Shard(int number, BrokerContext context, Queues queues) {
        this.engine = context.engine();
        this.options = context.options();
        this.queues = queues;
        this.loop = context.loops().of(number);
        this.stateLog = new LogId("__state", number, 0);
    }

    EventLoop loop() {
        return loop;
    }

    /** Takes a queue in; from any thread. Completes once the shard has recovered for the first time. */
    CompletionStage<Void> add(Queue queue) {
        loop.execute(() -> {
            if (!queue.spec().isPersistent()) {
                queue.restore(new QueueFold(), queues::topicByNumber, queues.inlets(queue));
                return;
            }
            members.add(queue);
            if (phase == Phase.IDLE) {
                recover();
            } else if (phase == Phase.READY || phase == Phase.WRITING) {
                queue.restore(new QueueFold(), queues::topicByNumber, queues.inlets(queue));
            }
        });
        return queue.spec().isPersistent() ? firstRecovery : CompletableFuture.completedFuture(null);
    }

    void remove(Queue queue) {
        members.remove(queue);
        changed.remove(queue);
    }

    /** In the loop: the queue may have something to save. */
    void changed(Queue queue) {
        changed.add(queue);
        if (!timerSet && phase != Phase.CLOSED) {
            timerSet = true;
            loop.schedule(this::write, options.settlementDelayMillis());
        }
    }

    /** In the loop: a queue has got messages. */
    void grew(int messages) {
        routedSinceSnapshot += messages;
    }

    /** In the loop: completes once all that has changed so far is durable. */
    CompletionStage<Void> flush() {
        if (phase == Phase.IDLE) {
            // with transient queues only there is nothing to write
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        flushWaiters.add(flushed);
        write();
        return flushed;
    }

    /** From any thread: writes everything, with a word that it is complete, and stops. */
    CompletionStage<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(() -> {
            if (phase == Phase.IDLE || phase == Phase.CLOSED) {
                phase = Phase.CLOSED;
                closed.complete(null);
                return;
            }
            flush().thenComposeAsync(done -> writeLastSnapshot(), loop)
                    .whenCompleteAsync(
                            (done, failure) -> {
                                phase = Phase.CLOSED;
                                closed.complete(null);
                            },
                            loop);
        });
        return closed;
    }

    private CompletionStage<Long> writeLastSnapshot() {
        phase = Phase.WRITING;
        return append(snapshots(true));
    }

    private void recover() {
        phase = Phase.RECOVERING;
        engine.open(new LogSpec(stateLog, false))
                .thenCompose(bounds -> engine.acquire(stateLog))
                .thenComposeAsync(
                        newTerm -> {
                            term = newTerm;
                            return new StateLogReader(engine, newTerm, loop).read();
                        },
                        loop)
                .whenCompleteAsync(
                        (folds, failure) -> {
                            if (failure == null) {
                                recovered(folds);
                            } else {
                                retry("recovering", failure);
                            }
                        },
                        loop);
    }

    private void recovered(Map<Long, QueueFold> folds) {
        // what consumers have answered stays answered, whether or not the log has heard of it
        takeUnsaved(members);
        for (StateRecord unsaved : saving) {
            folds.computeIfAbsent(unsaved.queue(), absent -> new QueueFold()).apply(unsaved);
        }
        phase = Phase.READY;
        for (Queue queue : members) {
            QueueFold fold = folds.getOrDefault(queue.number(), new QueueFold());
            queue.restore(fold, queues::topicByNumber, queues.inlets(queue));
        }
        firstRecovery.complete(null);
        write();
    }

    /** Writes what has changed, unless a write is under way: the end of that one calls again. */
    private void write() {
        timerSet = false;
        if (phase != Phase.READY) {
            return;
        }
        takeUnsaved(changed);
        changed.clear();
        List<CompletableFuture<Void>> waiters = List.copyOf(flushWaiters);
        flushWaiters.clear();
        boolean checkpoint = isSnapshotDue();
        if (saving.isEmpty() && !checkpoint) {
            waiters.forEach(waiter -> waiter.complete(null));
            return;
        }
        phase = Phase.WRITING;
        append(checkpoint ? snapshots(false) : saving)
                .whenCompleteAsync((baseOffset, failure) -> written(checkpoint, baseOffset, waiters, failure), loop);
    }

    private boolean isSnapshotDue() {
        long grown = bytesSinceSnapshot + ROUTED_BYTES * routedSinceSnapshot;
        return grown >= Math.max(options.checkpointBytes(), snapshotBytes / SNAPSHOT_SHARE);
    }

    private void written(
            boolean checkpoint,
            @Nullable Long baseOffset,
            List<CompletableFuture<Void>> waiters,
            @Nullable Throwable failure) {
        if (baseOffset == null) {
            flushWaiters.addAll(waiters);
            if (Failures.unwrap(failure) instanceof EngineException e && LATER_THERE_IS_ROOM.contains(e.kind())) {
                // nothing was written; consumers go on, and what they settle is written when there is room
                phase = Phase.READY;
                timerSet = true;
                loop.schedule(this::write, RETRY_DELAY_MILLIS);
            } else {
                retry("writing", failure);
            }
            return;
        }
        saving = List.of();
        phase = Phase.READY;
        waiters.forEach(waiter -> waiter.complete(null));
        if (checkpoint) {
            // the snapshots say all that the records before them said; a trim that fails is made up for by the next
            snapshotBytes = bytesSinceSnapshot - bytesBeforeSnapshot;
            bytesSinceSnapshot = 0;
            engine.trim(stateLog, baseOffset);
        }
        if (!flushWaiters.isEmpty() || !changed.isEmpty()) {
            write();
        }
    }

    private void takeUnsaved(Set<Queue> from) {
        List<StateRecord> joined = new ArrayList<>(saving);
        for (Queue queue : from) {
            joined.addAll(queue.takeUnsaved());
        }
        saving = joined;
    }

    private List<StateRecord> snapshots(boolean stoppedInOrder) {
        bytesBeforeSnapshot = bytesSinceSnapshot;
        routedSinceSnapshot = 0;
        List<StateRecord> records = new ArrayList<>();
        for (Queue queue : members) {
            records.addAll(queue.snapshot(stoppedInOrder));
        }
        return records;
    }

    /** Writes the records under the current term, batch by batch; completes with the offset of the first one. */
    private CompletionStage<Long> append(List<StateRecord> records) {
        return append(current(), records, 0);
    }

    private CompletionStage<Long> append(Term current, List<StateRecord> records, int from) {
        if (from == records.size()) {
            return CompletableFuture.completedFuture(0L);
        }
        BatchBuilder builder = new BatchBuilder(256);
        long nowMillis = options.clock().millis();
        int next = from;
        while (next < records.size() && builder.sizeInBytes() < BATCH_BYTES) {
            builder.add(nowMillis, null, records.get(next++).encode(current.epoch()), BatchBuilder.NO_HEADERS);
        }
        bytesSinceSnapshot += builder.sizeInBytes();
        int end = next;
        return engine.append(current, builder.build())
                .thenComposeAsync(offset -> append(current, records, end).thenApply(others -> offset), loop);
    }

    private void retry(String what, @Nullable Throwable wrapped) {
        Throwable failure = Failures.unwrap(wrapped);
        if (failure instanceof EngineException e && e.kind() == EngineException.Kind.CLOSED) {
            phase = Phase.CLOSED;
            flushWaiters.forEach(waiter -> waiter.completeExceptionally(e));
            flushWaiters.clear();
            firstRecovery.completeExceptionally(e);
            return;
        }
        LOG.warn("{} failed while {} and starts over: {}", stateLog, what, String.valueOf(failure));
        phase = Phase.RECOVERING;
        loop.schedule(this::recover, RETRY_DELAY_MILLIS);
    }

    private Term current() {
        Term current = term;
        if (current == null) {
            throw new IllegalStateException(stateLog + " has no term");
        }
        return current;
    }
}
