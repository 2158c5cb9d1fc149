package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * A message in somebody's hands. The answer comes from any thread, once; all else belongs to the queue's event loop.
 */
final class QueuedDelivery implements Delivery, Runnable {

    private enum Answer {
        NONE,
        SETTLED,
        REJECTED,
        PUT_BACK
    }

    private static final AtomicReferenceFieldUpdater<QueuedDelivery, Answer> ANSWER =
            AtomicReferenceFieldUpdater.newUpdater(QueuedDelivery.class, Answer.class, "answer");

    private final Queue queue;
    private final QueueSource source;
    private final PendingMessage message;
    private final Record record;
    private final int deliveryCount;
    private final boolean redelivered;
    private volatile Answer answer = Answer.NONE;

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
        if (ANSWER.compareAndSet(this, Answer.NONE, Answer.SETTLED)) {
            // nobody waits for it: whoever asks the queue something comes behind it
            queue.loop().executeSoon(this);
        }
    }

    @Override
    public void reject() {
        answer(Answer.REJECTED);
    }

    @Override
    public void requeue() {
        answer(Answer.PUT_BACK);
    }

    private void answer(Answer given) {
        if (ANSWER.compareAndSet(this, Answer.NONE, given)) {
            queue.loop().execute(this);
        }
    }

    /** In the queue's event loop: lets the answer take effect. */
    @Override
    public void run() {
        switch (answer) {
            case SETTLED -> queue.settle(this);
            case REJECTED -> queue.reject(this);
            case PUT_BACK -> queue.putBack(this);
            case NONE -> throw new IllegalStateException("not answered");
        }
    }

    PendingMessage message() {
        return message;
    }

    QueueSource source() {
        return source;
    }
}
