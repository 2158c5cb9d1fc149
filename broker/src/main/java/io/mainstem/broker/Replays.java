package io.mainstem.broker;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Brings settled messages of one queue back: first the state log says so, then they are ready. Belongs to the queue's
 * event loop.
 */
final class Replays {

    private final Queue queue;
    private final QueueState state;
    private final List<StateRecord> unsaved = new ArrayList<>();

    private final TypedHeaders typedHeaders;

    /** Handed to the state log, and not ready yet. */
    private final Set<StateRecord> underWay = new LinkedHashSet<>();

    Replays(Queue queue, QueueState state, TypedHeaders typedHeaders) {
        this.queue = queue;
        this.state = state;
        this.typedHeaders = typedHeaders;
    }

    /** Completes with the number of messages once they are ready. */
    CompletionStage<Long> begin(Topic topic, int partition, long fromOffset) {
        QueueSource source = state.find(topic, partition).orElse(null);
        if (source == null) {
            return CompletableFuture.completedFuture(0L);
        }
        return new Replay(queue, source, state.pendingOf(source), typedHeaders)
                .from(fromOffset)
                .thenComposeAsync(facts -> save(source, facts), queue.loop());
    }

    private CompletionStage<Long> save(QueueSource source, RecordFacts facts) {
        List<PendingMessage> messages = state.replayed(source, facts, queue.nowMillis());
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(0L);
        }
        StateRecord record = new StateRecord.Replayed(queue.number(), source.id, messages);
        if (state.isSaved(source)) {
            unsaved.add(record);
            underWay.add(record);
            queue.changed();
        }
        return queue.flush()
                .thenApplyAsync(
                        saved -> {
                            underWay.remove(record);
                            state.replay(messages);
                            queue.moved();
                            return (long) messages.size();
                        },
                        queue.loop());
    }

    /** What the state log has not been told. */
    List<StateRecord> takeUnsaved() {
        List<StateRecord> taken = List.copyOf(unsaved);
        unsaved.clear();
        return taken;
    }

    /** What a snapshot does not say, for it is not in the queue yet. */
    Set<StateRecord> underWay() {
        return underWay;
    }
}
