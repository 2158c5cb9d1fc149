package io.mainstem.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows what stands in a queue, and changes nothing. */
final class Browser {

    private final QueueState state;
    private final long skip;
    private final int most;
    private final List<QueuedMessage> seen = new ArrayList<>();
    private long passed;

    Browser(QueueState state, long skip, int most) {
        this.state = state;
        this.skip = skip;
        this.most = most;
    }

    /** Called in the queue's event loop; completes anywhere. */
    CompletionStage<List<QueuedMessage>> look(long nowMillis) {
        for (PendingMessage message : state.held()) {
            see(message, QueuedMessage.State.HELD);
        }
        state.index()
                .forEachWhile(message -> see(
                        message,
                        message.dueMillis > nowMillis ? QueuedMessage.State.DELAYED : QueuedMessage.State.READY));
        CompletionStage<List<QueuedMessage>> read = CompletableFuture.completedFuture(new ArrayList<>());
        RecordLookup lookup = new RecordLookup();
        for (QueuedMessage message : seen) {
            read = read.thenCompose(before -> lookup.find(message.topic(), message.partition(), message.offset())
                    .thenApply(record -> {
                        before.add(message.with(record));
                        return before;
                    }));
        }
        return read;
    }

    private boolean see(PendingMessage message, QueuedMessage.State as) {
        if (passed++ >= skip && seen.size() < most) {
            seen.add(QueuedMessage.of(message, state.source(message), as));
        }
        return seen.size() < most;
    }
}
