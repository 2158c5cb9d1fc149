package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A message in somebody's hands. The answer comes from any thread, once; all else belongs to the queue's event loop.
 */
final class QueuedDelivery implements Delivery, Runnable {

    private static final AtomicIntegerFieldUpdater<QueuedDelivery> ANSWERS =
            AtomicIntegerFieldUpdater.newUpdater(QueuedDelivery.class, "answers");

    private final Queue queue;
    private final QueueSource source;
    private final PendingMessage message;
    private final Record record;
    private final int deliveryCount;
    private final boolean redelivered;
    private volatile int answers;

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
        if (isFirstAnswer()) {
            // nobody waits for it: whoever asks the queue something comes behind it
            queue.loop().executeSoon(this);
        }
    }

    @Override
    public void reject() {
        if (isFirstAnswer()) {
            queue.loop().execute(() -> queue.reject(this));
        }
    }

    @Override
    public void requeue(Runnable whenBack) {
        if (isFirstAnswer()) {
            queue.loop().execute(() -> queue.putBack(this, whenBack));
        }
    }

    private boolean isFirstAnswer() {
        return answers == 0 && ANSWERS.compareAndSet(this, 0, 1);
    }

    /**
     * In the queue's event loop: lets the settlement take effect. It is the delivery itself because most are settled.
     */
    @Override
    public void run() {
        queue.settle(this);
    }

    PendingMessage message() {
        return message;
    }

    QueueSource source() {
        return source;
    }
}
