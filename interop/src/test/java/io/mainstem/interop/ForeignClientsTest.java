package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one unmodified client writes, clients of the other protocol and of other languages read, byte for byte. */
@Tag("foreign")
class ForeignClientsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int RECORDS = 1_000;

    @RegisterExtension
    final Scene scene = new Scene();

    private List<Entry> entries;
    private BrokerProcess broker;

    @BeforeEach
    void startBroker() throws IOException {
        // kcat's records end with control characters, so that noise will not do here
        entries = Entries.random(RECORDS, scene.random()).stream()
                .map(entry -> new Entry(
                        entry.key(), entry.value().replace('\u001e', ' ').replace('\u001f', ' ')))
                .toList();
        broker = scene.startBroker();
        Rabbit.declareExchange(broker, "events");
        Rabbit.declareQueue(broker, "events", "all", "#");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void kcatWritesEveryCompression(String compression) throws IOException {
        Kcat.Producer producer = scene.closing(new Kcat.Producer(scene, broker, "events", "-z", compression));
        producer.send(entries);
        producer.finish(DEADLINE);
        assertReadByMost();
        // kafkajs has the others in further packages
        if (compression.equals("none") || compression.equals("gzip")) {
            assertReadByKafkaJs();
        }
    }

    @Test
    void kafkaJsWrites() throws IOException {
        KafkaJs.send(scene, broker, "events", entries);
        assertReadByEveryone();
    }

    @Test
    void kafkaPythonWritesEveryCompression() throws IOException {
        ForeignProgram program =
                KafkaPython.start(scene, broker, "produce", "events", "none", "gzip", "snappy", "lz4", "zstd");
        try (OutputStream input = program.input()) {
            for (Entry entry : entries) {
                input.write(entry.base64Line());
            }
        }
        assertThat(program.lines(DEADLINE)).isEqualTo(offsets(RECORDS));
        assertReadByMost();
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            for (long timestamp : new long[] {1_000, 2_000, 3_000}) {
                producer.send(new ProducerRecord<>("times", 0, timestamp, null, new byte[1]))
                        .get();
            }
        }
        assertThat(KafkaPython.start(scene, broker, "times", "times", "0", "1001", "3000", "3001")
                        .lines(DEADLINE))
                .containsExactly("0 1000", "1 2000", "2 3000", "none");
        assertThat(kcat("-Q", "-t", "times:0:1001")).containsExactly("times [0] offset 1");
        assertThat(kcat("-L", "-t", "times")).anyMatch(line -> line.contains("topic \"times\" with 1 partitions"));
    }

    private List<String> kcat(String... arguments) {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", broker.kafka()));
        command.addAll(List.of(arguments));
        return scene.program("kcat", command.toArray(String[]::new)).start().lines(DEADLINE);
    }

    private static List<String> offsets(int end) {
        return IntStream.range(0, end).mapToObj(Integer::toString).toList();
    }

    @Test
    void pikaWritesWithConfirms() throws IOException {
        ForeignProgram program = scene.program(
                        "pika-publisher",
                        PikaConsumer.PYTHON,
                        Scene.interop().resolve("src/test/python/publish.py").toString(),
                        broker.host(),
                        Integer.toString(broker.amqpPort()),
                        "events")
                .start();
        try (OutputStream input = program.input()) {
            for (Entry entry : entries) {
                input.write(entry.base64Line());
            }
        }
        program.awaitSuccess(DEADLINE);
        assertReadByEveryone();
    }

    private void assertReadByEveryone() throws IOException {
        assertReadByMost();
        assertReadByKafkaJs();
    }

    private void assertReadByMost() throws IOException {
        KafkaClients.assertSame(KafkaClients.readAll(broker, "events"), entries, "Kafka's Java consumer");
        KafkaClients.assertSame(Kcat.readAll(scene, broker, "events"), entries, "kcat");
        assertThat(KafkaPython.start(scene, broker, "read", "events").lines(DEADLINE))
                .isEqualTo(IntStream.range(0, RECORDS)
                        .mapToObj(
                                index -> "0 " + index + " " + entries.get(index).digest())
                        .toList());
        KafkaClients.assertSame(takeAll(), entries, "RabbitMQ's Java client");
    }

    private void assertReadByKafkaJs() {
        assertThat(KafkaJs.readDigests(scene, broker, "events"))
                .isEqualTo(entries.stream().map(Entry::digest).toList());
    }

    private List<Entry> takeAll() throws IOException {
        List<Entry> taken = new ArrayList<>();
        try (Connection connection = Rabbit.connect(broker)) {
            Channel channel = connection.createChannel();
            GetResponse response = channel.basicGet("all", true);
            while (response != null) {
                taken.add(Rabbit.entry(response));
                response = channel.basicGet("all", true);
            }
        }
        return taken;
    }
}
