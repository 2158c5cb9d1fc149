package io.mainstem.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One record through the whole house, by clients of both protocols, in one JVM. */
class MainstemServerTest {

    @TempDir
    Path directory;

    @Test
    void aKafkaClientPublishesARabbitClientConsumesAKafkaClientReplays() throws Exception {
        try (MainstemServer server =
                MainstemServer.builder().dataDirectory(directory).start()) {
            produce(server, "orders", "order.us", "elsewhere");
            try (Connection connection = connect(server)) {
                Channel channel = connection.createChannel();
                channel.queueDeclare("eu", true, false, false, null);
                channel.queueBind("eu", "orders", "order.eu.#");
                produce(server, "orders", "order.eu.de", "first");
                produce(server, "orders", "order.us", "not here");
                produce(server, "orders", "order.eu", "second");
                take(channel, "order.eu.de", "first");
            }
        }
        try (MainstemServer server =
                        MainstemServer.builder().dataDirectory(directory).start();
                Connection connection = connect(server)) {
            Channel channel = connection.createChannel();
            assertThat(channel.queueDeclarePassive("eu").getMessageCount()).isEqualTo(1);
            take(channel, "order.eu", "second");
            assertThat(replay(server, "orders", 4)).containsExactly("elsewhere", "first", "not here", "second");
        }
    }

    @Test
    void aRabbitClientPublishesAndAKafkaClientReads() throws Exception {
        try (MainstemServer server = MainstemServer.builder().inMemory().start();
                Connection connection = connect(server)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("events", "topic", true);
            channel.confirmSelect();
            channel.basicPublish("events", "a.b", null, "one".getBytes(StandardCharsets.UTF_8));
            channel.basicPublish("events", "a.c", null, "two".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(20_000);
            assertThat(replay(server, "events", 2)).containsExactly("one", "two");
        }
    }

    @Test
    void aListenerThatIsOffDoesNotListen() {
        try (MainstemServer server = MainstemServer.builder().kafka("off").start()) {
            assertThat(server.kafkaAddress()).isEmpty();
            assertThat(server.amqpAddress()).isPresent();
        }
    }

    @Test
    void aPortThatIsTakenIsToldAndNothingIsLeftBehind() {
        try (MainstemServer first = MainstemServer.builder().start()) {
            String taken = ListenAddress.toString(first.amqpAddress().orElseThrow());
            assertThatThrownBy(() -> MainstemServer.builder()
                            .dataDirectory(directory)
                            .amqp(taken)
                            .start())
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("cannot serve AMQP on " + taken);
        }
        // the directory was let go
        MainstemServer.builder().dataDirectory(directory).start().close();
    }

    @Test
    void aDirectoryHasOneServer() {
        try (MainstemServer first =
                MainstemServer.builder().dataDirectory(directory).start()) {
            assertThat(first.kafkaAddress()).isPresent();
            assertThatThrownBy(() ->
                            MainstemServer.builder().dataDirectory(directory).start())
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("is in use");
        }
    }

    @Test
    void anAddressThatOthersReachIsRefused() {
        assertThatThrownBy(() -> MainstemServer.builder().kafka("0.0.0.0:0").start())
                .isInstanceOf(StartException.class)
                .hasMessageContaining("refusing to listen on 0.0.0.0:0")
                .hasMessageContaining("--insecure");
    }

    private static void take(Channel channel, String routingKey, String body) throws Exception {
        // what Kafka clients produce is routed at once, but they are not told when
        GetResponse message = Awaitility.await().until(() -> channel.basicGet("eu", false), Objects::nonNull);
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo(routingKey);
        assertThat(message.getEnvelope().isRedeliver()).isFalse();
        assertThat(message.getBody()).asString(StandardCharsets.UTF_8).isEqualTo(body);
        channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
    }

    private static void produce(MainstemServer server, String topic, String key, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka(server));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    private static List<String> replay(MainstemServer server, String topic, int count) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka(server), "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            while (values.size() < count) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(20))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    private static Connection connect(MainstemServer server) throws Exception {
        InetSocketAddress address = server.amqpAddress().orElseThrow();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(address.getHostString());
        factory.setPort(address.getPort());
        return factory.newConnection();
    }

    private static String kafka(MainstemServer server) {
        return ListenAddress.toString(server.kafkaAddress().orElseThrow());
    }
}
