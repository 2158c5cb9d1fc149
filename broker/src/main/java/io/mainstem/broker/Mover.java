package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages out of a queue without losing or doubling one, whenever the broker ends: says in the state log what is
 * to be appended where, appends the copies, and then settles. Whoever finds such a word that no settlement follows
 * looks in the target first. Belongs to the queue's event loop; the messages are in its hands until they are settled or
 * given back.
 */
final class Mover {

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);
    private static final int MOST_MESSAGES = 1_000;
    private static final long MOST_BYTES = 4 << 20;
    private static final int RETRY_DELAY_MILLIS = 100;

    /**
     * One message, and its copy; a move that the last process began has no copies any more.
     *
     * @param withoutTarget why the message is gone if nobody can get its copy; empty: then it is given back
     */
    private record Item(PendingMessage message, @Nullable Message copy, Optional<SettleReason> withoutTarget) {}

    /** Messages of one source that go to one topic. */
    private static final class Move {
        final QueueSource source;
        final Topic target;
        final long[] targetOffsets;
        final List<Item> items = new ArrayList<>();

        /** Nothing is said in the state log about what ends with the process. */
        boolean isSaved;

        Move(QueueSource source, Topic target, long[] targetOffsets) {
            this.source = source;
            this.target = target;
            this.targetOffsets = targetOffsets;
        }

        StateRecord.Moving record(long queueNumber) {
            OffsetRanges offsets = new OffsetRanges();
            items.forEach(item -> offsets.add(item.message().offset));
            return new StateRecord.Moving(queueNumber, source.id, offsets, target.number(), targetOffsets);
        }
    }

    private record Waiting(Item item, CopyTarget target, CompletableFuture<Topic> topic) {
        static Waiting of(Item item, CopyTarget target) {
            return new Waiting(item, target, target.topic().get().toCompletableFuture());
        }
    }

    private final Queue queue;
    private final QueueState state;
    private final EventLoop loop;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Set<Move> moves = new HashSet<>();
    private final List<StateRecord.Moving> unsaved = new ArrayList<>();
    private long messages;
    private long bytes;
    private boolean starting;

    Mover(Queue queue, QueueState state) {
        this.queue = queue;
        this.state = state;
        this.loop = queue.loop();
    }

    /** Whether more should be given to it now. */
    boolean hasRoom() {
        return messages < MOST_MESSAGES && bytes < MOST_BYTES;
    }

    /** Whether a place that messages go to has no room for them until its own consumers make some. */
    boolean isHeld() {
        return moves.stream().anyMatch(move -> move.target.isHeld());
    }

    /**
     * Takes over a message that is in somebody's hands, and settles it when its copy is durable.
     *
     * @param withoutTarget why it is settled if nobody can get its copy; empty: then it is given back
     */
    // Optional as a parameter: it goes into the item as it is.
    void move(PendingMessage message, Message copy, CopyTarget target, Optional<SettleReason> withoutTarget) {
        messages++;
        bytes += message.valueBytes;
        begin(Waiting.of(new Item(message, copy, withoutTarget), target));
    }

    private void begin(Waiting it) {
        waiting.add(it);
        if (!starting) {
            starting = true;
            // not at once: what comes with it goes together
            loop.execute(this::start);
        }
    }

    /** What the state log has not been told. */
    List<StateRecord.Moving> takeUnsaved() {
        List<StateRecord.Moving> taken = List.copyOf(unsaved);
        unsaved.clear();
        return taken;
    }

    /** The moves that have begun and not ended, of which the state log knows or is to know. */
    List<StateRecord.Moving> open() {
        return moves.stream()
                .filter(move -> move.isSaved)
                .map(move -> move.record(queue.number()))
                .toList();
    }

    /** Finds out what became of the moves of an earlier process. */
    void resume(List<QueueState.UndecidedMove> undecided, LongFunction<Optional<Topic>> topicOf) {
        for (QueueState.UndecidedMove it : undecided) {
            Optional<Topic> target = topicOf.apply(it.targetTopic());
            if (target.isEmpty()) {
                it.messages().forEach(message -> state.letGo(message, queue.nowMillis()));
                continue;
            }
            Move move = new Move(it.source(), target.get(), it.targetOffsets());
            move.isSaved = true;
            it.messages().forEach(message -> move.items.add(new Item(message, null, Optional.empty())));
            open(move);
            messages += move.items.size();
            look(move);
        }
    }

    private void start() {
        List<Waiting> batch = List.copyOf(waiting);
        waiting.clear();
        CompletionStage<Void> targets =
                CompletableFuture.allOf(batch.stream().map(Waiting::topic).toArray(CompletableFuture[]::new));
        targets.whenComplete((done, failure) -> loop.execute(() -> begin(batch)));
    }

    private void begin(List<Waiting> batch) {
        starting = false;
        Map<List<Object>, Move> begun = new LinkedHashMap<>();
        for (Waiting it : batch) {
            if (it.topic().isCompletedExceptionally()) {
                withoutTopic(it);
            } else {
                try {
                    QueueSource source = state.source(it.item().message());
                    Topic topic = it.topic().join();
                    begun.computeIfAbsent(List.of(source, topic), key -> new Move(source, topic, topic.durableEnds()))
                            .items
                            .add(it.item());
                } catch (EngineException e) {
                    // the topic has gone meanwhile
                    endWithoutTarget(it.item());
                }
            }
        }
        for (Move move : begun.values()) {
            open(move);
            move.isSaved = state.isSaved(move.source) && !move.target.spec().inMemory();
            if (move.isSaved) {
                unsaved.add(move.record(queue.number()));
            }
        }
        // first, or what is to be written would not be looked for here
        queue.changed();
        boolean told = begun.values().stream().anyMatch(move -> move.isSaved);
        CompletionStage<Void> saved = told ? queue.flush() : CompletableFuture.completedFuture(null);
        saved.whenComplete((done, failure) -> {
            if (failure == null) {
                loop.execute(() -> begun.values().forEach(this::append));
            } // otherwise the store has gone, and the next process knows nothing of it
        });
        if (!waiting.isEmpty() && !starting) {
            starting = true;
            loop.execute(this::start);
        }
    }

    private void withoutTopic(Waiting it) {
        CompletionStage<Topic> failed = it.topic();
        failed.whenComplete((topic, wrapped) -> {
            Throwable failure = Failures.unwrap(wrapped);
            if (failure instanceof BrokerException) {
                // who was to get it has gone meanwhile
                endWithoutTarget(it.item());
            } else if (!(failure instanceof EngineException e && e.kind() == EngineException.Kind.CLOSED)) {
                loop.schedule(() -> begin(Waiting.of(it.item(), it.target())), RETRY_DELAY_MILLIS);
            }
        });
    }

    private void append(Move move) {
        Map<Integer, Throwable> failures = new HashMap<>();
        int[] outcomes = {0};
        List<Item> appended = List.copyOf(move.items);
        for (int index = 0; index < appended.size(); index++) {
            Message copy = appended.get(index).copy();
            if (copy == null) {
                throw new IllegalStateException("a message without a copy is looked for, not appended");
            }
            move.target.publishCopy(
                    copy,
                    (token, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            failures.put((int) token, failure);
                        }
                        if (++outcomes[0] == appended.size()) {
                            finish(move, appended, failures);
                        }
                    }),
                    index);
        }
    }

    private void finish(Move move, List<Item> appended, Map<Integer, Throwable> failures) {
        for (int index = 0; index < appended.size(); index++) {
            if (!failures.containsKey(index)) {
                end(move, appended.get(index), true);
            }
        }
        if (!failures.isEmpty()) {
            Throwable failure = Failures.unwrap(failures.values().iterator().next());
            if (failure instanceof EngineException e && e.kind() == EngineException.Kind.CLOSED) {
                return;
            }
            LOG.warn(
                    "Queue '{}': {} messages could not be moved to {} and are tried again: {}",
                    queue.name(),
                    failures.size(),
                    move.target.name(),
                    String.valueOf(failure));
            loop.schedule(() -> look(move), RETRY_DELAY_MILLIS);
        }
        queue.moved();
    }

    /** What of a move has been appended is settled; what has not is appended, or given back where there is no copy. */
    private void look(Move move) {
        Set<String> origins = new HashSet<>();
        move.items.forEach(item -> origins.add(origin(move, item)));
        new CopySearch(move.target, origins)
                .from(move.targetOffsets)
                .whenComplete((found, failure) -> loop.execute(() -> looked(move, found, failure)));
    }

    private void looked(Move move, @Nullable Set<String> found, @Nullable Throwable wrapped) {
        if (found == null) {
            Throwable failure = Failures.unwrap(wrapped);
            if (failure instanceof EngineException e && e.kind() == EngineException.Kind.UNKNOWN_LOG) {
                List.copyOf(move.items).forEach(item -> end(move, item, false));
                queue.moved();
            } else if (!(failure instanceof EngineException e && e.kind() == EngineException.Kind.CLOSED)) {
                LOG.warn("Queue '{}': looking for copies failed: {}", queue.name(), String.valueOf(failure));
                loop.schedule(() -> look(move), RETRY_DELAY_MILLIS);
            }
            return;
        }
        for (Item item : List.copyOf(move.items)) {
            if (found.contains(origin(move, item))) {
                end(move, item, true);
            } else if (item.copy() == null) {
                end(move, item, false);
            }
        }
        if (!move.items.isEmpty()) {
            append(move);
        }
        queue.moved();
    }

    private String origin(Move move, Item item) {
        return Copying.origin(queue.number(), move.source.id, item.message().offset);
    }

    private void end(Move move, Item item, boolean moved) {
        move.items.remove(item);
        if (moved) {
            settle(item);
        } else {
            giveBack(item);
        }
        if (move.items.isEmpty()) {
            close(move);
        }
    }

    /** What the copies stand behind stays, so that whoever comes after a crash finds them. */
    private void open(Move move) {
        moves.add(move);
        move.target.reserve(move, move.targetOffsets);
    }

    private void close(Move move) {
        moves.remove(move);
        queue.changed();
        queue.flush().thenRun(() -> move.target.release(move));
    }

    private void endWithoutTarget(Item item) {
        if (item.withoutTarget().isPresent()) {
            forget(item);
            state.settle(item.message(), item.withoutTarget().get());
        } else {
            giveBack(item);
        }
        queue.moved();
    }

    private void settle(Item item) {
        forget(item);
        state.settle(item.message(), SettleReason.MOVED);
    }

    private void giveBack(Item item) {
        forget(item);
        state.letGo(item.message(), queue.nowMillis());
    }

    private void forget(Item item) {
        messages--;
        bytes -= item.copy() == null ? 0 : item.message().valueBytes;
    }
}
