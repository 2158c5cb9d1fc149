package io.mainstem.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What tests say to Kafka's Java clients again and again. */
final class KafkaClients {

    private static final long READ_DEADLINE_NANOS = Duration.ofMinutes(1).toNanos();

    private KafkaClients() {}

    /** Idempotent, and patient over restarts. */
    static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.kafka(),
                        ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        200,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.LINGER_MS_CONFIG,
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Entry entry) {
        return new ProducerRecord<>(topic, entry.keyBytes(), entry.valueBytes());
    }

    static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker) {
        return consumer(broker, Map.of());
    }

    /** Commits only what it is told to. */
    static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker, Map<String, Object> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.kafka());
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Admin admin(BrokerProcess broker) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.kafka()));
    }

    /** All that the only log of a topic holds, from the start, at offsets without gaps. */
    static List<Entry> readAll(BrokerProcess broker, String topic) {
        List<Entry> entries = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            assertThat(consumer.partitionsFor(topic)).hasSize(1);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long startNanos = System.nanoTime();
            while (entries.size() < end) {
                assertThat(System.nanoTime() - startNanos)
                        .as("nanoseconds; read %d of %d records", entries.size(), end)
                        .isLessThan(READ_DEADLINE_NANOS);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(record.offset()).isEqualTo(entries.size());
                    entries.add(Entry.of(record.key() == null ? new byte[0] : record.key(), record.value()));
                }
            }
        }
        return entries;
    }

    /** Says the same as {@code isEqualTo}, in less than a hundred thousand lines. */
    static void assertSame(List<Entry> actual, List<Entry> expected, String reader) {
        int common = Math.min(actual.size(), expected.size());
        for (int index = 0; index < common; index++) {
            if (!actual.get(index).equals(expected.get(index))) {
                assertThat(new String(actual.get(index).valueBytes(), ISO_8859_1))
                        .as(
                                "record %d of %s, key %s",
                                index, reader, expected.get(index).key())
                        .isEqualTo(expected.get(index).value());
                assertThat(actual.get(index).key())
                        .as("key of record %d", index)
                        .isEqualTo(expected.get(index).key());
            }
        }
        assertThat(actual.size()).as("records of %s", reader).isEqualTo(expected.size());
    }
}
