package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Strangers send nonsense to both ports, and those who behave do not notice. */
class GarbageTest {

    private static final int STRANGERS = 200;
    private static final int ANSWER_DEADLINE_MILLIS = 15_000;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void garbageEndsItsOwnConnectionAndNobodyElses() throws Exception {
        List<Entry> entries = Entries.random(2 * STRANGERS, scene.random());
        BrokerProcess broker = scene.startBroker();
        Rabbit.declareExchange(broker, "events");
        Rabbit.declareQueue(broker, "events", "all", "#");
        Set<Entry> delivered = ConcurrentHashMap.newKeySet();
        try (Connection connection = Rabbit.connect(broker);
                KafkaProducer<byte[], byte[]> producer = impatientProducer(broker)) {
            Channel publishing = connection.createChannel();
            publishing.confirmSelect();
            Channel consuming = connection.createChannel();
            consuming.basicConsume(
                    "all",
                    false,
                    (tag, delivery) -> {
                        delivered.add(Rabbit.entry(delivery));
                        consuming.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    tag -> {});
            for (int index = 0; index < STRANGERS; index++) {
                insult(broker.host(), broker.kafkaPort(), Garbage.forKafka(scene.random()));
                insult(broker.host(), broker.amqpPort(), Garbage.forAmqp(scene.random()));
                Entry first = entries.get(2 * index);
                publishing.basicPublish("events", first.key(), MessageProperties.PERSISTENT_BASIC, first.valueBytes());
                assertThat(publishing.waitForConfirms(DEADLINE.toMillis())).isTrue();
                Entry second = entries.get(2 * index + 1);
                assertThat(producer.send(KafkaClients.record("events", second))).succeedsWithin(DEADLINE);
            }
            await("deliveries").atMost(DEADLINE).until(() -> delivered.size() == entries.size());
            assertThat(connection.isOpen()).isTrue();
        }
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(entries);
        KafkaClients.assertSame(KafkaClients.readAll(broker, "events"), entries, "the topic");
        assertThat(broker.logText())
                .as("one line an event, no stack trace for a client's mistake")
                .doesNotContain("\tat ")
                .doesNotContain(" ERROR ");
        assertThat(broker.terminate()).isZero();
    }

    @Test
    void largeFramesThatAreOnlyAnnouncedTakeNoMemory() throws Exception {
        BrokerProcess broker = scene.startBroker();
        // 64 requests of 100 MB would be more than the whole heap, and twelve times the direct memory.
        byte[] announcement = {6, 0x3F, -1, -1, 0, 3, 0, 9, 0, 0, 0, 1};
        List<Socket> strangers = new ArrayList<>();
        for (int stranger = 0; stranger < 64; stranger++) {
            Socket socket = scene.closing(new Socket(broker.host(), broker.kafkaPort()));
            socket.getOutputStream().write(announcement);
            strangers.add(socket);
        }
        Entry entry = new Entry("key", "value");
        try (KafkaProducer<byte[], byte[]> producer = impatientProducer(broker)) {
            assertThat(producer.send(KafkaClients.record("events", entry))).succeedsWithin(DEADLINE);
        }
        assertThat(KafkaClients.readAll(broker, "events")).containsExactly(entry);
        for (Socket socket : strangers) {
            socket.close();
        }
        assertThat(broker.isAlive()).isTrue();
    }

    /** Sends garbage and reads until the broker has closed the connection, as it must. */
    private static void insult(String host, int port, byte[] garbage) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(ANSWER_DEADLINE_MILLIS);
            socket.getOutputStream().write(garbage);
            socket.shutdownOutput();
            InputStream answer = socket.getInputStream();
            assertThat(answer.readNBytes(1 << 20)).hasSizeLessThan(1 << 20);
        } catch (SocketException e) {
            // Reset: closed while it had not read everything.
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
    }

    /** It notices every connection that ends: no second try. */
    private static KafkaProducer<byte[], byte[]> impatientProducer(BrokerProcess broker) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.kafka(),
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        false,
                        ProducerConfig.RETRIES_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
