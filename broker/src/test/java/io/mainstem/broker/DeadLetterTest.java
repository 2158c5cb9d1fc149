package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.Death.Reason;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What becomes of messages that leave their queue without being handled. */
class DeadLetterTest {

    private final SteppedBroker broker = new SteppedBroker();
    private final Topic graveyard = broker.topic("graveyard");
    private final Queue dead = broker.declare("dead", Map.of());

    DeadLetterTest() {
        broker.await(dead.bind(graveyard, ""));
    }

    @Test
    void whatAConsumerRejectsGoesToTheTopicWithItsHistory() {
        Queue queue = mortal(Map.of());
        broker.publish(queue, "m");
        broker.get(queue).reject();
        broker.pass(100);
        assertThat(queue.counts()).isEqualTo(QueueCounts.NONE);
        Delivery letter = broker.get(dead);
        assertThat(SteppedBroker.value(letter)).isEqualTo("m");
        assertThat(Death.of(letter.record()))
                .containsExactly(new Death(
                        "q",
                        Reason.REJECTED,
                        1,
                        Death.of(letter.record()).get(0).timeMillis(),
                        "",
                        List.of("q"),
                        OptionalLong.empty()));
    }

    @Test
    void whatHasWaitedTooLongGoesThereWithoutItsTimeToLive() {
        Queue queue = mortal(Map.of(QueueSettings.MESSAGE_TTL_MS, "60000"));
        broker.publish(queue, "m", Map.of(MessageAttributes.TIME_TO_LIVE, "500"));
        broker.pass(1_000);
        Delivery letter = broker.get(dead);
        Death death = Death.of(letter.record()).get(0);
        assertThat(death.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(death.timeToLiveMillis()).hasValue(500);
        assertThat(MessageAttributes.of(letter.record().headers()).timeToLiveMillis())
                .isEmpty();
    }

    @Test
    void aBatchThatCannotBeDecodedBecomesOneDeadLetterAsItIs() {
        Topic topic = broker.topic("events");
        Queue queue = mortal(Map.of());
        broker.await(queue.bind(topic, ""));
        broker.publish(topic, "", "before");
        ByteBuffer damaged = undecodable();
        broker.await(topic.append(0, damaged.duplicate()));
        broker.publish(topic, "", "behind");

        assertThat(broker.drain(queue)).containsExactly("before", "behind");
        broker.pass(100);
        Delivery letter = broker.get(dead);
        Death death = Death.of(letter.record()).get(0);
        assertThat(death.reason()).isEqualTo(Reason.UNDECODABLE);
        assertThat(death.topic()).isEqualTo("events");
        RecordBatch kept = RecordBatch.of(letter.record().value());
        assertThat(kept.recordCount()).isEqualTo(2);
        assertThat(kept.crc()).isEqualTo(RecordBatch.of(damaged).crc());
        letter.requeue();
        assertThat(broker.await(dead.redrive(Optional.empty())))
                .as("it is no message")
                .isZero();
        assertThat(broker.drain(dead)).hasSize(1);
    }

    /** As a producer with a fault may make it: the checksum is right, and the records are none. */
    private static ByteBuffer undecodable() {
        BatchBuilder builder = new BatchBuilder(100);
        for (int count = 0; count < 2; count++) {
            builder.add(1_000, null, ByteBuffer.wrap(new byte[10]), BatchBuilder.NO_HEADERS);
        }
        ByteBuffer batch = builder.build();
        int firstRecord = batch.limit() - 30;
        batch.put(firstRecord, (byte) 0x7f).put(firstRecord + 1, (byte) 0x7f);
        CRC32C checksum = new CRC32C();
        checksum.update(batch.duplicate().position(RecordBatch.ATTRIBUTES));
        batch.putInt(RecordBatch.CRC, (int) checksum.getValue());
        return batch;
    }

    @Test
    void pastTheLengthTheOldestGo() {
        Queue queue = mortal(Map.of(QueueSettings.MAX_LENGTH, "2"));
        List.of("1", "2", "3", "4").forEach(value -> broker.publish(queue, value));
        broker.pass(100);
        assertThat(broker.drain(dead)).containsExactly("1", "2");
        assertThat(broker.drain(queue)).containsExactly("3", "4");
    }

    @Test
    void pastTheBytesTheOldestGo() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_LENGTH_BYTES, "10"));
        List.of("aaaaa", "bbbb", "cc").forEach(value -> broker.publish(queue, value));
        assertThat(broker.drain(queue)).containsExactly("bbbb", "cc");
    }

    @Test
    void aFullQueueMayRefuseAndItsPublisherIsTold() {
        Queue queue =
                broker.declare("q", Map.of(QueueSettings.MAX_LENGTH, "2", QueueSettings.OVERFLOW, "reject-publish"));
        broker.publish(queue, "1");
        broker.publish(queue, "2");
        assertThatThrownBy(() -> broker.publish(queue, "3"))
                .hasRootCauseInstanceOf(BrokerException.class)
                .hasMessageContaining("queue 'q' is full");
        broker.crash();
        assertThat(broker.drain(broker.queue("q"))).containsExactly("1", "2");
        broker.publish(broker.queue("q"), "4");
        assertThat(broker.drain(broker.queue("q"))).containsExactly("4");
    }

    @Test
    void whatIsRefusedMayBeADeadLetter() {
        Queue queue =
                mortal(Map.of(QueueSettings.MAX_LENGTH, "1", QueueSettings.OVERFLOW, "reject-publish-dead-letter"));
        broker.publish(queue, "1");
        assertThatThrownBy(() -> broker.publish(queue, "2")).hasMessageContaining("is full");
        broker.pass(100);
        assertThat(broker.drain(dead)).containsExactly("2");
        assertThat(broker.drain(queue)).containsExactly("1");
    }

    @Test
    void aQueueThatRefusesTakesWhatItsConsumersHaveRoomFor() {
        Queue queue =
                broker.declare("q", Map.of(QueueSettings.MAX_LENGTH, "1", QueueSettings.OVERFLOW, "reject-publish"));
        TestConsumer consumer = new TestConsumer(3);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));
        List.of("1", "2", "3", "4").forEach(value -> broker.publish(queue, value));
        assertThatThrownBy(() -> broker.publish(queue, "5")).hasMessageContaining("is full");
        assertThat(consumer.values()).containsExactly("1", "2", "3");
    }

    @Test
    void whatConsumersHoldDoesNotCount() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.MAX_LENGTH, "1"));
        TestConsumer consumer = new TestConsumer(3);
        broker.await(queue.consume(consumer, ConsumerOptions.SHARED));
        List.of("1", "2", "3", "4", "5").forEach(value -> broker.publish(queue, value));
        assertThat(consumer.values()).containsExactly("1", "2", "3");
        assertThat(broker.drain(queue)).containsExactly("5");
    }

    @Test
    void whatIsGivenBackTooOftenGoes() {
        Queue queue = mortal(Map.of(QueueSettings.DELIVERY_LIMIT, "2"));
        broker.publish(queue, "m");
        for (int delivery = 0; delivery < 3; delivery++) {
            assertThat(broker.get(broker.queue("q")).deliveryCount()).isEqualTo(delivery);
            broker.crash();
            // a crash is not a return: nobody knows who has had it
            Delivery again = broker.get(broker.queue("q"));
            assertThat(again.isRedelivered()).isTrue();
            again.requeue();
            broker.pass(100);
        }
        assertThat(Death.of(broker.get(broker.queue("dead")).record()).get(0).reason())
                .isEqualTo(Reason.DELIVERY_LIMIT);
    }

    @Test
    void aDeadLetterGoesStraightToAQueueByItsKey() {
        Queue queue =
                broker.declare("q", Map.of(QueueSettings.DEAD_LETTER_TOPIC, "", QueueSettings.DEAD_LETTER_KEY, "dead"));
        broker.publish(queue, "m");
        broker.get(queue).reject();
        broker.pass(100);
        assertThat(broker.drain(dead)).containsExactly("m");
    }

    @Test
    void withNobodyToGetItItIsGone() {
        Queue queue = broker.declare("q", Map.of(QueueSettings.DEAD_LETTER_TOPIC, "nowhere"));
        broker.publish(queue, "m");
        broker.get(queue).reject();
        broker.pass(100);
        assertThat(queue.counts()).isEqualTo(QueueCounts.NONE);
    }

    @Test
    void aMessageDoesNotGoInCircles() {
        Queue one = broker.declare("one", circle("two"));
        broker.declare("two", circle("one"));
        broker.publish(one, "m");
        broker.pass(10_000);
        assertThat(broker.queue("one").counts()).isEqualTo(QueueCounts.NONE);
        assertThat(broker.queue("two").counts()).isEqualTo(QueueCounts.NONE);
    }

    @Test
    void whereAConsumerHasASayAMessageMayGoRoundForEver() {
        Queue one = broker.declare(
                "one", Map.of(QueueSettings.DEAD_LETTER_TOPIC, "", QueueSettings.DEAD_LETTER_KEY, "two"));
        Queue two = broker.declare("two", circle("one"));
        broker.publish(one, "m");
        for (int round = 1; round <= 3; round++) {
            broker.get(one).reject();
            broker.pass(5_000);
            assertThat(two.counts()).isEqualTo(QueueCounts.NONE);
        }
        List<Death> deaths = Death.of(broker.get(one).record());
        assertThat(deaths).extracting(Death::queue).containsExactly("two", "one");
        assertThat(deaths).extracting(Death::count).containsExactly(3L, 3L);
    }

    private Map<String, String> circle(String next) {
        return Map.of(
                QueueSettings.DEAD_LETTER_TOPIC,
                "",
                QueueSettings.DEAD_LETTER_KEY,
                next,
                QueueSettings.MESSAGE_TTL_MS,
                "1000");
    }

    private Queue mortal(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(QueueSettings.DEAD_LETTER_TOPIC, "graveyard");
        return broker.declare("q", all);
    }
}
