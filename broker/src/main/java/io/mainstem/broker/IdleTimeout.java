package io.mainstem.broker;

import java.util.OptionalLong;

/**
 * Deletes a queue that nobody has used for as long as its settings allow: it has no consumer, and nobody has asked for
 * a message or declared it again. Belongs to the queue's event loop.
 */
final class IdleTimeout {

    private final Queue queue;
    private final Queues queues;
    private final OptionalLong limitMillis;
    private long usedAtMillis;
    private boolean scheduled;

    IdleTimeout(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
        this.limitMillis = queue.spec().settings().number(QueueSettings.EXPIRES_MS);
    }

    /** The time begins anew. */
    void used() {
        if (limitMillis.isPresent()) {
            usedAtMillis = queue.nowMillis();
            schedule(limitMillis.getAsLong());
        }
    }

    private void schedule(long millis) {
        if (!scheduled) {
            scheduled = true;
            queue.loop().schedule(this::check, Math.max(1, millis));
        }
    }

    private void check() {
        scheduled = false;
        if (queue.isDeleted() || queue.consumerCount() > 0) {
            return;
        }
        long leftMillis = usedAtMillis + limitMillis.orElse(0) - queue.nowMillis();
        if (leftMillis > 0) {
            schedule(leftMillis);
        } else {
            queues.delete(queue.name(), true, false);
        }
    }
}
