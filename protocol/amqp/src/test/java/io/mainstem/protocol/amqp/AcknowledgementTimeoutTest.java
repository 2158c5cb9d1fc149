package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer that never acknowledges does not keep its messages for ever. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class AcknowledgementTimeoutTest {

    private static final int TIMEOUT_MILLIS = 300;

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture(AmqpOptions.builder()
            .acknowledgementTimeout(Duration.ofMillis(TIMEOUT_MILLIS))
            .build());

    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void publishAMessage() throws Exception {
        connection = fixture.connect();
        channel = connection.createChannel();
        channel.addShutdownListener(cause -> reasons.add(BrokerFixture.reply(cause)));
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        channel.basicPublish("", "work", null, new byte[1]);
        channel.waitForConfirmsOrDie(20_000);
    }

    @Test
    void theChannelIsClosedAndTheMessageComesBack() throws Exception {
        channel.basicConsume("work", false, (tag, delivery) -> {}, tag -> {});

        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(reasons)
                        .containsExactly("406 PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out."
                                + " Timeout value used: 300 ms. This timeout value can be configured, see consumers"
                                + " doc guide to learn more"));

        Channel next = connection.createChannel();
        assertThat(next.basicGet("work", false).getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    void whoAcknowledgesInTimeIsLeftAlone() throws Exception {
        long endNanos =
                System.nanoTime() + Duration.ofMillis(5 * TIMEOUT_MILLIS).toNanos();
        channel.basicConsume(
                "work",
                false,
                (tag, delivery) -> channel.basicNack(delivery.getEnvelope().getDeliveryTag(), false, true),
                tag -> {});

        await().atMost(BrokerFixture.DEADLINE)
                .failFast(() -> !channel.isOpen())
                .until(() -> System.nanoTime() > endNanos);
    }
}
