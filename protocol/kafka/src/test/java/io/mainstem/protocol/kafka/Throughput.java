package io.mainstem.protocol.kafka;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * By hand: {@code serve} runs a broker until it is killed and prints its address; {@code load ADDRESS RECORDS BYTES}
 * writes and reads. What the adapter costs, and not what a disk costs: the store never syncs.
 */
final class Throughput {

    private Throughput() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("serve")) {
            Service service = Service.start(Files.createTempDirectory("throughput"));
            System.out.println(service.bootstrap());
            while (true) {
                Thread.sleep(5_000);
                long cpuNanos = ((com.sun.management.OperatingSystemMXBean)
                                ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime();
                System.out.println("cpu " + cpuNanos / 1_000_000 + " ms");
            }
        }
        int records = Integer.parseInt(arguments[2]);
        int bytes = Integer.parseInt(arguments[3]);
        for (int round = 0; round < 3; round++) {
            String topic = "load." + bytes + "." + round;
            long start = System.nanoTime();
            produce(arguments[1], topic, records, bytes);
            report("produce", records, System.nanoTime() - start);
            start = System.nanoTime();
            consume(arguments[1], topic, records);
            report("consume", records, System.nanoTime() - start);
        }
    }

    private static void produce(String address, String topic, int records, int bytes) {
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", address, "enable.metrics.push", "false", "linger.ms", "5"));
        byte[] value = new byte[bytes];
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, value));
            }
        }
    }

    private static void consume(String address, String topic, int records) {
        Properties properties = new Properties();
        properties.putAll(
                Map.of("bootstrap.servers", address, "enable.metrics.push", "false", "auto.offset.reset", "earliest"));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            int seen = 0;
            while (seen < records) {
                seen += consumer.poll(Duration.ofSeconds(1)).count();
            }
        }
    }

    private static void report(String what, int records, long nanos) {
        System.out.printf("%s %d: %,.0f/s%n", what, records, records * 1e9 / nanos);
    }
}
