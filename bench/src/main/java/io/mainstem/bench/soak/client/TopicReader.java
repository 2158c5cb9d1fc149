package io.mainstem.bench.soak.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what a topic holds now, without a group. */
public final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Target target;

    public TopicReader(Target target) {
        this.target = target;
    }

    /**
     * Each record from the first to the last one of now.
     *
     * @return the offsets of the first records, summed up over the partitions
     */
    public long read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                target.kafka(),
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "reconnect.backoff.max.ms",
                200);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, DEADLINE).stream()
                    .map(it -> new TopicPartition(topic, it.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, DEADLINE);
            long first = consumer.beginningOffsets(partitions, DEADLINE).values().stream()
                    .mapToLong(it -> it)
                    .sum();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
            while (partitions.stream().anyMatch(it -> consumer.position(it, DEADLINE) < end(ends, it))) {
                if (System.nanoTime() > deadlineNanos) {
                    throw new IllegalStateException(topic + " cannot be read to its end");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < end(ends, new TopicPartition(topic, record.partition()))) {
                        reader.accept(record);
                    }
                }
            }
            return first;
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }
}
