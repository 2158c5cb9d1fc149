package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Brings what other threads ask of one queue into its event loop, once the queue knows what it holds. */
final class QueueCalls {

    private enum Phase {
        RESTORING,
        OPEN,
        DELETED
    }

    private final Queue queue;
    private final EventLoop loop;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private Phase phase = Phase.RESTORING;

    QueueCalls(Queue queue, EventLoop loop) {
        this.queue = queue;
        this.loop = loop;
    }

    /** From any thread: fails as UNKNOWN_QUEUE when the queue is gone, and with the BrokerException of the body. */
    <T> CompletionStage<T> call(Consumer<CompletableFuture<T>> body) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        run(() -> {
            if (isDeleted()) {
                answer.completeExceptionally(Queues.unknown(queue.name()));
                return;
            }
            try {
                body.accept(answer);
            } catch (BrokerException e) {
                answer.completeExceptionally(e);
            }
            queue.counted();
        });
        return answer;
    }

    /** As {@link #call}, for what takes longer. */
    <T> CompletionStage<T> compose(Supplier<CompletionStage<T>> body) {
        return this.<CompletionStage<T>>call(answer -> answer.complete(body.get()))
                .thenCompose(Function.identity());
    }

    /** From any thread. */
    void run(Runnable task) {
        loop.execute(() -> {
            if (phase == Phase.RESTORING) {
                waiting.add(task);
            } else {
                task.run();
            }
        });
    }

    /** In the loop: the queue knows what it holds. */
    void open() {
        if (!isDeleted()) {
            phase = Phase.OPEN;
        }
        answer();
    }

    /** In the loop. */
    void delete() {
        phase = Phase.DELETED;
        answer();
    }

    /** In the loop. */
    boolean isDeleted() {
        return phase == Phase.DELETED;
    }

    private void answer() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
