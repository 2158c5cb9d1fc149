package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static io.mainstem.protocol.amqp.StreamInbox.consume;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StreamQueueTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture(
            AmqpOptions.builder().virtualHosts(Set.of("staging")).build());

    @Test
    void aStreamIsDeclaredAgainAndCounted() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        declare(channel, "stream", Map.of());
        publish(channel, "stream", "one");
        publish(channel, "stream", "two");

        DeclareOk declared = declare(channel, "stream", Map.of());
        assertThat(declared.getQueue()).isEqualTo("stream");
        assertThat(declared.getMessageCount()).isEqualTo(2);
        channel.queueDelete("");
        assertThat(fixture.broker().queues().find("stream")).isEmpty();
    }

    @Test
    void itsArgumentsAreTheRetentionOfItsTopic() throws Exception {
        Channel channel = fixture.channel();
        declare(channel, "all", Map.of());
        declare(channel, "some", Map.of("x-max-age", "7D", "x-max-length-bytes", 5_000_000_000L));
        declare(channel, "small", Map.of("x-max-age", "90s", "x-stream-max-segment-size-bytes", 50_000_000));

        assertThat(settings("all"))
                .containsEntry("retention.ms", "-1")
                .containsEntry("segment.bytes", "500000000")
                .doesNotContainKey("retention.bytes");
        assertThat(settings("some"))
                .containsEntry("retention.ms", Long.toString(TimeUnit.DAYS.toMillis(7)))
                .containsEntry("retention.bytes", "5000000000");
        assertThat(settings("small")).containsEntry("retention.ms", "90000").containsEntry("segment.bytes", "50000000");
    }

    @Test
    void everyUnitOfTimeIsUnderstood() {
        Map<String, Long> days = Map.of("2Y", 730L, "2M", 60L, "2D", 2L);
        days.forEach((text, count) -> assertThat(Age.millis(text)).hasValue(TimeUnit.DAYS.toMillis(count)));
        assertThat(Age.millis("36h")).hasValue(TimeUnit.HOURS.toMillis(36));
        assertThat(Age.millis("1m")).hasValue(60_000);
        assertThat(Age.millis("999999999s")).hasValue(999_999_999_000L);
        for (String wrong : List.of("", "7", "D", "7d", "0h", "-1h", "1.5h", "7DD", " 7D", "9999999999s")) {
            assertThat(Age.millis(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void anotherDeclarationThanTheFirstIsRefused() throws Exception {
        Channel channel = fixture.channel();
        declare(channel, "stream", Map.of());
        declare(channel, "aged", Map.of("x-max-age", "1h", "x-max-length-bytes", 1000));
        channel.queueDeclare("work", true, false, false, null);
        channel.queueDeclare("passing", false, false, false, null);

        assertThat(refusedDeclaration("stream", Map.of("x-max-age", "1h")))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-max-age' for queue 'stream' in vhost '/':"
                        + " received the value '1h' of type 'longstr' but current is none");
        assertThat(refusedDeclaration("aged", Map.of("x-max-age", "60m", "x-max-length-bytes", 1000)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-max-age' for queue 'aged' in vhost '/':"
                        + " received '60m' but current is '1h'");
        assertThat(refusedDeclaration("aged", Map.of("x-max-age", "1h")))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-max-length-bytes' for queue 'aged' in vhost"
                        + " '/': received none but current is the value '1000' of type 'signedint'");
        assertThat(refusedDeclaration("work", Map.of()))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'work' in vhost '/':"
                        + " received the value 'stream' of type 'longstr' but current is none");
        assertThat(refusedDeclaration("passing", Map.of()))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'passing' in vhost '/':"
                        + " received 'true' but current is 'false'");
        assertThat(refusal(() -> fixture.channel().queueDeclare("stream", true, false, false, null)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'stream' in vhost '/':"
                        + " received none but current is the value 'stream' of type 'longstr'");
        assertThat(refusal(() ->
                        fixture.channel().queueDeclare("stream", true, false, false, Map.of("x-queue-type", "quorum"))))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'stream' in vhost '/':"
                        + " received 'quorum' but current is 'stream'");
    }

    @Test
    void whatAStreamCannotBeIsRefused() {
        Map<String, Object> type = Map.of("x-queue-type", "stream");
        String stream = "for queue 'stream' in vhost '/'";
        assertThat(refusal(() -> fixture.channel().queueDeclare("stream", false, false, false, type)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid property 'non-durable' " + stream);
        assertThat(refusal(() -> fixture.channel().queueDeclare("stream", true, true, false, type)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid property 'exclusive-owner' " + stream);
        assertThat(refusal(() -> fixture.channel().queueDeclare("stream", true, false, true, type)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid property 'auto-delete' " + stream);
        assertThat(refusal(() -> fixture.channel().queueDeclare("", true, false, false, type)))
                .isEqualTo("406 PRECONDITION_FAILED - Cannot declare a server-named queue for type"
                        + " rabbit_stream_queue");
        assertThat(refusal(() -> fixture.channel().queueDeclare("amq.mine", true, false, false, type)))
                .isEqualTo("403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'");
        assertThat(refusal(() -> fixture.channel().queueDeclare("__state", true, false, false, type)))
                .startsWith("403 ACCESS_REFUSED");
        for (String argument : List.of("x-message-ttl", "x-expires", "x-max-length", "x-max-priority")) {
            assertThat(refusedDeclaration("stream", Map.of(argument, 1)))
                    .isEqualTo("406 PRECONDITION_FAILED - invalid arg '" + argument + "' " + stream
                            + " of queue type rabbit_stream_queue");
        }
        assertThat(refusedDeclaration("stream", Map.of("x-max-age", "7d")))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-max-age' " + stream + ": invalid_max_age");
        assertThat(refusedDeclaration("stream", Map.of("x-max-age", 5)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-max-age' " + stream
                        + ": {unacceptable_type,signedint}");
        assertThat(refusedDeclaration("stream", Map.of("x-max-length-bytes", -1)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-max-length-bytes' " + stream
                        + ": {value_negative,-1}");
        assertThat(refusedDeclaration("stream", Map.of("x-max-length-bytes", "x")))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-max-length-bytes' " + stream
                        + ": \"expected integer, got longstr\"");
        assertThat(refusedDeclaration("stream", Map.of("x-stream-max-segment-size-bytes", 5_000_000_000L)))
                .isEqualTo("406 PRECONDITION_FAILED - Exceeded max value for x-stream-max-segment-size-bytes");
        assertThat(fixture.broker().topics().find("stream")).isEmpty();
    }

    @Test
    void aTopicThatWasThereIsAdoptedAndStays() throws Exception {
        fixture.broker()
                .topics()
                .create(TopicSpec.stream("events", 2))
                .toCompletableFuture()
                .get();
        Channel channel = fixture.channel();
        channel.confirmSelect();
        publish(channel, "events", "before it is a stream nobody gets this");

        assertThat(refusedDeclaration("events", Map.of("x-max-age", "1h")))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-max-age' for queue 'events' in vhost '/':"
                        + " received '1h' but the topic of this name has retention.ms=604800000");
        assertThat(declare(channel, "events", Map.of("x-max-age", "7D")).getMessageCount())
                .isZero();
        assertThat(settings("events")).isEmpty();
        publish(channel, "events", "one");
        assertThat(consume(fixture.channel(), "events", "first", 5).bodies(1)).containsExactly("one");

        channel.queueDelete("events");
        Optional<Topic> topic = fixture.broker().topics().find("events");
        assertThat(topic.map(StreamQueue::messages)).hasValue(1L);
        assertThat(refusal(() -> channel.queueDeclarePassive("events")))
                .isEqualTo("404 NOT_FOUND - no queue 'events' in vhost '/'");
    }

    @Test
    void aTopicThatCannotBeAStreamIsNotAdopted() throws Exception {
        fixture.channel().exchangeDeclare("passing", "fanout", false);

        assertThat(refusedDeclaration("passing", Map.of())).startsWith("406 PRECONDITION_FAILED");
        assertThat(fixture.broker().queues().find("passing")).isEmpty();
    }

    @Test
    void aTopicThatTheDeclarationMadeGoesWithTheStream() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        declare(channel, "stream", Map.of());
        publish(channel, "stream", "one");
        StreamInbox inbox = consume(fixture.channel(), "stream", "first", 5);
        inbox.take();

        assertThat(refusal(() -> fixture.channel().queueDelete("stream", true, false)))
                .isEqualTo("406 PRECONDITION_FAILED - queue 'stream' in vhost '/' in use");
        assertThat(refusal(() -> fixture.channel().queueDelete("stream", false, true)))
                .isEqualTo("406 PRECONDITION_FAILED - queue 'stream' in vhost '/' not empty");
        assertThat(channel.queueDelete("stream").getMessageCount()).isEqualTo(1);
        assertThat(fixture.broker().topics().find("stream")).isEmpty();
        assertThat(declare(channel, "stream", Map.of()).getMessageCount()).isZero();
    }

    @Test
    void aStreamReadsWhatIsPublishedToTheExchangeOfItsName() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.exchangeDeclare("orders", "topic", true);
        declare(channel, "orders", Map.of());
        channel.queueDeclare("work", true, false, false, null);
        channel.queueBind("work", "orders", "eu.#");
        channel.basicPublish("orders", "eu.new", null, "one".getBytes(UTF_8));
        publish(channel, "orders", "two");

        assertThat(channel.messageCount("work")).isEqualTo(1);
        assertThat(consume(fixture.channel(), "orders", "first", 5).bodies(2)).containsExactly("one", "two");
        assertThat(refusal(() -> fixture.channel().exchangeDelete("orders")))
                .isEqualTo("406 PRECONDITION_FAILED - exchange 'orders' in vhost '/' in use");
        channel.queueDelete("orders");
        channel.exchangeDeclarePassive("orders");
        channel.exchangeDelete("orders");
    }

    @Test
    void deadLettersMayGoToAStream() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        declare(channel, "dead", Map.of());
        Map<String, Object> toTheStream = Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        channel.queueDeclare("work", true, false, false, toTheStream);
        publish(channel, "work", "rejected");
        channel.basicReject(channel.basicGet("work", false).getEnvelope().getDeliveryTag(), false);

        Delivery delivery = consume(fixture.channel(), "dead", "first", 5).take();
        assertThat(delivery.getBody()).isEqualTo("rejected".getBytes(UTF_8));
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("dead");
        assertThat(StreamInbox.offsetOf(delivery)).isEqualTo(0L);
    }

    @Test
    void aMandatoryMessageThatReachesAStreamIsNotReturned() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        CountDownLatch returned = new CountDownLatch(1);
        channel.addReturnListener(message -> returned.countDown());
        declare(channel, "stream", Map.of());
        channel.basicPublish("", "stream", true, null, new byte[0]);
        channel.waitForConfirmsOrDie(10_000);
        assertThat(returned.getCount()).isEqualTo(1);

        channel.queueDelete("stream");
        channel.basicPublish("", "stream", true, null, new byte[0]);
        assertThat(returned.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStreamIsAStreamAfterARestart(@TempDir Path data) throws Exception {
        EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            onDisk(data, eventLoops, channel -> {
                declare(channel, "stream", Map.of("x-max-age", "7D"));
                publish(channel, "stream", "before");
            });
            onDisk(data, eventLoops, channel -> {
                publish(channel, "stream", "after");
                assertThat(declare(channel, "stream", Map.of("x-max-age", "7D")).getMessageCount())
                        .isEqualTo(2);
                assertThat(consume(channel, "stream", "first", 5).bodies(2)).containsExactly("before", "after");
                channel.queueDelete("stream");
            });
            onDisk(
                    data,
                    eventLoops,
                    channel -> assertThat(refusal(() -> channel.queueDeclarePassive("stream")))
                            .startsWith("404 NOT_FOUND"));
        } finally {
            eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void aStreamOfAVirtualHostIsATopicOfItsName() throws Exception {
        ConnectionFactory clients = fixture.clients();
        clients.setVirtualHost("staging");
        Connection connection = clients.newConnection();
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        assertThat(declare(channel, "stream", Map.of()).getQueue()).isEqualTo("stream");
        publish(channel, "stream", "one");
        StreamInbox inbox = consume(channel, "stream", "first", 5);
        assertThat(inbox.take().getEnvelope().getRoutingKey()).isEqualTo("stream");
        assertThat(refusal(() -> connection.createChannel().basicGet("stream", true)))
                .endsWith("not supported by stream queues queue 'stream' in vhost 'staging'");
        assertThat(settings("vhost.staging.stream")).isNotEmpty();
        assertThat(fixture.broker().topics().find("stream")).isEmpty();
    }

    private interface Session {
        void run(Channel channel) throws Exception;
    }

    private static void onDisk(Path data, EventLoopGroup eventLoops, Session session) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (LocalEngine engine = LocalEngine.open(data, LocalOptions.defaults());
                Broker broker = Broker.start(engine, BrokerOptions.defaults())
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS);
                AmqpListener listener = AmqpListener.start(broker, eventLoops, anyPort, AmqpOptions.defaults())) {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setHost("127.0.0.1");
            factory.setPort(listener.address().getPort());
            factory.setAutomaticRecoveryEnabled(false);
            try (Connection connection = factory.newConnection()) {
                Channel channel = connection.createChannel();
                channel.confirmSelect();
                session.run(channel);
            }
        }
    }

    private String refusedDeclaration(String name, Map<String, Object> arguments) {
        return refusal(() -> declare(fixture.channel(), name, arguments));
    }

    private static DeclareOk declare(Channel channel, String name, Map<String, Object> arguments) throws Exception {
        Map<String, Object> all = new HashMap<>(arguments);
        all.put("x-queue-type", "stream");
        return channel.queueDeclare(name, true, false, false, all);
    }

    private static void publish(Channel channel, String stream, String body) throws Exception {
        channel.basicPublish("", stream, null, body.getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);
    }

    private Map<String, String> settings(String topic) {
        TopicSettings settings =
                fixture.broker().topics().find(topic).orElseThrow().spec().settings();
        return settings.explicit();
    }
}
