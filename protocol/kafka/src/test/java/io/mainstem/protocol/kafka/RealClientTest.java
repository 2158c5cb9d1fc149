package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kafka's own clients, unmodified, can do here. */
class RealClientTest {

    private static final Map<String, String> EARLIEST = Map.of("auto.offset.reset", "earliest");

    private Service service;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory);
    }

    @AfterEach
    void stop() {
        service.close();
        assertThat(service.engine.openSlices()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatWasProducedIsConsumed(String compression) throws Exception {
        service.topic("events", 1);
        List<String> values =
                IntStream.range(0, 5_000).mapToObj(i -> "value " + i).toList();

        produce(Map.of("compression.type", compression), "events", values);

        assertThat(consume(EARLIEST, new TopicPartition("events", 0), values.size()))
                .extracting(ConsumerRecord::value)
                .isEqualTo(values);
        assertThat(service.engine.slices()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcknowledgementWorks(String acks) throws Exception {
        service.topic("events", 1);
        List<String> values = List.of("a", "b", "c");

        produce(Map.of("acks", acks, "enable.idempotence", "false"), "events", values);

        assertThat(consume(EARLIEST, new TopicPartition("events", 0), 3))
                .extracting(ConsumerRecord::value)
                .isEqualTo(values);
    }

    @Test
    void anUnknownTopicIsMadeForItsProducer() throws Exception {
        produce(Map.of(), "made.on.the.fly", List.of("x"));

        assertThat(service.broker.topics().find("made.on.the.fly")).isPresent();
    }

    @Test
    void aLargeRecordSurvives() throws Exception {
        service.topic("events", 1);
        service.broker
                .topics()
                .configure("events", set -> Map.of("max.message.bytes", "4000000"))
                .toCompletableFuture()
                .join();
        String large = "x".repeat(3 << 20);

        produce(Map.of("max.request.size", 8 << 20), "events", List.of(large, "small"));

        assertThat(consume(EARLIEST, new TopicPartition("events", 0), 2))
                .extracting(ConsumerRecord::value)
                .containsExactly(large, "small");
    }

    @Test
    void anAdministratorCreatesAndListsTopics() throws Exception {
        try (Admin admin = service.admin()) {
            admin.createTopics(List.of(new NewTopic("three", 3, (short) 1)))
                    .all()
                    .get();

            assertThat(admin.listTopics().names().get()).contains("three");
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(admin.describeTopics(List.of("three"))
                            .allTopicNames()
                            .get()
                            .values())
                    .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(3));
        }
    }

    @Test
    void anAdministratorIsToldWhatIsWrong() {
        service.topic("there", 1);
        try (Admin admin = service.admin()) {
            NewTopic configured = new NewTopic("new", 1, (short) 1).configs(Map.of("cleanup.policy", "shrink"));

            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("there", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicExistsException.class);
            assertThatThrownBy(
                            () -> admin.createTopics(List.of(configured)).all().get())
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("cleanup.policy");
        }
    }

    @Test
    void offsetsAreFoundByPlaceAndByTime() throws Exception {
        service.topic("events", 1);
        TopicPartition partition = new TopicPartition("events", 0);
        try (KafkaProducer<String, String> producer = service.producer(Map.of())) {
            for (long time : new long[] {1_000, 3_000, 2_000}) {
                producer.send(new ProducerRecord<>("events", 0, time, "k", "v")).get();
            }
        }
        try (KafkaConsumer<String, String> consumer = service.consumer(Map.of())) {
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 3L);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_500L)).values())
                    .extracting(OffsetAndTimestamp::offset)
                    .containsExactly(1L);
        }
    }

    @Test
    void anAssigningConsumerMayHaveAGroup() throws Exception {
        service.topic("events", 1);
        produce(Map.of(), "events", List.of("a"));
        Map<String, String> config =
                Map.of("group.id", "readers", "enable.auto.commit", "false", "auto.offset.reset", "earliest");

        assertThat(consume(config, new TopicPartition("events", 0), 1)).hasSize(1);
    }

    @Test
    void aTransactionalProducerFailsAtOnce() {
        try (KafkaProducer<String, String> producer = service.producer(Map.of("transactional.id", "t"))) {
            assertThatThrownBy(producer::initTransactions)
                    .isInstanceOf(KafkaException.class)
                    .hasStackTraceContaining("transactions are not supported");
        }
    }

    private void produce(Map<String, ?> config, String topic, List<String> values)
            throws InterruptedException, ExecutionException {
        try (KafkaProducer<String, String> producer = service.producer(config)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            values.forEach(value -> sent.add(producer.send(new ProducerRecord<>(topic, "key", value))));
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private List<ConsumerRecord<String, String>> consume(Map<String, ?> config, TopicPartition from, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = service.consumer(config)) {
            consumer.assign(List.of(from));
            long deadlineNanos = System.nanoTime() + Service.DEADLINE.toNanos();
            while (records.size() < count && System.nanoTime() < deadlineNanos) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }
}
