package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.QueuedMessage.State;
import io.mainstem.engine.batch.BatchBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What an operator can do with what stands in a queue: look at it, send dead letters back, bring back what was settled.
 */
class QueueContentsTest {

    private final SteppedBroker broker = new SteppedBroker();

    @Test
    void looksAtAllMessagesInTheirOrderAndChangesNothing() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_PRIORITY, "3"));
        broker.publish(queue, "first");
        broker.publish(queue, "urgent", Map.of(MessageAttributes.PRIORITY, "3"));
        String due = Long.toString(broker.nowMillis() + 60_000);
        broker.publish(queue, "later", Map.of(MessageAttributes.DELIVER_AT, due));
        broker.publish(queue, "last");
        Delivery held = broker.get(queue);

        List<QueuedMessage> seen = broker.await(queue.browse(0, 10));

        assertThat(seen).extracting(QueueContentsTest::value).containsExactly("urgent", "first", "last", "later");
        assertThat(seen)
                .extracting(QueuedMessage::state)
                .containsExactly(State.HELD, State.READY, State.READY, State.DELAYED);
        assertThat(broker.await(queue.browse(1, 2)))
                .extracting(QueueContentsTest::value)
                .containsExactly("first", "last");
        held.requeue();
        assertThat(broker.drain(queue)).containsExactly("urgent", "first", "last");
    }

    @Test
    void looksAtAsManyLargeMessagesAsMemoryIsMeantFor() {
        Queue queue = broker.declare("q", Map.of());
        int third = (int) Browser.ENOUGH_BYTES / 3;
        for (int number = 0; number < 5; number++) {
            broker.publish(queue, number + "x".repeat(third));
        }
        assertThat(broker.await(queue.browse(0, 5)))
                .extracting(QueuedMessage::offset)
                .containsExactly(0L, 1L, 2L);
        assertThat(broker.await(queue.browse(3, 5)))
                .extracting(QueuedMessage::offset)
                .containsExactly(3L, 4L);
    }

    @Test
    void tellsWhatIsBoundAndWhereRecordsComeFromAlsoByWhatHasEnded() {
        Topic first = broker.topic("first");
        Topic second = broker.topic("second");
        Topic third = broker.topic("third");
        Queue queue = broker.declare("q", Map.of());
        broker.publish(queue, "straight");
        broker.await(queue.bind(second, "a"));
        broker.await(queue.bind(second, "b"));
        broker.await(queue.bind(third, "c"));
        broker.await(broker.topics().bind(first, second, BindingSpec.key("")));
        broker.await(queue.unbind(third, "c"));

        assertThat(broker.queues().bindings(queue))
                .extracting(
                        binding -> binding.topic().name() + " " + binding.spec().key())
                .containsExactlyInAnyOrder("q.q ", "second a", "second b");
        assertThat(broker.queues().sources(queue))
                .extracting(Topic::name)
                .containsExactly("first", "q.q", "second", "third");
        broker.restart();
        assertThat(broker.queues().sources(broker.queue("q")))
                .extracting(Topic::name)
                .containsExactly("first", "q.q", "second", "third");
    }

    @Test
    void deadLettersGoBackWhereTheyDiedAndMayDieAgain() {
        Queue dead = broker.declare("dead", Map.of());
        Map<String, String> mortal = Map.of(QueueSettings.DEAD_LETTER_TOPIC, "", QueueSettings.DEAD_LETTER_KEY, "dead");
        Queue one = broker.declare("one", mortal);
        Queue two = broker.declare("two", mortal);
        broker.publish(one, "1");
        broker.publish(two, "2");
        broker.publish(one, "3");
        broker.publish(dead, "never died");
        List.of(one, two, one).forEach(queue -> broker.get(queue).reject());
        broker.pass(100);

        assertThat(broker.await(dead.redrive(Optional.of("one")))).isEqualTo(2);
        broker.pass(100);
        assertThat(broker.drain(one)).containsExactly("1", "3");
        assertThat(broker.await(dead.redrive(Optional.empty()))).isEqualTo(1);
        broker.pass(100);
        Delivery again = broker.get(two);
        assertThat(SteppedBroker.value(again)).isEqualTo("2");
        assertThat(Death.of(again.record())).isEmpty();
        again.reject();
        broker.pass(100);
        assertThat(broker.drain(dead)).containsExactly("never died", "2");
    }

    @Test
    void whatWasSettledComesAgainBehindAllOthersAlsoAfterACrash() {
        Topic topic = broker.topic("events");
        Queue queue = broker.declare("q", Map.of());
        broker.publish(topic, "k", "before the binding");
        broker.await(queue.bind(topic, ""));
        for (int value = 1; value <= 5; value++) {
            broker.publish(topic, "k", Integer.toString(value));
        }
        for (int count = 0; count < 3; count++) {
            broker.get(queue).settle();
        }
        Delivery held = broker.get(queue);
        broker.pass(100);

        assertThat(broker.await(queue.replay(topic, 0, 2))).isEqualTo(2);

        held.requeue();
        broker.get(queue).settle();
        broker.pass(100);
        broker.crash();
        // which is their old order, for what is routed again comes as it came
        assertThat(broker.drain(broker.queue("q"))).containsExactly("2", "3", "5");
        broker.restart();
        Topic again = broker.topic("events");
        assertThat(broker.await(broker.queue("q").replay(again, 0, 0))).isEqualTo(5);
        broker.restart();
        Delivery first = broker.get(broker.queue("q"));
        assertThat(first.isRedelivered()).isTrue();
        assertThat(SteppedBroker.value(first)).isEqualTo("1");
    }

    @Test
    void aDeadLetterWhoseQueueGoesMeanwhileStaysWhereItIs() {
        Queue dead = broker.declare("dead", Map.of());
        broker.publish(dead, "m");
        PendingMessage held = ((QueuedDelivery) broker.get(dead)).message();
        Message copy = new Message(0, null, null, BatchBuilder.NO_HEADERS);
        CopyTarget gone = new CopyTarget(() -> CompletableFuture.failedFuture(Queues.unknown("one")));

        dead.loop().execute(() -> dead.mover().move(held, copy, gone, Optional.empty()));
        broker.pass(100);

        assertThat(broker.drain(dead)).containsExactly("m");
    }

    private static String value(QueuedMessage message) {
        return DeadLetters.text(message.record().orElseThrow().value());
    }
}
