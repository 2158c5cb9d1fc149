package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applications with Kafka's older Java clients, among them the oldest whose requests Kafka 4 still answers: 0.11.0,
 * from 2017. {@code src/test/drivers/KafkaDriver.java}
 */
@Tag("foreign")
class OlderJavaClientsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int RECORDS = 500;

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;
    private List<Entry> entries;

    @BeforeEach
    void startBroker() {
        broker = scene.startBroker();
        entries = Entries.random(RECORDS, scene.random());
    }

    @ParameterizedTest
    @CsvSource({"kafka-oldest, none gzip snappy lz4", "kafka-3, none gzip snappy lz4 zstd"})
    void readsWhatItHasWrittenInEveryCompressionAndSoDoesTheNewestClient(String client, String compressions)
            throws IOException {
        assertThat(produce(client, compressions.split(" ", -1))).isEqualTo(offsets(RECORDS));

        assertThat(driver(client, "read", "events").lines(DEADLINE)).isEqualTo(lines(entries));
        KafkaClients.assertSame(KafkaClients.readAll(broker, "events"), entries, "the newest client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-oldest", "kafka-3"})
    void groupGoesOnWhereItHasCommitted(String client) throws IOException {
        produce(client, "gzip");

        List<String> first = driver(client, "group", "events", "readers", "200").lines(DEADLINE);
        int rest = RECORDS - first.size();
        List<String> second = driver(client, "group", "events", "readers", Integer.toString(rest))
                .lines(DEADLINE);

        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(first).hasSizeBetween(200, RECORDS - 1);
        assertThat(all).isEqualTo(lines(entries));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-oldest", "kafka-3"})
    void findsOffsetsByTime(String client) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            for (long timestamp : new long[] {1_000, 2_000, 3_000}) {
                producer.send(new ProducerRecord<>("events", 0, timestamp, null, new byte[1]))
                        .get();
            }
        }

        assertThat(driver(client, "times", "events", "0", "1000", "1001", "3000", "3001")
                        .lines(DEADLINE))
                .containsExactly("0 1000", "0 1000", "1 2000", "2 3000", "none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka-oldest", "kafka-3"})
    void administersTopics(String client) throws Exception {
        driver(client, "create", "events", "3").lines(DEADLINE);
        assertThat(driver(client, "describe", "events").lines(DEADLINE))
                .containsExactly("listed true", "partitions 3", "nodes 1");

        driver(client, "configure", "events", "retention.ms=3600000").lines(DEADLINE);
        // 0.11 can only ask for configs in a version that Kafka 4 has no more
        assertThat(driver("kafka-3", "configs", "events").lines(DEADLINE))
                .contains("retention.ms=3600000", "cleanup.policy=delete by default");

        driver(client, "delete", "events").lines(DEADLINE);
        try (Admin admin = KafkaClients.admin(broker)) {
            assertThat(admin.listTopics().names().get()).doesNotContain("events");
        }
    }

    private List<String> produce(String client, String... compressions) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("events"));
        arguments.addAll(List.of(compressions));
        ForeignProgram producer = driver(client, "produce", arguments.toArray(String[]::new));
        try (OutputStream input = producer.input()) {
            for (Entry entry : entries) {
                input.write(entry.base64Line());
            }
        }
        return producer.lines(DEADLINE);
    }

    private ForeignProgram driver(String client, String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(broker.kafka(), command));
        all.addAll(List.of(arguments));
        return JavaClients.fetch(scene, client)
                .compile("KafkaDriver")
                .program(client + "-" + command, "KafkaDriver", all.toArray(String[]::new))
                .start();
    }

    private static List<String> offsets(int end) {
        return IntStream.range(0, end).mapToObj(Integer::toString).toList();
    }

    /** What the driver prints of the records of partition 0. */
    private static List<String> lines(List<Entry> entries) {
        return IntStream.range(0, entries.size())
                .mapToObj(index -> "0 " + index + " " + entries.get(index).digest())
                .toList();
    }
}
