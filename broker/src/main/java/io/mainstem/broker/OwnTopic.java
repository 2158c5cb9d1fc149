package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The topic of what is sent straight to one queue. It is made when the first such message comes, so that queues that
 * get theirs by bindings cost no log; unless the queue's settings name a topic that is somebody else's. Safe for use by
 * several threads.
 */
final class OwnTopic {

    private record Waiting(Message message, PublishListener listener, long token) {}

    private final Queue queue;
    private final Queues queues;
    private final Optional<String> direct;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean creating;
    private volatile @Nullable Topic topic;

    OwnTopic(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
        this.direct = queue.spec().settings().text(QueueSettings.DIRECT_TOPIC);
    }

    /** The topic is there, from an earlier run or because {@link #publish} asked for it. */
    synchronized void set(Topic present) {
        if (!creating) {
            topic = present;
        }
    }

    /** The topic, which is made if it is not there. */
    CompletionStage<Topic> present() {
        Topic present = known();
        if (present == null && direct.isPresent()) {
            return CompletableFuture.failedFuture(gone());
        }
        return present == null ? queues.createOwnTopic(queue) : CompletableFuture.completedFuture(present);
    }

    CompletionStage<Void> whenRoom() {
        Topic present = known();
        return present == null ? CompletableFuture.completedFuture(null) : present.whenRoom();
    }

    void publish(Message message, PublishListener listener, long token) {
        Topic present = known();
        if (direct.isPresent()) {
            publishDirectly(present, message, listener, token);
        } else if (present == null) {
            publishLater(new Waiting(copy(message), listener, token));
        } else {
            present.publish(message, listener, token);
        }
    }

    private @Nullable Topic known() {
        return direct.isPresent() ? queues.topics().find(direct.get()).orElse(null) : topic;
    }

    private void publishDirectly(@Nullable Topic present, Message message, PublishListener listener, long token) {
        if (present == null) {
            listener.published(token, gone());
            return;
        }
        // The key has done its work with finding the queue: as the record's key it would put all into one log.
        Message keyless = new Message(message.timestampMillis(), null, message.value(), message.headers());
        present.publish(keyless, listener, token);
    }

    private BrokerException gone() {
        return BrokerException.unknownTopic(direct.orElse(""));
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
