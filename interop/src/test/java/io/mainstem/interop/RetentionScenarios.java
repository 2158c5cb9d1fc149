package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What goes by itself: by size, by time, by key. How soon is nobody's business; what is left is. */
final class RetentionScenarios {

    private static final String SEGMENT_BYTES = Integer.toString(1 << 20);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private RetentionScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("retention-by-bytes", RetentionScenarios::byBytes),
                new Scenario<>("retention-by-time", RetentionScenarios::byTime),
                new Scenario<>("compaction", RetentionScenarios::compaction));
    }

    private static void byBytes(KafkaStage stage, String name) {
        make(stage, name, Map.of("segment.bytes", SEGMENT_BYTES, "retention.bytes", SEGMENT_BYTES));
        fill(stage, name, 50, System.currentTimeMillis());
        await("retention").atMost(DEADLINE).until(() -> earliest(stage, name) >= 20);
        stage.see("the newest mebibyte stays", earliest(stage, name) <= 40);
        stage.see("the end", OffsetScenarios.end(stage, name, 0));
    }

    private static void byTime(KafkaStage stage, String name) {
        make(stage, name, Map.of("segment.bytes", SEGMENT_BYTES, "retention.ms", "3600000"));
        fill(stage, name, 50, System.currentTimeMillis() - 7_200_000);
        await("retention").atMost(DEADLINE).until(() -> earliest(stage, name) == 50);
        stage.see("all is gone, the end stays", OffsetScenarios.end(stage, name, 0));
        stage.publish(name, 1);
        stage.see("the next one", OffsetScenarios.end(stage, name, 0));
        ProduceScenarios.seeAll(stage, name, 1);
    }

    private static void compaction(KafkaStage stage, String name) {
        make(
                stage,
                name,
                Map.of(
                        "cleanup.policy",
                        "compact",
                        "segment.bytes",
                        SEGMENT_BYTES,
                        "min.cleanable.dirty.ratio",
                        "0.01",
                        "delete.retention.ms",
                        "86400000"));
        try (KafkaProducer<String, String> producer = stage.producer()) {
            for (int i = 0; i < 100; i++) {
                String value = i % 10 == 7 && i > 90 ? null : i + ":" + "v".repeat(50_000);
                KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, "k" + i % 10, value)));
            }
            // what comes last keeps the rest out of the segment that is written, which is never compacted
            for (int i = 0; i < 25; i++) {
                KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, "last", "v".repeat(50_000))));
            }
        }
        await("compaction").atMost(DEADLINE).until(() -> older(stage, name).size() <= 10);
        stage.see("what is left, at its offsets", older(stage, name));
        stage.see("earliest", earliest(stage, name));
        stage.see("the end", OffsetScenarios.end(stage, name, 0));
    }

    /** Keys and beginnings of the values below offset 100, by offset. */
    private static Map<Long, String> older(KafkaStage stage, String topic) {
        Map<Long, String> found = new TreeMap<>();
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            while (consumer.position(partition) < 100) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.offset() < 100) {
                        String value = record.value();
                        found.put(
                                record.offset(), record.key() + "=" + (value == null ? "none" : value.substring(0, 3)));
                    }
                }
            }
        }
        return found;
    }

    private static void make(KafkaStage stage, String name, Map<String, String> settings) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 1, (short) 1).configs(settings)));
    }

    /** Fifty kilobytes each, so that a segment takes some twenty. */
    private static void fill(KafkaStage stage, String topic, int count, long timestampMillis) {
        try (KafkaProducer<String, String> producer = stage.producer(Map.of("linger.ms", 0))) {
            for (int i = 0; i < count; i++) {
                KafkaStage.get(producer.send(new ProducerRecord<>(topic, 0, timestampMillis, "k", "v".repeat(50_000))));
            }
        }
    }

    private static long earliest(KafkaStage stage, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        return KafkaStage.get(stage.admin()
                        .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                        .partitionResult(partition))
                .offset();
    }
}
