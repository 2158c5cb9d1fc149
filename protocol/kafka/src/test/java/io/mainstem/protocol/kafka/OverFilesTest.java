package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way down: real clients, the real broker, real files. */
class OverFilesTest {

    @Test
    void whatWasAcknowledgedIsThereAfterARestart(@TempDir Path directory) throws Exception {
        List<String> values = new ArrayList<>();
        for (int start = 0; start < 2; start++) {
            try (Engine engine = LocalEngine.open(directory, LocalOptions.defaults());
                    Broker broker = Broker.start(engine, BrokerOptions.defaults())
                            .toCompletableFuture()
                            .join();
                    KafkaListener listener = KafkaListener.start(broker, "127.0.0.1", 0, KafkaOptions.defaults())) {
                values.addAll(produce(listener, "start " + start));

                assertThat(consume(listener, values.size())).isEqualTo(values);
            }
        }
    }

    private static List<String> produce(KafkaListener listener, String prefix) throws Exception {
        List<String> values = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(config(listener), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 2_000; i++) {
                values.add(prefix + " record " + i);
                sent.add(producer.send(new ProducerRecord<>("events", values.get(i))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
        return values;
    }

    private static List<String> consume(KafkaListener listener, int count) {
        List<String> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(config(listener), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition("events", 0)));
            long deadlineNanos = System.nanoTime() + Service.DEADLINE.toNanos();
            while (values.size() < count && System.nanoTime() < deadlineNanos) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private static Map<String, Object> config(KafkaListener listener) {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + listener.address().getPort(),
                "enable.metrics.push",
                "false",
                "auto.offset.reset",
                "earliest");
    }
}
