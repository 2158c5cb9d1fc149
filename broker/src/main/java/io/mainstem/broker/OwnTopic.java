package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The topic of what is sent straight to one queue. It is made when the first such message comes, so that queues that
 * get theirs by bindings cost no log. Safe for use by several threads.
 */
final class OwnTopic {

    private record Waiting(Message message, PublishListener listener, long token) {}

    private final Queue queue;
    private final Queues queues;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean creating;
    private volatile @Nullable Topic topic;

    OwnTopic(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
    }

    /** The topic is there, from an earlier run or because {@link #publish} asked for it. */
    synchronized void set(Topic present) {
        if (!creating) {
            topic = present;
        }
    }

    /** The topic, which is made if it is not there. */
    CompletionStage<Topic> present() {
        Topic present = topic;
        return present == null ? queues.createOwnTopic(queue) : CompletableFuture.completedFuture(present);
    }

    boolean isHeld() {
        Topic present = topic;
        return present != null && present.isHeld();
    }

    void publish(Message message, PublishListener listener, long token) {
        Topic present = topic;
        if (present == null) {
            publishLater(new Waiting(copy(message), listener, token));
        } else {
            present.publish(message, listener, token);
        }
    }

    private synchronized void publishLater(Waiting later) {
        Topic present = topic;
        if (present != null) {
            present.publish(later.message, later.listener, later.token);
            return;
        }
        waiting.add(later);
        if (!creating) {
            creating = true;
            queues.createOwnTopic(queue).whenComplete(this::created);
        }
    }

    /** Publishes in order what waited, before anybody can publish directly. */
    private synchronized void created(@Nullable Topic present, @Nullable Throwable failure) {
        creating = false;
        while (!waiting.isEmpty()) {
            Waiting next = waiting.remove();
            if (present == null) {
                next.listener.published(next.token, failure);
            } else {
                present.publish(next.message, next.listener, next.token);
            }
        }
        topic = present;
    }

    private static Message copy(Message message) {
        return new Message(
                message.timestampMillis(),
                Buffers.copy(message.key()),
                Buffers.copy(message.value()),
                Buffers.copyOf(message.headers()));
    }
}
