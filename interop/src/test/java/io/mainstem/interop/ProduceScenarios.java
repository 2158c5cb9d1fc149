package io.mainstem.interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** What producers send, and what consumers get of it. */
final class ProduceScenarios {

    private static final long YEAR_MILLIS = 365L * 24 * 3_600_000;

    private ProduceScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("compression", ProduceScenarios::compression),
                new Scenario<>("produce-refused", ProduceScenarios::refused),
                new Scenario<>("produce-timestamps", ProduceScenarios::timestamps),
                new Scenario<>("auto-creation", ProduceScenarios::autoCreation),
                new Scenario<>("produce-shapes", ProduceScenarios::shapes),
                new Scenario<>("transactional", ProduceScenarios::transactional));
    }

    private static void compression(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<String, String> producer =
                    stage.producer(Map.of("compression.type", codec, "linger.ms", 50, "acks", "all"))) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    sent.add(producer.send(new ProducerRecord<>(name, 0, "key", codec.repeat(50) + i)));
                }
                producer.flush();
                stage.see(
                        codec,
                        sent.stream()
                                .map(future -> KafkaStage.get(future).offset())
                                .toList());
            }
        }
        seeAll(stage, name, 100);
    }

    private static void refused(KafkaStage stage, String name) {
        KafkaStage.get(TopicScenarios.create(
                stage, new NewTopic(name + "-small", 1, (short) 1).configs(Map.of("max.message.bytes", "1000"))));
        KafkaStage.get(TopicScenarios.create(
                stage, new NewTopic(name + "-compacted", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))));
        TopicScenarios.make(stage, List.of(name));
        seeSend(stage, "too large for the topic", new ProducerRecord<>(name + "-small", "k", "v".repeat(2000)));
        seeSend(stage, "small enough", new ProducerRecord<>(name + "-small", "k", "v"));
        seeSend(stage, "too large by default", new ProducerRecord<>(name, "k", "v".repeat(1_100_000)));
        seeSend(stage, "no key to a compacted topic", new ProducerRecord<>(name + "-compacted", null, "v"));
        seeSend(stage, "a key to a compacted topic", new ProducerRecord<>(name + "-compacted", "k", "v"));
        seeSend(stage, "a tombstone", new ProducerRecord<>(name + "-compacted", "k", null));
        seeSend(stage, "an invalid topic", new ProducerRecord<>("a b", "k", "v"));
        seeSend(stage, "a partition that is not there", new ProducerRecord<>(name, 7, "k", "v"));
        seeAll(stage, name + "-compacted", 2);
    }

    private static void timestamps(KafkaStage stage, String name) {
        long now = System.currentTimeMillis();
        KafkaStage.get(TopicScenarios.create(
                stage,
                new NewTopic(name + "-appended", 1, (short) 1)
                        .configs(Map.of("message.timestamp.type", "LogAppendTime"))));
        KafkaStage.get(TopicScenarios.create(
                stage,
                new NewTopic(name + "-recent", 1, (short) 1)
                        .configs(Map.of("message.timestamp.before.max.ms", "60000"))));
        TopicScenarios.make(stage, List.of(name));
        seeSend(stage, "a year ago", new ProducerRecord<>(name, 0, now - YEAR_MILLIS, "k", "v"));
        seeSend(stage, "a year from now", new ProducerRecord<>(name, 0, now + YEAR_MILLIS, "k", "v"));
        seeSend(stage, "older than allowed", new ProducerRecord<>(name + "-recent", 0, now - 120_000, "k", "v"));
        seeSend(stage, "recent enough", new ProducerRecord<>(name + "-recent", 0, now, "k", "v"));
        RecordMetadata appended;
        try (KafkaProducer<String, String> producer = stage.producer()) {
            appended = KafkaStage.get(producer.send(new ProducerRecord<>(name + "-appended", 0, 1000L, "k", "v")));
        }
        stage.see("append time is now", appended.timestamp() >= now);
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of())) {
            consumer.assign(List.of(new TopicPartition(name + "-appended", 0)));
            ConsumerRecord<String, String> read = KafkaStage.take(consumer, 1).get(0);
            stage.see("append time", read.timestampType() + " " + (read.timestamp() == appended.timestamp()));
        }
    }

    private static void autoCreation(KafkaStage stage, String name) {
        seeSend(stage, "to a topic that is not there", new ProducerRecord<>(name, "k", "v"));
        stage.see(
                "partitions",
                KafkaStage.get(stage.admin().describeTopics(List.of(name)).allTopicNames())
                        .get(name)
                        .partitions()
                        .size());
        try (KafkaConsumer<String, String> consumer =
                stage.consumer(Map.of("allow.auto.create.topics", false, "default.api.timeout.ms", 3000))) {
            stage.seeOutcome("a consumer that does not make it", () -> consumer.partitionsFor(name + "-absent"));
        }
    }

    private static void shapes(KafkaStage stage, String name) {
        long now = System.currentTimeMillis();
        TopicScenarios.make(stage, List.of(name));
        RecordHeaders headers = new RecordHeaders();
        headers.add("a", "1".getBytes(StandardCharsets.UTF_8));
        headers.add("a", null);
        headers.add("", new byte[0]);
        seeSend(stage, "headers", new ProducerRecord<>(name, 0, now, "k", "v", headers));
        seeSend(stage, "no key", new ProducerRecord<>(name, 0, now, null, "v"));
        seeSend(stage, "no value", new ProducerRecord<>(name, 0, now, "k", null, List.of()));
        seeSend(stage, "nothing", new ProducerRecord<>(name, 0, now, null, null, List.of()));
        seeSend(stage, "empty", new ProducerRecord<>(name, 0, now, "", ""));
        for (String acks : List.of("0", "1", "all")) {
            try (KafkaProducer<String, String> producer =
                    stage.producer(Map.of("acks", acks, "enable.idempotence", false))) {
                stage.see(
                        "acks " + acks,
                        KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, now, "k", acks)))
                                .hasOffset());
            }
        }
        seeAll(stage, name, 8);
    }

    private static void transactional(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        try (KafkaProducer<String, String> producer =
                stage.producer(Map.of("transactional.id", name, "max.block.ms", 10_000))) {
            stage.seeOutcome("init transactions", () -> {
                producer.initTransactions();
                return "done";
            });
        }
    }

    private static void seeSend(KafkaStage stage, String what, ProducerRecord<String, String> record) {
        Map<String, Object> settings = Map.of("max.request.size", 4 << 20, "max.block.ms", 5000);
        try (KafkaProducer<String, String> producer = stage.producer(settings)) {
            stage.seeOutcome(what, () -> KafkaStage.get(producer.send(record)).offset());
        } catch (IllegalStateException e) {
            stage.see(what, KafkaStage.errorName(e));
        }
    }

    /** All that partition 0 of a topic holds. */
    static void seeAll(KafkaStage stage, String topic, int count) {
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            for (ConsumerRecord<String, String> record : KafkaStage.take(consumer, count)) {
                stage.see(
                        topic + " at " + record.offset(),
                        record.key() + "=" + record.value() + " " + record.headers() + " " + record.timestampType());
            }
        }
    }
}
