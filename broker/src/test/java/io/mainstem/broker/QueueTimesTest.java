package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens to messages because time passes. */
class QueueTimesTest {

    private final SteppedBroker broker = new SteppedBroker();

    @Test
    void aMessageIsGoneWhenItHasWaitedAsLongAsTheQueueAllows() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MESSAGE_TTL_MS, "5000"));
        broker.publish(queue, "old");
        broker.pass(3_000);
        broker.publish(queue, "young");
        broker.pass(2_500);
        assertThat(queue.readyCount()).isEqualTo(1);
        assertThat(broker.drain(queue)).containsExactly("young");
    }

    @Test
    void aMessageIsGoneWhenItHasWaitedAsLongAsItSays() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MESSAGE_TTL_MS, "5000"));
        broker.publish(queue, "short", Map.of(MessageAttributes.TIME_TO_LIVE, "100"));
        broker.pass(200);
        assertThat(queue.readyCount()).isZero();
    }

    @Test
    void aLaterMessageWaitsForTheOneBeforeItToBeGone() {
        Queue queue = broker.declare("q", Map.of());
        broker.publish(queue, "first");
        broker.publish(queue, "second", Map.of(MessageAttributes.TIME_TO_LIVE, "100"));
        broker.pass(1_000);
        assertThat(queue.readyCount()).isEqualTo(2);
        assertThat(broker.drain(queue)).containsExactly("first");
    }

    @Test
    void timeGoesOnWhileTheBrokerIsDown() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MESSAGE_TTL_MS, "5000"));
        broker.publish(queue, "old");
        broker.pass(6_000);
        broker.crash();
        assertThat(broker.drain(broker.queue("q"))).isEmpty();
    }

    @Test
    void withNoTimeToLiveAtAllOnlyWhoWaitsGetsTheMessage() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MESSAGE_TTL_MS, "0"));
        broker.publish(queue, "nobody waits");
        broker.pass(10);
        assertThat(queue.readyCount()).isZero();
        TestConsumer consumer = new TestConsumer(10);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));
        broker.publish(queue, "somebody waits");
        broker.pass(10);
        assertThat(consumer.values()).containsExactly("somebody waits");
    }

    @Test
    void aMessageComesAtItsTimeAndInTheOrderOfTime() {
        Queue queue = broker.declare("q", Map.of());
        String soon = Long.toString(broker.nowMillis() + 5_000);
        String later = Long.toString(broker.nowMillis() + 9_000);
        broker.publish(queue, "later", Map.of(MessageAttributes.DELIVER_AT, later));
        broker.publish(queue, "soon", Map.of(MessageAttributes.DELIVER_AT, soon));
        broker.publish(queue, "now");
        assertThat(queue.counts()).isEqualTo(new QueueCounts(1, 3, 0, 2));
        assertThat(broker.drain(queue)).containsExactly("now");
        broker.pass(6_000);
        assertThat(queue.readyCount()).isEqualTo(1);
        broker.pass(4_000);
        assertThat(broker.drain(queue)).containsExactly("soon", "later");
    }

    @Test
    void aMessageThatIsNotDueYetOutlivesCrashAndRestart() {
        Queue queue = broker.declare("q", Map.of());
        String due = Long.toString(broker.nowMillis() + 60_000);
        broker.publish(queue, "due", Map.of(MessageAttributes.DELIVER_AT, due));
        broker.crash();
        broker.restart();
        assertThat(broker.queue("q").counts().delayed()).isEqualTo(1);
        broker.pass(30_000);
        assertThat(broker.drain(broker.queue("q"))).isEmpty();
        broker.restart();
        broker.pass(31_000);
        assertThat(broker.drain(broker.queue("q"))).containsExactly("due");
    }

    @Test
    void whatIsGivenBackWaitsLongerEachTime() {
        Queue queue = broker.declare(
                "q", Map.of(QueueSettings.REDELIVERY_DELAY_MS, "1000", QueueSettings.REDELIVERY_DELAY_MAX_MS, "3000"));
        broker.publish(queue, "m");
        for (long delay : new long[] {1_000, 2_000, 3_000, 3_000}) {
            broker.get(queue).requeue();
            broker.pass(delay - 10);
            assertThat(queue.readyCount()).isZero();
            broker.pass(20);
            assertThat(queue.readyCount()).isEqualTo(1);
        }
    }

    @Test
    void aWaitForRedeliveryOutlivesACrash() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.REDELIVERY_DELAY_MS, "10000"));
        broker.publish(queue, "m");
        broker.get(queue).requeue();
        broker.pass(1_000);
        broker.crash();
        assertThat(broker.queue("q").readyCount()).isZero();
        broker.pass(10_000);
        assertThat(broker.get(broker.queue("q")).deliveryCount()).isEqualTo(1);
    }

    @Test
    void aQueueThatNobodyUsesIsDeleted() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.EXPIRES_MS, "5000"));
        broker.pass(4_000);
        assertThat(broker.await(queue.get())).isEmpty();
        broker.pass(4_000);
        assertThat(broker.queues().find("q")).isPresent();
        broker.pass(2_000);
        assertThat(broker.queues().find("q")).isEmpty();
    }

    @Test
    void aQueueWithAConsumerIsUsed() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.EXPIRES_MS, "5000"));
        Subscription subscription = broker.await(queue.consume(new TestConsumer(1), ConsumerOptions.SHARED));
        broker.pass(20_000);
        assertThat(broker.queues().find("q")).isPresent();
        subscription.close();
        broker.pass(6_000);
        assertThat(broker.queues().find("q")).isEmpty();
    }

    @Test
    void theSecondMessageWithAnIdIsNotTakenWithinTheWindow() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.DEDUPLICATION_WINDOW_MS, "10000"));
        Map<String, String> id = Map.of(MessageAttributes.DEDUPLICATION_ID, "42");
        broker.publish(queue, "once", id);
        assertThat(broker.drain(queue)).containsExactly("once");
        broker.publish(queue, "twice", id);
        broker.publish(queue, "another", Map.of(MessageAttributes.DEDUPLICATION_ID, "43"));
        broker.publish(queue, "without");
        assertThat(broker.drain(queue)).containsExactly("another", "without");
        broker.pass(11_000);
        broker.publish(queue, "later", id);
        assertThat(broker.drain(queue)).containsExactly("later");
    }

    @Test
    void idsAreRememberedOverCrashAndRestart() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.DEDUPLICATION_WINDOW_MS, "60000"));
        Map<String, String> id = Map.of(MessageAttributes.DEDUPLICATION_ID, "42");
        broker.publish(queue, "once", id);
        broker.crash();
        broker.publish(broker.queue("q"), "twice", id);
        broker.restart();
        broker.publish(broker.queue("q"), "thrice", id);
        assertThat(broker.drain(broker.queue("q"))).containsExactly("once");
    }
}
