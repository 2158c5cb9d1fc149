package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static io.mainstem.protocol.amqp.StreamInbox.consume;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import io.mainstem.broker.Message;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init") // by beforeEach
class StreamConsumeTest {

    private static final ByteBuffer NO_HEADERS = ByteBuffer.wrap(new byte[1]);

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private Channel channel;

    @BeforeEach
    void declareAStream() throws Exception {
        channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("stream", true, false, false, Map.of("x-queue-type", "stream"));
    }

    @Test
    void everyConsumerReadsEverythingInItsOrder() throws Exception {
        publish(0, 500);
        StreamInbox one = consume(channel, "stream", "first", 1000);
        StreamInbox other = consume(fixture.channel(), "stream", "first", 1000);

        assertThat(one.bodies(500)).isEqualTo(bodies(0, 500));
        assertThat(other.bodies(500)).isEqualTo(bodies(0, 500));
        assertThat(channel.messageCount("stream")).isEqualTo(500);
    }

    @Test
    void aDeliverySaysItsOffsetAndHowItWasPublished() throws Exception {
        BasicProperties properties = new BasicProperties.Builder()
                .contentType("text/plain")
                .headers(Map.of("kind", "test"))
                .build();
        channel.basicPublish("", "stream", properties, "hello".getBytes(UTF_8));
        channel.basicPublish("stream", "a.key", null, "world".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);
        StreamInbox inbox = consume(channel, "stream", "first", 10);

        Delivery delivery = inbox.take();
        assertThat(delivery.getProperties().getHeaders()).hasSize(2).containsEntry("x-stream-offset", 0L);
        assertThat(delivery.getProperties().getContentType()).isEqualTo("text/plain");
        assertThat(delivery.getEnvelope().getExchange()).isEmpty();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("stream");
        assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
        Delivery next = inbox.take();
        assertThat(next.getProperties().getHeaders()).isEqualTo(Map.of("x-stream-offset", 1L));
        assertThat(next.getEnvelope().getExchange()).isEqualTo("stream");
        assertThat(next.getEnvelope().getRoutingKey()).isEqualTo("a.key");
    }

    @Test
    void theOffsetOfAnEarlierPlaceIsReplaced() throws Exception {
        Map<String, Object> headers = new HashMap<>(Map.of("x-stream-offset", 99L, "number", 5, "text", "kept"));
        channel.basicPublish(
                "", "stream", new BasicProperties.Builder().headers(headers).build(), new byte[0]);
        headers.put("x-stream-offset", "text");
        headers.remove("number");
        channel.basicPublish(
                "", "stream", new BasicProperties.Builder().headers(headers).build(), new byte[0]);
        channel.waitForConfirmsOrDie(10_000);
        StreamInbox inbox = consume(channel, "stream", "first", 10);

        Map<String, Object> first = inbox.take().getProperties().getHeaders();
        assertThat(first).hasSize(3).containsEntry("x-stream-offset", 0L).containsEntry("number", 5);
        assertThat(first.get("text")).hasToString("kept");
        Map<String, Object> second = inbox.take().getProperties().getHeaders();
        assertThat(second).hasSize(2).containsEntry("x-stream-offset", 1L);
    }

    @Test
    void aConsumerBeginsWhereItAsksTo() throws Exception {
        publish(0, 20);

        assertThat(offsets("first", 20)).isEqualTo(range(0, 20));
        assertThat(offsets(0, 20)).isEqualTo(range(0, 20));
        assertThat(offsets(-1, 20)).isEqualTo(range(0, 20));
        assertThat(offsets(5L, 15)).isEqualTo(range(5, 20));
        assertThat(offsets("last", 1)).isEqualTo(range(19, 20));
        assertThat(offsets("1h", 20)).isEqualTo(range(0, 20));
        assertThat(offsets(Date.from(Instant.now().minus(Duration.ofDays(1))), 20))
                .isEqualTo(range(0, 20));
    }

    @Test
    void whatIsOlderThanAskedIsLeftOut() throws Exception {
        long now = System.currentTimeMillis();
        for (int hour = 0; hour < 10; hour++) {
            long time = now - TimeUnit.HOURS.toMillis(10 - hour);
            publishRecord("stream", new Message(time, null, ByteBuffer.wrap(new byte[1]), NO_HEADERS));
        }

        assertThat(offsets("150m", 2)).isEqualTo(range(8, 10));
        Date halfPastFour = Date.from(Instant.ofEpochMilli(now).minus(Duration.ofMinutes(270)));
        assertThat(offsets(halfPastFour, 4)).isEqualTo(range(6, 10));
    }

    @Test
    void withoutAnOffsetOrAtNextOnlyWhatIsNewComes() throws Exception {
        publish(0, 5);
        channel.basicQos(10);
        StreamInbox unsaid = new StreamInbox(channel);
        channel.basicConsume("stream", false, unsaid);
        StreamInbox next = consume(channel, "stream", "next", 10);
        StreamInbox inAnHour =
                consume(channel, "stream", Date.from(Instant.now().plusSeconds(3600)), 10);
        StreamInbox beyond = consume(channel, "stream", 7, 10);
        publish(5, 10);

        assertThat(unsaid.bodies(5)).isEqualTo(bodies(5, 10));
        assertThat(next.bodies(5)).isEqualTo(bodies(5, 10));
        assertThat(inAnHour.bodies(5)).isEqualTo(bodies(5, 10));
        assertThat(beyond.bodies(3)).isEqualTo(bodies(7, 10));
        assertThat(unsaid.isQuiet("stream")).isTrue();
    }

    @Test
    void acknowledgementsOnlyMakeRoomForMore() throws Exception {
        publish(0, 10);
        StreamInbox inbox = consume(channel, "stream", "first", 2);

        Delivery first = inbox.take();
        Delivery second = inbox.take();
        assertThat(inbox.isQuiet("stream")).isTrue();
        channel.basicAck(second.getEnvelope().getDeliveryTag(), false);
        assertThat(inbox.bodies(1)).isEqualTo(bodies(2, 3));
        assertThat(inbox.isQuiet("stream")).isTrue();
        channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
        channel.basicAck(0, true);
        assertThat(inbox.bodies(1)).isEqualTo(bodies(3, 4));
        assertThat(channel.messageCount("stream")).isEqualTo(10);
    }

    @Test
    void aSlowReaderOfALongStreamGetsAllOfIt() throws Exception {
        byte[] body = new byte[10_000];
        for (int message = 0; message < 500; message++) {
            channel.basicPublish("", "stream", null, body);
        }
        channel.waitForConfirmsOrDie(10_000);
        StreamInbox inbox = consume(channel, "stream", "first", 7);

        for (int message = 0; message < 500; message++) {
            Delivery delivery = inbox.take();
            assertThat(StreamInbox.offsetOf(delivery)).isEqualTo((long) message);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    @Test
    void aReaderOfWhatIsBeingTrimmedGoesOnWithWhatIsLeft() throws Exception {
        byte[] body = new byte[10_000];
        for (int message = 0; message < 100; message++) {
            channel.basicPublish("", "stream", null, body);
            channel.waitForConfirmsOrDie(10_000);
        }
        StreamInbox inbox = consume(channel, "stream", "first", 1);
        Delivery first = inbox.take();
        topic("stream").trim(0, 90).toCompletableFuture().get(10, TimeUnit.SECONDS);
        channel.basicAck(first.getEnvelope().getDeliveryTag(), false);

        List<Object> offsets = new ArrayList<>();
        while (!offsets.contains(99L)) {
            Delivery delivery = inbox.take();
            offsets.add(StreamInbox.offsetOf(delivery));
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        assertThat(offsets).containsSubsequence(range(90, 100));
        assertThat(offsets).as("what had been read already").hasSizeLessThan(30);
        assertThat(channel.messageCount("stream")).isEqualTo(10);
    }

    @Test
    void aTopicOfSeveralLogsIsReadWholeAndEachInItsOrder() throws Exception {
        fixture.broker()
                .topics()
                .create(TopicSpec.stream("events", 3))
                .toCompletableFuture()
                .get();
        channel.queueDeclare("events", true, false, false, Map.of("x-queue-type", "stream"));
        for (int message = 0; message < 300; message++) {
            channel.basicPublish("events", "key" + message, null, new byte[100]);
        }
        channel.waitForConfirmsOrDie(10_000);
        StreamInbox inbox = consume(channel, "events", "first", 1000);

        Map<Object, Long> next = new HashMap<>();
        for (int message = 0; message < 300; message++) {
            Map<String, Object> headers = inbox.take().getProperties().getHeaders();
            Object partition = headers.get("x-stream-partition");
            long expected = next.getOrDefault(partition, 0L);
            assertThat(headers).containsEntry("x-stream-offset", expected);
            next.put(partition, expected + 1);
        }
        assertThat(next).hasSize(3).containsKeys(0L, 1L, 2L);
        fixture.broker()
                .topics()
                .addPartitions("events", 8)
                .toCompletableFuture()
                .get();
        for (int message = 0; message < 300; message++) {
            channel.basicPublish("", "events", null, new byte[100]);
        }
        inbox.bodies(300);
    }

    @Test
    void aCancelledConsumerGetsNothingMoreAndADeletedStreamCancels() throws Exception {
        publish(0, 1);
        StreamInbox cancelled = new StreamInbox(channel);
        channel.basicQos(10);
        String tag = channel.basicConsume("stream", false, Map.of("x-stream-offset", "first"), cancelled);
        cancelled.take();
        channel.basicCancel(tag);
        StreamInbox other = consume(channel, "stream", "next", 10);
        publish(1, 2);
        other.take();
        assertThat(cancelled.waiting()).isZero();
        assertThat(channel.consumerCount("stream")).isEqualTo(1);

        channel.queueDelete("stream");
        await().atMost(BrokerFixture.DEADLINE).until(() -> other.cancelled.size() == 1);
    }

    @Test
    void aConsumerLearnsThatSomebodyElseHasDeletedTheTopic() throws Exception {
        StreamInbox inbox = consume(channel, "stream", "first", 10);
        publish(0, 1);
        inbox.take();

        fixture.broker().topics().delete("stream", false).toCompletableFuture().get();

        await().atMost(BrokerFixture.DEADLINE).until(() -> inbox.cancelled.size() == 1);
        assertThat(refusal(() -> fixture.channel().queueDeclarePassive("stream")))
                .startsWith("404 NOT_FOUND");
    }

    @Test
    void whatAStreamCannotDoIsRefused() throws Exception {
        publish(0, 2);
        String stream = "queue 'stream' in vhost '/'";
        assertThat(refusal(() -> fixture.channel().basicGet("stream", true)))
                .isEqualTo("540 NOT_IMPLEMENTED - basic.get not supported by stream queues " + stream);
        assertThat(refusal(() -> fixture.channel().queuePurge("stream")))
                .isEqualTo("540 NOT_IMPLEMENTED - queue.purge not supported by stream queues " + stream);
        assertThat(refusal(() -> fixture.channel().queueBind("stream", "amq.fanout", "")))
                .isEqualTo("540 NOT_IMPLEMENTED - queue.bind not supported by stream queues " + stream);
        assertThat(refusal(() -> consuming(0, false, false, "first")))
                .isEqualTo("406 PRECONDITION_FAILED - consumer prefetch count is not set for '" + stream + "'");
        assertThat(refusal(() -> consuming(5, true, false, "first")))
                .isEqualTo("540 NOT_IMPLEMENTED - " + stream + " does not support global qos");
        assertThat(refusal(() -> consuming(5, false, true, "first")))
                .isEqualTo("540 NOT_IMPLEMENTED - automatic acknowledgement not supported by stream queues " + stream);
        for (String wrong : List.of("5x", "1hh", "", "foo", "0h")) {
            assertThat(refusal(() -> consuming(5, false, false, wrong)))
                    .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-stream-offset' for " + stream
                            + ": {invalid_stream_offset_arg,{longstr,<<\"" + wrong + "\">>}}");
        }
        assertThat(refusal(() -> consuming(5, false, false, true)))
                .startsWith("406 PRECONDITION_FAILED - invalid arg 'x-stream-offset' for " + stream);
        channel.queueDeclare("work", true, false, false, null);
        assertThat(refusal(() -> fixture.channel()
                        .basicConsume("work", false, Map.of("x-stream-offset", "first"), new StreamInbox(channel))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 'work' in vhost '/'"
                        + " of queue type rabbit_classic_queue");
    }

    @Test
    void nothingGoesBackIntoAStream() throws Exception {
        publish(0, 2);
        String refused = "540 NOT_IMPLEMENTED - basic.nack and basic.reject not supported by stream queues"
                + " queue 'stream' in vhost '/'";
        for (boolean requeue : new boolean[] {true, false}) {
            Channel other = fixture.channel();
            StreamInbox inbox = consume(other, "stream", "first", 5);
            long tag = inbox.take().getEnvelope().getDeliveryTag();
            assertThat(refusal(() -> {
                        other.basicNack(tag, false, requeue);
                        other.queueDeclarePassive("stream");
                    }))
                    .isEqualTo(refused);
        }
    }

    private void consuming(int prefetch, boolean global, boolean noAck, Object offset) throws Exception {
        Channel other = fixture.channel();
        other.basicQos(prefetch, false);
        if (global) {
            other.basicQos(prefetch, true);
        }
        other.basicConsume("stream", noAck, Map.of("x-stream-offset", offset), new StreamInbox(other));
    }

    private List<Object> offsets(Object from, int count) throws Exception {
        Channel other = fixture.channel();
        StreamInbox inbox = consume(other, "stream", from, 1000);
        List<Object> offsets = new ArrayList<>();
        while (offsets.size() < count) {
            offsets.add(StreamInbox.offsetOf(inbox.take()));
        }
        assertThat(inbox.isQuiet("stream")).isTrue();
        return offsets;
    }

    private static List<Object> range(long from, long to) {
        List<Object> offsets = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            offsets.add(offset);
        }
        return offsets;
    }

    private void publish(int from, int to) throws Exception {
        for (String body : bodies(from, to)) {
            channel.basicPublish("", "stream", null, body.getBytes(UTF_8));
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    private static List<String> bodies(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "body" + number).toList();
    }

    private Topic topic(String name) {
        return fixture.broker().topics().find(name).orElseThrow();
    }

    private void publishRecord(String topic, Message message) throws Exception {
        CompletableFuture<@Nullable Throwable> published = new CompletableFuture<>();
        topic(topic).publish(message, (token, failure) -> published.complete(failure), 0);
        assertThat(published.get(10, TimeUnit.SECONDS)).isNull();
    }
}
