package io.mainstem.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Where copies of messages go.
 *
 * @param topic completes with the topic that they are appended to, which may have to be made first
 */
record CopyTarget(Supplier<CompletionStage<Topic>> topic) {

    static CopyTarget of(Topic topic) {
        return new CopyTarget(() -> CompletableFuture.completedFuture(topic));
    }

    /** Straight to a queue, which nobody else gets. */
    static CopyTarget of(Queue queue) {
        return new CopyTarget(queue.ownTopic()::present);
    }
}
