package io.mainstem.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Where reading begins and ends: offsets by place and time, deleted records, offsets out of range. */
final class OffsetScenarios {

    /** Young enough for every retention by time, and the same on both. */
    private static final long BASE_MILLIS = System.currentTimeMillis() - 100_000;

    private OffsetScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("offsets-by-time", OffsetScenarios::byTime),
                new Scenario<>("delete-records", OffsetScenarios::deleteRecords),
                new Scenario<>("out-of-range", OffsetScenarios::outOfRange),
                new Scenario<>("read-limits", OffsetScenarios::readLimits));
    }

    private static void byTime(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name, name + "-empty"));
        try (KafkaProducer<String, String> producer = stage.producer()) {
            for (long later : new long[] {1000, 3000, 2000, 5000, 4000, 5000}) {
                KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, BASE_MILLIS + later, "k", "v")));
            }
        }
        see(stage, "at 0", name, OffsetSpec.forTimestamp(0));
        for (long later : new long[] {0, 1000, 1001, 2500, 5000, 5001}) {
            see(stage, "at the base and " + later, name, OffsetSpec.forTimestamp(BASE_MILLIS + later));
        }
        see(stage, "earliest", name, OffsetSpec.earliest());
        see(stage, "latest", name, OffsetSpec.latest());
        see(stage, "with the largest timestamp", name, OffsetSpec.maxTimestamp());
        see(stage, "earliest local", name, OffsetSpec.earliestLocal());
        see(stage, "latest tiered", name, OffsetSpec.latestTiered());
        String empty = name + "-empty";
        see(stage, "empty: earliest", empty, OffsetSpec.earliest());
        see(stage, "empty: latest", empty, OffsetSpec.latest());
        see(stage, "empty: with the largest timestamp", empty, OffsetSpec.maxTimestamp());
        see(stage, "empty: at 0", empty, OffsetSpec.forTimestamp(0));
        TopicPartition absent = new TopicPartition(name, 9);
        stage.seeOutcome(
                "a partition that is not there",
                stage.impatientAdmin()
                        .listOffsets(Map.of(absent, OffsetSpec.latest()))
                        .partitionResult(absent));
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of())) {
            TopicPartition partition = new TopicPartition(name, 0);
            stage.see(
                    "a consumer's offset for a time",
                    consumer.offsetsForTimes(Map.of(partition, BASE_MILLIS + 2500))
                            .get(partition)
                            .offset());
            stage.see("none for a late time", consumer.offsetsForTimes(Map.of(partition, BASE_MILLIS + 9000)));
        }
    }

    private static void deleteRecords(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        stage.publish(name, 10);
        seeDelete(stage, "before 4", name, 4);
        see(stage, "earliest then", name, OffsetSpec.earliest());
        ProduceScenarios.seeAll(stage, name, 6);
        seeDelete(stage, "before 2", name, 2);
        seeDelete(stage, "before 11", name, 11);
        seeDelete(stage, "before -2", name, -2);
        seeDelete(stage, "all", name, -1);
        see(stage, "earliest in the end", name, OffsetSpec.earliest());
        see(stage, "latest in the end", name, OffsetSpec.latest());
        stage.seeOutcome(
                "of a topic that is not there",
                stage.impatientAdmin()
                        .deleteRecords(Map.of(new TopicPartition(name + "-absent", 0), RecordsToDelete.beforeOffset(0)))
                        .all());
        stage.publish(name, 1);
        see(stage, "the next offset", name, OffsetSpec.latest());
    }

    private static void outOfRange(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        stage.publish(name, 5);
        TopicPartition partition = new TopicPartition(name, 0);
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of("auto.offset.reset", "none"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 99);
            stage.seeOutcome("beyond the end", () -> pollOnce(consumer));
            stage.seeOutcome("without a place", () -> {
                consumer.unsubscribe();
                consumer.assign(List.of(partition));
                return pollOnce(consumer);
            });
        }
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of("auto.offset.reset", "earliest"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 99);
            stage.see("then from the start", KafkaStage.take(consumer, 5).get(0).offset());
        }
    }

    private static Object pollOnce(KafkaConsumer<String, String> consumer) {
        for (int i = 0; i < 100; i++) {
            if (!consumer.poll(Duration.ofMillis(50)).isEmpty()) {
                return "records";
            }
        }
        return "nothing";
    }

    private static void readLimits(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        try (KafkaProducer<String, String> producer = stage.producer(Map.of("linger.ms", 0))) {
            for (int i = 0; i < 20; i++) {
                KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, "k", "v".repeat(10_000))));
            }
        }
        Map<String, Object> small = Map.of("max.partition.fetch.bytes", 100, "fetch.max.bytes", 100);
        try (KafkaConsumer<String, String> consumer = stage.consumer(small)) {
            consumer.assign(List.of(new TopicPartition(name, 0)));
            List<ConsumerRecord<String, String>> all = KafkaStage.take(consumer, 20);
            stage.see("records that are larger than a fetch", all.size());
        }
        try (KafkaConsumer<String, String> consumer =
                stage.consumer(Map.of("isolation.level", "read_committed", "max.poll.records", 3))) {
            consumer.assign(List.of(new TopicPartition(name, 0)));
            stage.see(
                    "three at a time, committed ones",
                    KafkaStage.take(consumer, 20).size());
        }
    }

    static long end(KafkaStage stage, String topic, int partition) {
        return KafkaStage.get(list(stage, new TopicPartition(topic, partition), OffsetSpec.latest()))
                .offset();
    }

    private static Future<ListOffsetsResultInfo> list(KafkaStage stage, TopicPartition partition, OffsetSpec spec) {
        return stage.admin().listOffsets(Map.of(partition, spec)).partitionResult(partition);
    }

    private static void see(KafkaStage stage, String what, String topic, OffsetSpec spec) {
        stage.seeOutcome(what, () -> {
            ListOffsetsResultInfo found = KafkaStage.get(list(stage, new TopicPartition(topic, 0), spec));
            long later = found.timestamp() < 0 ? found.timestamp() : found.timestamp() - BASE_MILLIS;
            return found.offset() + " " + later + " " + found.leaderEpoch();
        });
    }

    private static void seeDelete(KafkaStage stage, String what, String topic, long beforeOffset) {
        TopicPartition partition = new TopicPartition(topic, 0);
        stage.seeOutcome(what, () -> {
            DeletedRecords deleted = KafkaStage.get(stage.admin()
                    .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(beforeOffset)))
                    .lowWatermarks()
                    .get(partition));
            return deleted.lowWatermark();
        });
    }
}
