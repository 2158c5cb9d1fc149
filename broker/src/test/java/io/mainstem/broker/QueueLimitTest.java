package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A queue has no more than it may have, whoever looks, however fast its publishers are. */
class QueueLimitTest {

    /** More than are moved in one go. */
    private static final int MANY = 5_000;

    private final SteppedBroker broker = new SteppedBroker();
    private final Queue dead = broker.declare("dead", Map.of());

    @Test
    void whoHasAConfirmFindsNoMoreThanTheLimitThoughWhatIsTooMuchIsADeadLetter() {
        Queue queue = mortal(Map.of(QueueSettings.MAX_LENGTH, "3"));

        assertThat(countsAfterConfirms(queue)).hasSize(MANY).allMatch(count -> count <= 3);
        assertThat(queue.readyCount()).isEqualTo(3);
        assertThat(broker.drain(queue)).containsExactly("4998", "4999", "5000");
        broker.pass(1_000);
        assertThat(broker.await(dead.countReady())).isEqualTo(MANY - 3);
    }

    @Test
    void theSameHoldsForBytesAndWithoutDeadLetters() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_LENGTH_BYTES, "12"));

        // a message has a byte at least
        assertThat(countsAfterConfirms(queue)).hasSize(MANY).allMatch(count -> count <= 12);
        assertThat(broker.drain(queue)).containsExactly("4998", "4999", "5000");
    }

    @Test
    void nobodyGetsAMessageThatHadToLeave() {
        Queue queue = mortal(Map.of(QueueSettings.MAX_LENGTH, "3"));
        broker.publish(queue, "0");
        List<CompletableFuture<Void>> sent = send(queue, MANY);
        CompletableFuture<Optional<Delivery>> got = new CompletableFuture<>();
        Topic own = broker.topics().find("q.q").orElseThrow();
        own.whenRouted(0, MANY + 1, () -> queue.get().thenAccept(got::complete));

        assertThat(SteppedBroker.value(broker.await(got).orElseThrow())).isEqualTo("4998");
        TestConsumer consumer = new TestConsumer(10);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));
        sent.forEach(broker::await);
        assertThat(consumer.values()).containsExactly("4999", "5000");
    }

    @Test
    void whatAConsumerHasRoomForIsItsOwnHoweverManyComeTogether() {
        Queue queue = mortal(Map.of(QueueSettings.MAX_LENGTH, "3"));
        TestConsumer consumer = new TestConsumer(MANY);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));

        send(queue, MANY).forEach(broker::await);

        assertThat(consumer.values()).hasSize(MANY);
    }

    @Test
    void aQueueThatMayHaveNothingGivesWhatComesToWhoWaits() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_LENGTH, "0"));
        broker.publish(queue, "nobody waits");
        TestConsumer consumer = new TestConsumer(MANY);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));

        broker.publish(queue, "somebody waits");

        assertThat(consumer.values()).containsExactly("somebody waits");
    }

    @Test
    void consumersGoOnAndPublishersWaitWhereDeadLettersFindNoRoom() {
        Topic graveyard = broker.topic("graveyard");
        broker.await(dead.bind(graveyard, ""));
        TestConsumer keeper = new TestConsumer(MANY);
        broker.await(dead.consume(keeper, ConsumerOptions.SHARED));
        broker.await(broker.topics().configure("graveyard", set -> {
            Map<String, String> settings = new HashMap<>(set);
            settings.put("settled.ceiling.bytes", "1048576");
            return settings;
        }));
        broker.publish(graveyard, "", "0");
        broker.await(graveyard.letGoOfSettled());
        Queue queue = broker.declare(
                "q", Map.of(QueueSettings.DEAD_LETTER_TOPIC, "graveyard", QueueSettings.MAX_LENGTH, "3"));
        List<CompletableFuture<Void>> sent = send(queue, MANY);
        broker.pass(1_000);
        assertThat(graveyard.isHeld()).isTrue();
        assertThat(sent.get(MANY - 1)).isNotDone();

        TestConsumer consumer = new TestConsumer(10);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));
        assertThat(consumer.values()).hasSize(10);

        for (int turn = 0; turn < 100 && !sent.get(MANY - 1).isDone(); turn++) {
            keeper.deliveries().forEach(Delivery::settle);
            keeper.deliveries().clear();
            broker.pass(1_000);
        }
        sent.forEach(broker::await);
    }

    @Test
    void aQueueThatIsDeletedKeepsNoPublisherWaiting() {
        Queue queue = mortal(Map.of(QueueSettings.MAX_LENGTH, "3"));
        List<CompletableFuture<Void>> sent = send(queue, MANY);

        broker.await(broker.queues().delete("q", false, false));

        sent.forEach(published -> broker.await(published.exceptionally(gone -> null)));
    }

    private List<Long> countsAfterConfirms(Queue queue) {
        List<CompletableFuture<Long>> counts = send(queue, MANY).stream()
                .map(published -> published.thenCompose(done -> queue.countReady()))
                .toList();
        return counts.stream().map(broker::await).toList();
    }

    private Queue mortal(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(QueueSettings.DEAD_LETTER_TOPIC, "");
        all.put(QueueSettings.DEAD_LETTER_KEY, "dead");
        return broker.declare("q", all);
    }

    private List<CompletableFuture<Void>> send(Queue queue, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> broker.send(queue, Integer.toString(number)))
                .toList();
    }
}
