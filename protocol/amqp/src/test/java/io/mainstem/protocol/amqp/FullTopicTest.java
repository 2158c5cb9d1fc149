package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Topic;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * When an exchange or a queue has as much as it may have, its publishers are told and wait, and are refused nothing.
 */
@SuppressWarnings("NullAway.Init") // by beforeEach
class FullTopicTest {

    private static final int CEILING_BYTES = 1 << 20;
    private static final int MESSAGES = 100;
    private static final byte[] BODY = new byte[50_000];
    private static final String FULL_EXCHANGE =
            "blocked: exchange 'events' in vhost '/' is full of messages that consumers have not acknowledged";

    @RegisterExtension
    final BrokerFixture fixture =
            new BrokerFixture(AmqpOptions.defaults(), BrokerOptions.defaults().withMemoryTopicBytes(CEILING_BYTES));

    private final List<String> told = new CopyOnWriteArrayList<>();
    private Channel publisher;
    private Channel other;
    private Thread publishing;

    @BeforeEach
    void connect() throws Exception {
        Connection connection = fixture.connect();
        connection.addBlockedListener(reason -> told.add("blocked: " + reason), () -> told.add("unblocked"));
        publisher = connection.createChannel();
        publisher.confirmSelect();
        other = fixture.channel();
    }

    @AfterEach
    void nobodyPublishesAnyMore() throws Exception {
        publishing.join();
    }

    @Test
    void publishersToATransientExchangeWaitUntilConsumersHaveMadeRoom() throws Exception {
        other.exchangeDeclare("events", "fanout", false, false, Map.of());
        other.queueDeclare("work", true, false, false, null);
        other.queueBind("work", "events", "");
        publish("events", "", null);
        awaitFull("events");
        await().untilAsserted(() -> assertThat(told).containsExactly(FULL_EXCHANGE));
        assertThat(other.messageCount("work")).isLessThan(MESSAGES);

        assertThat(consume("work")).hasSize(MESSAGES);

        publishing.join();
        publisher.waitForConfirmsOrDie(20_000);
        await().untilAsserted(() -> assertThat(told).endsWith("unblocked"));
    }

    @Test
    void publishersToATransientQueueWaitWithoutConfirmsAsWell() throws Exception {
        other.queueDeclare("work", false, false, false, null);
        Connection connection = fixture.connect();
        connection.addBlockedListener(told::add, () -> told.add("unblocked"));
        publisher = connection.createChannel();
        publish("", "work", null);
        awaitFull("q.work");
        await().untilAsserted(() -> assertThat(told)
                .containsExactly("queue 'work' in vhost '/' is full of messages that consumers have not acknowledged"));

        assertThat(consume("work")).hasSize(MESSAGES);
    }

    @Test
    void whatExpiresMakesRoomAsWell() throws Exception {
        other.queueDeclare("work", false, false, false, null);
        publish("", "work", new AMQP.BasicProperties.Builder().expiration("100").build());
        publishing.join();
        publisher.waitForConfirmsOrDie(20_000);
    }

    @Test
    void publishersToADurableExchangeAreToldAsWell() throws Exception {
        other.exchangeDeclare("events", "fanout", true);
        other.queueDeclare("work", true, false, false, null);
        other.queueBind("work", "events", "");
        fixture.broker()
                .topics()
                .configure(
                        "events",
                        set -> Map.of(
                                "cleanup.policy", "settled", "settled.ceiling.bytes", Integer.toString(CEILING_BYTES)))
                .toCompletableFuture()
                .join();
        publish("events", "", null);
        awaitFull("events");
        await().untilAsserted(() -> assertThat(told).containsExactly(FULL_EXCHANGE));

        assertThat(consume("work")).hasSize(MESSAGES);
        publishing.join();
        publisher.waitForConfirmsOrDie(20_000);
        await().untilAsserted(() -> assertThat(told).endsWith("unblocked"));
    }

    @Test
    void whoPublishesElsewhereOnAnotherConnectionGoesOn() throws Exception {
        other.exchangeDeclare("events", "fanout", false, false, Map.of());
        other.queueDeclare("work", false, false, false, null);
        other.queueBind("work", "events", "");
        other.queueDeclare("elsewhere", true, false, false, null);
        publish("events", "", null);
        awaitFull("events");

        other.confirmSelect();
        other.basicPublish("", "elsewhere", null, BODY);
        other.waitForConfirmsOrDie(20_000);

        other.queueDelete("work");
        publishing.join();
        publisher.waitForConfirmsOrDie(20_000);
    }

    private void publish(String exchange, String key, AMQP.BasicProperties properties) {
        publishing = new Thread(() -> {
            for (int message = 0; message < MESSAGES; message++) {
                try {
                    publisher.basicPublish(exchange, key, properties, BODY);
                } catch (IOException e) {
                    return; // the connection was closed
                }
            }
        });
        publishing.start();
    }

    private void awaitFull(String topic) {
        await().atMost(BrokerFixture.DEADLINE)
                .until(() -> fixture.broker()
                        .topics()
                        .find(topic)
                        .filter(Topic::isHeld)
                        .isPresent());
    }

    /** Acknowledges one by one, until all have come. */
    private Set<Long> consume(String queue) throws IOException {
        Set<Long> received = ConcurrentHashMap.newKeySet();
        other.basicQos(1);
        other.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    received.add(delivery.getEnvelope().getDeliveryTag());
                    other.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                tag -> {});
        await().atMost(BrokerFixture.DEADLINE).until(() -> received.size() == MESSAGES);
        return received;
    }
}
