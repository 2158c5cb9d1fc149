package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init") // by beforeEach
class ConsumeTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private Channel channel;

    @BeforeEach
    void declareAQueue() throws Exception {
        channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
    }

    @Test
    void messagesComeInOrderAndSayWhereTheyWerePublished() throws Exception {
        channel.exchangeDeclare("events", "fanout", true);
        channel.queueBind("work", "events", "");
        Inbox inbox = new Inbox(channel);
        String tag = channel.basicConsume("work", false, inbox);
        for (int message = 0; message < 500; message++) {
            channel.basicPublish("events", "key" + message, null, ("body" + message).getBytes(UTF_8));
        }

        for (int message = 0; message < 500; message++) {
            Delivery delivery = inbox.take();
            assertThat(delivery.getBody()).isEqualTo(("body" + message).getBytes(UTF_8));
            assertThat(delivery.getEnvelope().getExchange()).isEqualTo("events");
            assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("key" + message);
            assertThat(delivery.getEnvelope().getDeliveryTag()).isEqualTo(message + 1);
            assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
        }
        assertThat(tag).startsWith("amq.ctag-");
    }

    @Test
    void aMessageSentStraightToTheQueueSaysSo() throws Exception {
        publish("hello");
        Inbox inbox = new Inbox(channel);
        channel.basicConsume("work", true, inbox);

        Delivery delivery = inbox.take();
        assertThat(delivery.getEnvelope().getExchange()).isEmpty();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("work");
    }

    @Test
    void prefetchLimitsWhatAConsumerHolds() throws Exception {
        channel.basicQos(2);
        Inbox inbox = new Inbox(channel);
        channel.basicConsume("work", false, inbox);
        publish("1", "2", "3", "4");

        inbox.take();
        Delivery second = inbox.take();
        assertThat(inbox.isQuiet()).isTrue();
        channel.basicAck(second.getEnvelope().getDeliveryTag(), false);
        assertThat(inbox.take().getBody()).isEqualTo("3".getBytes(UTF_8));
        assertThat(inbox.isQuiet()).isTrue();
        channel.basicAck(0, true);
        assertThat(inbox.take().getBody()).isEqualTo("4".getBytes(UTF_8));
    }

    @Test
    void aGlobalPrefetchIsSharedByTheChannelsConsumers() throws Exception {
        channel.queueDeclare("other", true, false, false, null);
        channel.basicQos(3, true);
        Inbox inbox = new Inbox(channel);
        channel.basicConsume("work", false, inbox);
        channel.basicConsume("other", false, inbox);
        publish("1", "2", "3");
        for (int message = 0; message < 3; message++) {
            channel.basicPublish("", "other", null, new byte[0]);
        }

        for (int message = 0; message < 3; message++) {
            inbox.take();
        }
        assertThat(inbox.isQuiet()).isTrue();
        channel.basicAck(0, true);
        for (int message = 0; message < 3; message++) {
            inbox.take();
        }
    }

    @Test
    void anAcknowledgedMessageIsGoneAndTheOthersComeBackMarked() throws Exception {
        Channel consuming = fixture.channel();
        Inbox inbox = new Inbox(consuming);
        consuming.basicConsume("work", false, inbox);
        publish("1", "2", "3");
        long first = inbox.take().getEnvelope().getDeliveryTag();
        inbox.take();
        inbox.take();
        consuming.basicAck(first, false);
        consuming.close();

        Inbox again = new Inbox(channel);
        channel.basicConsume("work", true, again);
        for (String body : new String[] {"2", "3"}) {
            Delivery delivery = again.take();
            assertThat(delivery.getBody()).isEqualTo(body.getBytes(UTF_8));
            assertThat(delivery.getEnvelope().isRedeliver()).isTrue();
        }
        assertThat(again.isQuiet()).isTrue();
    }

    @Test
    void anAcknowledgementOfSeveralTakesAllUpToIt() throws Exception {
        Inbox inbox = new Inbox(channel);
        channel.basicConsume("work", false, inbox);
        publish("1", "2", "3", "4");
        inbox.take();
        inbox.take();
        long third = inbox.take().getEnvelope().getDeliveryTag();
        inbox.take();
        channel.basicAck(third, true);
        channel.basicRecover(true);

        assertThat(inbox.take().getBody()).isEqualTo("4".getBytes(UTF_8));
        assertThat(inbox.isQuiet()).isTrue();
    }

    @Test
    void aRejectedMessageComesBackOnlyIfItIsPutBack() throws Exception {
        publish("1", "2", "3");
        channel.basicReject(get().getEnvelope().getDeliveryTag(), false);
        channel.basicNack(get().getEnvelope().getDeliveryTag(), false, true);

        GetResponse again = get();
        assertThat(again.getBody()).isEqualTo("2".getBytes(UTF_8));
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        channel.basicNack(again.getEnvelope().getDeliveryTag(), true, false);
        assertThat(get().getBody()).isEqualTo("3".getBytes(UTF_8));
    }

    @Test
    void anUnknownDeliveryTagIsRefused() throws Exception {
        publish("1");
        long tag = get().getEnvelope().getDeliveryTag();
        channel.basicAck(tag, false);
        channel.basicAck(tag, false);

        assertThat(refusal(() -> channel.queueDeclarePassive("work")))
                .isEqualTo("406 PRECONDITION_FAILED - unknown delivery tag 1");
    }

    @Test
    void fetchingOneMessageAtATime() throws Exception {
        assertThat(channel.basicGet("work", true)).isNull();
        publish("1", "2");

        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("work") == 2);
        GetResponse response = channel.basicGet("work", true);
        assertThat(response.getBody()).isEqualTo("1".getBytes(UTF_8));
        // The count that comes with the message is the queue's as last published, and may still be the one before it.
        assertThat(response.getMessageCount()).isBetween(1, 2);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("work") == 1);
        assertThat(get().getBody()).isEqualTo("2".getBytes(UTF_8));
        assertThat(channel.basicGet("work", true)).isNull();
    }

    @Test
    void twoConsumersShareTheQueue() throws Exception {
        Inbox one = new Inbox(channel);
        Channel other = fixture.channel();
        Inbox two = new Inbox(other);
        channel.basicQos(1);
        other.basicQos(1);
        channel.basicConsume("work", false, one);
        other.basicConsume("work", false, two);
        publish("1", "2");

        List<String> bodies = List.of(
                new String(one.take().getBody(), UTF_8), new String(two.take().getBody(), UTF_8));
        assertThat(bodies).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void anExclusiveConsumerIsAlone() throws Exception {
        channel.basicConsume("work", false, "", false, true, Map.of(), new Inbox(channel));

        assertThat(refusal(() -> {
                    Channel other = fixture.channel();
                    other.basicConsume("work", new DefaultConsumer(other));
                }))
                .isEqualTo("403 ACCESS_REFUSED - queue 'work' in vhost '/' in exclusive use");
    }

    @Test
    void aCancelledConsumerGetsNothingMore() throws Exception {
        Inbox inbox = new Inbox(channel);
        String tag = channel.basicConsume("work", false, inbox);
        publish("1");
        long held = inbox.take().getEnvelope().getDeliveryTag();
        channel.basicCancel(tag);
        publish("2");

        assertThat(inbox.isQuiet()).isTrue();
        channel.basicAck(held, false);
        assertThat(get().getBody()).isEqualTo("2".getBytes(UTF_8));
    }

    @Test
    void aConsumerLearnsThatItsQueueHasGone() throws Exception {
        Inbox inbox = new Inbox(channel);
        String tag = channel.basicConsume("work", false, inbox);
        fixture.channel().queueDelete("work");

        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(inbox.cancelled).containsExactly(tag));
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void everythingArrivesWhenTheClientReadsSlowly() throws Exception {
        // Far more than the sockets and the outbox hold.
        Inbox inbox = new Inbox(channel);
        byte[] body = new byte[50_000];
        for (int message = 0; message < 400; message++) {
            body[0] = (byte) message;
            channel.basicPublish("", "work", null, body);
        }
        channel.waitForConfirmsOrDie(20_000);
        channel.basicConsume("work", true, inbox);

        for (int message = 0; message < 400; message++) {
            assertThat(inbox.take().getBody()[0]).isEqualTo((byte) message);
        }
    }

    @Test
    void whatAConsumerCannotAskForIsRefused() {
        assertThat(refusal(() -> channel.basicConsume(
                        "work", false, "c", false, false, Map.of("x-priority", "high"), new Inbox(channel))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-priority' for queue 'work' in vhost '/':"
                        + " \"expected integer, got longstr\"");
    }

    private void publish(String... bodies) throws Exception {
        for (String body : bodies) {
            channel.basicPublish("", "work", null, body.getBytes(UTF_8));
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    private GetResponse get() {
        return await().atMost(BrokerFixture.DEADLINE)
                .until(() -> channel.basicGet("work", false), response -> response != null);
    }

    /** Collects what a consumer gets. */
    private static final class Inbox extends DefaultConsumer {

        private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        private final List<String> cancelled = new CopyOnWriteArrayList<>();

        Inbox(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
            deliveries.add(new Delivery(envelope, properties, body));
        }

        @Override
        public void handleCancel(String consumerTag) {
            cancelled.add(consumerTag);
        }

        Delivery take() throws InterruptedException {
            Delivery delivery = deliveries.poll(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(delivery).as("delivery").isNotNull();
            return Objects.requireNonNull(delivery);
        }

        /** After a round trip nothing has come: what was allowed to come would have come before the answer. */
        boolean isQuiet() throws IOException {
            for (int round = 0; round < 5; round++) {
                getChannel().queueDeclarePassive("work");
            }
            return deliveries.isEmpty();
        }
    }
}
