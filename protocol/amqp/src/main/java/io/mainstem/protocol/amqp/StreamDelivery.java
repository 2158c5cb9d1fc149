package io.mainstem.protocol.amqp;

import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.Record;

/**
 * A record that was read for a consumer of a stream. It stays where it is whatever the consumer answers; the answer
 * only makes room for the next.
 *
 * @param partition of the topic
 */
record StreamDelivery(Queue queue, Topic topic, int partition, Record record) implements Delivery {

    @Override
    public String topicName() {
        return topic.name();
    }

    @Override
    public boolean isRedelivered() {
        return false;
    }

    @Override
    public int deliveryCount() {
        return 0;
    }

    @Override
    public void settle() {}

    @Override
    public void reject() {}

    @Override
    public void requeue(Runnable whenBack) {
        whenBack.run();
    }
}
