package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConnectionTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @Test
    void aClientConnectsAndLearnsTheLimitsAndWhatTheServerCanDo() throws Exception {
        Connection connection = fixture.connect();

        assertThat(connection.getChannelMax()).isEqualTo(2047);
        assertThat(connection.getFrameMax()).isEqualTo(131_072);
        assertThat(connection.getHeartbeat()).isEqualTo(60);
        assertThat(connection.getServerProperties().get("product")).hasToString("Mainstem");
        assertThat(connection.getServerProperties().get("capabilities"))
                .isEqualTo(Map.of(
                        "publisher_confirms", true,
                        "basic.nack", true,
                        "consumer_cancel_notify", true,
                        "per_consumer_qos", true,
                        "exchange_exchange_bindings", true,
                        "direct_reply_to", true,
                        "connection.blocked", true,
                        "consumer_priorities", true,
                        "authentication_failure_close", true));
        connection.close();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aWrongPasswordIsRefusedInRabbitMqsWords() {
        ConnectionFactory factory = fixture.clients();
        factory.setPassword("wrong");

        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessage("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
                        + " For details see the broker logfile.");
    }

    @Test
    void thereIsOneVirtualHost() {
        ConnectionFactory factory = fixture.clients();
        factory.setVirtualHost("other");

        assertThat(refusal(factory::newConnection)).isEqualTo("530 NOT_ALLOWED - vhost other not found");
    }

    @Test
    void channelsUpToTheAgreedMaximumMayBeOpened() throws Exception {
        ConnectionFactory factory = fixture.clients();
        factory.setRequestedChannelMax(2);
        try (Connection connection = factory.newConnection()) {
            assertThat(connection.createChannel()).isNotNull();
            assertThat(connection.createChannel()).isNotNull();
            assertThat(connection.createChannel()).isNull();
        }
    }

    @Test
    void aChannelMayBeClosedAndItsNumberUsedAgain() throws Exception {
        Connection connection = fixture.connect();
        for (int round = 0; round < 3; round++) {
            Channel channel = connection.createChannel(1);
            channel.queueDeclare();
            channel.close();
        }
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aMistakeOnOneChannelLeavesTheOthersAlone() throws Exception {
        Connection connection = fixture.connect();
        Channel mistaken = connection.createChannel();
        Channel other = connection.createChannel();

        assertThat(refusal(() -> mistaken.queueDeclarePassive("missing")))
                .isEqualTo("404 NOT_FOUND - no queue 'missing' in vhost '/'");

        assertThat(mistaken.isOpen()).isFalse();
        other.queueDeclare();
        // And the number is free again.
        connection.createChannel(mistaken.getChannelNumber()).queueDeclare();
    }

    @Test
    void anIdleConnectionIsKeptByHeartbeats() throws Exception {
        ConnectionFactory factory = fixture.clients();
        factory.setRequestedHeartbeat(1);
        try (Connection connection = factory.newConnection()) {
            long startNanos = System.nanoTime();
            // Both sides would have given up after two intervals without a heartbeat.
            await().atMost(BrokerFixture.DEADLINE)
                    .failFast(() -> !connection.isOpen())
                    .until(() -> System.nanoTime() - startNanos > 3_500_000_000L);
            connection.createChannel().queueDeclare();
        }
    }

    @Test
    void closingTheListenerTellsItsClients() throws Exception {
        Connection connection = fixture.connect();
        AtomicReference<String> reason = new AtomicReference<>();
        connection.addShutdownListener(cause -> reason.set(BrokerFixture.reply(cause)));

        fixture.listener().close();

        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(reason)
                        .hasValue("320 CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"));
        assertThatThrownBy(fixture::connect).isInstanceOf(ConnectException.class);
    }
}
