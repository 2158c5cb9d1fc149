package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message in somebody's hands. The answer comes from any thread, once; all else belongs to the queue's event loop.
 */
final class QueuedDelivery implements Delivery {

    private final Queue queue;
    private final QueueSource source;
    private final PendingMessage message;
    private final Record record;
    private final int deliveryCount;
    private final boolean redelivered;
    private final AtomicBoolean answered = new AtomicBoolean();

    QueuedDelivery(Queue queue, QueueSource source, PendingMessage message, Record record) {
        this.queue = queue;
        this.source = source;
        this.message = message;
        this.record = record;
        this.deliveryCount = message.deliveryCount;
        this.redelivered = deliveryCount > 0 || record.offset() < source.maybeDeliveredBelow;
    }

    @Override
    public Queue queue() {
        return queue;
    }

    @Override
    public String topicName() {
        return source.isOfRelocated() ? RelocatedFrom.of(source, record).topic() : source.topic.name();
    }

    @Override
    public Record record() {
        return record;
    }

    @Override
    public boolean isRedelivered() {
        return redelivered;
    }

    @Override
    public int deliveryCount() {
        return deliveryCount;
    }

    @Override
    public void settle() {
        if (answered.compareAndSet(false, true)) {
            queue.settle(this);
        }
    }

    @Override
    public void reject() {
        if (answered.compareAndSet(false, true)) {
            queue.reject(this);
        }
    }

    @Override
    public void requeue() {
        if (answered.compareAndSet(false, true)) {
            queue.putBack(this);
        }
    }

    PendingMessage message() {
        return message;
    }

    QueueSource source() {
        return source;
    }
}
