package io.mainstem.broker;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages of one queue that nobody holds out of an old part of a log, so that the log can let go of it: their
 * records are copied into the queue's own topic, and then the state log says that they stand there. Until then, and if
 * the broker ends before, they stand where they were published; copies that nobody speaks of are nothing. The messages
 * keep their places, and consumers do not notice. Belongs to the queue's event loop.
 */
final class Relocations {

    /** So many are relocated with one look at all messages. */
    private static final int MOST_AT_A_TIME = 50_000;

    private static final int BATCH_BYTES = 256 << 10;

    private final Queue queue;
    private final QueueState state;

    /** One after the other, so that what is relocated later stands behind. */
    private CompletionStage<Boolean> last = CompletableFuture.completedFuture(true);

    Relocations(Queue queue, QueueState state) {
        this.queue = queue;
        this.state = state;
    }

    /** From any thread: what the queue has between two offsets of a log. */
    CompletionStage<Backlog> backlog(Topic topic, int partition, long firstOffset, long endOffset) {
        return queue.calls().compose(() -> {
            Backlog backlog = Backlog.none(firstOffset, endOffset);
            for (QueueSource source : state.sources()) {
                if (source.topic.equals(topic) && source.partition == partition) {
                    backlog = backlog.plus(backlog(source, Backlog.none(firstOffset, endOffset)));
                }
            }
            return CompletableFuture.completedFuture(backlog);
        });
    }

    private Backlog backlog(QueueSource source, Backlog empty) {
        if (!canRelocate(source)) {
            return empty.fixed(state.lowestPending()[source.index]);
        }
        state.index().forEach(message -> {
            if (message.source == source.index) {
                empty.add(message);
            }
        });
        long fixed = Long.MAX_VALUE;
        for (PendingMessage message : state.held()) {
            fixed = message.source == source.index ? Math.min(fixed, message.offset) : fixed;
        }
        for (long offset : source.heldAhead.keySet()) {
            fixed = Math.min(fixed, offset);
        }
        return empty.fixed(fixed);
    }

    private boolean canRelocate(QueueSource source) {
        return state.isSaved(source)
                && queue.spec().settings().text(QueueSettings.DIRECT_TOPIC).isEmpty();
    }

    /**
     * From any thread: relocates what stands below an offset of a log; completes once that is durable, with whether
     * everything was relocated.
     */
    CompletionStage<Boolean> relocate(Topic topic, int partition, long belowOffset) {
        return queue.ownTopic()
                .present()
                .thenCompose(own -> queue.calls().compose(() -> {
                    last = last.handle((before, failure) -> before)
                            .thenComposeAsync(before -> relocate(topic, partition, belowOffset, own), queue.loop());
                    return last;
                }));
    }

    private CompletionStage<Boolean> relocate(Topic topic, int partition, long belowOffset, Topic own) {
        boolean hasRoom = own.equals(topic) || !own.isHeld();
        CompletionStage<Boolean> relocated = CompletableFuture.completedFuture(hasRoom);
        for (QueueSource source : List.copyOf(state.sources())) {
            if (hasRoom && source.topic.equals(topic) && source.partition == partition && canRelocate(source)) {
                relocated = relocated.thenComposeAsync(
                        all -> new Run(source, own, belowOffset).begin().thenApply(one -> all && one), queue.loop());
            }
        }
        return relocated;
    }

    /** What is relocated from one source. */
    private final class Run {
        private final QueueSource source;
        private final Topic own;
        private final long belowOffset;
        private final RecordLookup lookup = new RecordLookup();
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();

        /** Where each is found that has been copied. */
        private final Map<Long, Long> newOffsets = new HashMap<>();

        private List<Long> offsets = List.of();
        private int next;
        private List<Long> copying = new ArrayList<>();
        private BatchBuilder batch = new BatchBuilder(BATCH_BYTES);

        Run(QueueSource source, Topic own, long belowOffset) {
            this.source = source;
            this.own = own;
            this.belowOffset = belowOffset;
        }

        CompletionStage<Boolean> begin() {
            long[] ends = own.durableEnds();
            own.reserve(this, ends);
            round();
            return done.whenComplete((all, failure) -> own.release(this));
        }

        private void round() {
            offsets = lowestOffsets();
            next = 0;
            newOffsets.clear();
            if (offsets.isEmpty()) {
                done.complete(true);
            } else {
                copyNext();
            }
        }

        private List<Long> lowestOffsets() {
            TreeSet<Long> lowest = new TreeSet<>();
            state.index().forEach(message -> {
                if (message.source == source.index && message.offset < belowOffset) {
                    lowest.add(message.offset);
                    if (lowest.size() > MOST_AT_A_TIME) {
                        lowest.pollLast();
                    }
                }
            });
            return List.copyOf(lowest);
        }

        private void copyNext() {
            if (queue.isDeleted()) {
                done.complete(false);
            } else if (next == offsets.size() || batch.sizeInBytes() >= BATCH_BYTES) {
                append();
            } else {
                long offset = offsets.get(next++);
                lookup.read(source.topic, source.partition, offset)
                        .thenAcceptAsync(
                                record -> {
                                    // one that is gone, or cannot be decoded, is nothing until its turn comes
                                    record.ifPresent(present -> copy(offset, present));
                                    copyNext();
                                },
                                queue.loop())
                        .whenComplete((copied, failure) -> failIf(failure));
            }
        }

        private void copy(long offset, Record record) {
            RelocatedFrom from = RelocatedFrom.of(source, record);
            batch.add(record.timestampMillis(), record.key(), record.value(), from.addTo(record));
            copying.add(offset);
        }

        private void failIf(@Nullable Throwable failure) {
            if (failure != null) {
                done.completeExceptionally(failure);
            }
        }

        private void append() {
            List<Long> copied = copying;
            copying = new ArrayList<>();
            if (copied.isEmpty()) {
                end(copied, 0);
                return;
            }
            BatchBuilder full = batch;
            batch = new BatchBuilder(BATCH_BYTES);
            own.intake()
                    .appendLetIn(0, full.build())
                    .thenAcceptAsync(baseOffset -> end(copied, baseOffset), queue.loop())
                    .whenComplete((ended, failure) -> failIf(failure));
        }

        private void end(List<Long> copied, long baseOffset) {
            for (int index = 0; index < copied.size(); index++) {
                newOffsets.put(copied.get(index), baseOffset + index);
            }
            if (next < offsets.size()) {
                copyNext();
                return;
            }
            boolean all = newOffsets.size() == offsets.size();
            state.relocate(source, own, newOffsets);
            queue.changed();
            queue.flush()
                    .thenRunAsync(() -> saved(all), queue.loop())
                    .whenComplete((saved, failure) -> failIf(failure));
        }

        private void saved(boolean all) {
            if (all) {
                round();
            } else {
                done.complete(false);
            }
        }
    }
}
