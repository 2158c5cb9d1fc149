package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gets which message first. */
class QueueOrderTest {

    private final SteppedBroker broker = new SteppedBroker();

    @Test
    void messagesOfAHigherPriorityComeFirst() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_PRIORITY, "5"));
        publish(queue, "a", 1);
        publish(queue, "b", 5);
        broker.publish(queue, "c");
        publish(queue, "d", 5);
        publish(queue, "e", 200);
        assertThat(broker.drain(queue)).containsExactly("b", "d", "e", "a", "c");
    }

    @Test
    void prioritiesOutliveACrash() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_PRIORITY, "5"));
        publish(queue, "low", 1);
        publish(queue, "high", 3);
        broker.restart();
        publish(broker.queue("q"), "middle", 2);
        broker.crash();
        assertThat(broker.drain(broker.queue("q"))).containsExactly("high", "middle", "low");
    }

    @Test
    void aQueueWithoutPrioritiesTakesNoNotice() {
        Queue queue = broker.declare("q", Map.of());
        publish(queue, "a", 1);
        publish(queue, "b", 5);
        assertThat(broker.drain(queue)).containsExactly("a", "b");
    }

    @Test
    void whatIsGivenBackComesInItsOldPlace() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_PRIORITY, "1"));
        List.of("1", "2", "3", "4").forEach(value -> broker.publish(queue, value));
        Delivery first = broker.get(queue);
        Delivery second = broker.get(queue);
        publish(queue, "urgent", 1);
        second.requeue();
        first.requeue();
        assertThat(broker.drain(queue)).containsExactly("urgent", "1", "2", "3", "4");
    }

    @Test
    void consumersTakeTurns() {
        Queue queue = broker.declare("q", Map.of());
        TestConsumer one = consumer(queue, 10, 0);
        TestConsumer two = consumer(queue, 10, 0);
        List.of("1", "2", "3", "4").forEach(value -> broker.publish(queue, value));
        assertThat(one.values()).hasSize(2);
        assertThat(two.values()).hasSize(2);
    }

    @Test
    void aConsumerOfHigherPriorityIsServedAsLongAsItHasRoom() {
        Queue queue = broker.declare("q", Map.of());
        TestConsumer low = consumer(queue, 10, 0);
        TestConsumer high = consumer(queue, 2, 5);
        List.of("1", "2", "3").forEach(value -> broker.publish(queue, value));
        assertThat(high.values()).containsExactly("1", "2");
        assertThat(low.values()).containsExactly("3");
    }

    @Test
    void ofSeveralConsumersOnlyOneIsActiveUntilItGoes() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.SINGLE_ACTIVE_CONSUMER, "true"));
        TestConsumer first = new TestConsumer(2);
        Subscription subscription = broker.await(queue.consume(first, ConsumerOptions.SHARED));
        TestConsumer second = consumer(queue, 10, 0);
        List.of("1", "2", "3").forEach(value -> broker.publish(queue, value));
        assertThat(first.values()).containsExactly("1", "2");
        assertThat(second.values()).isEmpty();
        subscription.close();
        broker.pass(10);
        assertThat(second.values()).containsExactly("3");
    }

    private TestConsumer consumer(Queue queue, int room, int priority) {
        TestConsumer consumer = new TestConsumer(room);
        broker.await(queue.consume(consumer, new ConsumerOptions(false, priority)));
        return consumer;
    }

    private void publish(Queue queue, String value, int priority) {
        broker.publish(queue, value, Map.of(MessageAttributes.PRIORITY, Integer.toString(priority)));
    }
}
