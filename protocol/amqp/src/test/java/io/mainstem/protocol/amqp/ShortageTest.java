package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.mainstem.engine.EngineException;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When disk or memory runs short, publishers wait and consumers go on. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class ShortageTest {

    private static final VirtualHost HOST = new VirtualHost("/");

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private final List<String> told = new CopyOnWriteArrayList<>();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void declareAQueue() throws Exception {
        connection = fixture.connect();
        connection.addBlockedListener(reason -> told.add("blocked: " + reason), () -> told.add("unblocked"));
        channel = connection.createChannel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
    }

    @Test
    void aPublisherIsToldAndWaitsUntilThereIsRoom() throws Exception {
        publish();
        fixture.runShortOf(Shortage.DISK);
        awaitTold("blocked: low on disk");
        channel.basicPublish("", "work", null, "waits".getBytes(UTF_8));
        assertThat(fixture.channel().messageCount("work")).isEqualTo(1);

        fixture.runShortOf();

        channel.waitForConfirmsOrDie(20_000);
        awaitTold("blocked: low on disk", "unblocked");
        assertThat(fixture.channel().messageCount("work")).isEqualTo(2);
    }

    @Test
    void whoDoesNotPublishGoesOn() throws Exception {
        publish();
        Connection consuming = fixture.connect();
        List<String> received = new CopyOnWriteArrayList<>();
        Channel consumer = consuming.createChannel();
        fixture.runShortOf(Shortage.MEMORY, Shortage.DISK);
        awaitTold("blocked: low on memory & disk");

        consumer.basicConsume("work", true, (tag, delivery) -> received.add("message"), tag -> {});

        await().atMost(BrokerFixture.DEADLINE).until(() -> received.size() == 1);
        consumer.queueDelete("work");
    }

    @Test
    void whoBeginsToPublishIsToldThen() throws Exception {
        fixture.runShortOf(Shortage.MEMORY);
        channel.messageCount("work");
        assertThat(told).isEmpty();

        channel.basicPublish("", "work", null, new byte[1]);

        awaitTold("blocked: low on memory");
        fixture.runShortOf();
        awaitTold("blocked: low on memory", "unblocked");
    }

    @Test
    void aClientThatDoesNotKnowTheMethodIsNotTold() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.BASIC_PUBLISH, 0, "", "nobody", false, false);
            client.sendFrame(2, 1, new byte[] {0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
            client.send(1, Method.BASIC_QOS, 0, 0, false);
            client.expect(Method.BASIC_QOS_OK);
            fixture.runShortOf(Shortage.DISK);
            fixture.runShortOf();
            client.send(1, Method.BASIC_QOS, 0, 0, false);
            client.expect(Method.BASIC_QOS_OK);
        }
    }

    @Test
    void aFullDiskCostsTheChannelAndNotTheConnection() {
        for (EngineException.Kind kind : List.of(EngineException.Kind.STORE_FULL, EngineException.Kind.OVERLOADED)) {
            Throwable failure = new CompletionException(new EngineException(kind, "no room"));
            assertThat(Failures.toAmqp(failure, HOST).code()).isEqualTo(ReplyCode.PRECONDITION_FAILED);
        }
        assertThat(Failures.toAmqp(new EngineException(EngineException.Kind.UNKNOWN_OUTCOME, "who knows"), HOST)
                        .code())
                .isEqualTo(ReplyCode.INTERNAL_ERROR);
    }

    @Test
    void aMachineWithRoomIsShortOfNothing() {
        assertThat(Shortage.of(fixture.broker(), AmqpOptions.defaults()).get()).isEmpty();
    }

    private void publish() throws Exception {
        channel.basicPublish("", "work", null, new byte[1]);
        channel.waitForConfirmsOrDie(20_000);
    }

    private void awaitTold(String... expected) {
        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(told).containsExactly(expected));
    }
}
