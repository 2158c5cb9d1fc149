package io.mainstem.broker;

import io.mainstem.engine.batch.Record;

/**
 * One message handed to one consumer. It is answered once, by {@link #settle}, {@link #reject} or {@link #requeue},
 * from any thread; further answers do nothing.
 */
public interface Delivery {

    /** The queue that it comes from. */
    Queue queue();

    /** The name of the topic that the record was published to. */
    String topicName();

    Record record();

    /** True when somebody may have received the message before. */
    boolean isRedelivered();

    /** How often the message was delivered and given back before, as far as is known. */
    int deliveryCount();

    /** The message was handled: it is gone from the queue. */
    void settle();

    /** The message is not wanted: it is gone from the queue. */
    void reject();

    /** The message goes back to its place in the queue. */
    default void requeue() {
        requeue(() -> {});
    }

    /**
     * The message goes back to its place in the queue. The task runs in the queue's thread once it is there, and before
     * the queue gives on what follows: a consumer that makes room for another message there gets none that overtakes.
     */
    void requeue(Runnable whenBack);
}
