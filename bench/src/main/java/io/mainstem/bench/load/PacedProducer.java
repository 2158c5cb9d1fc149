package io.mainstem.bench.load;

import io.mainstem.bench.result.Metric;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A program: produces with Kafka's client at a fixed rate, and prints the latencies up to the acknowledgement. */
final class PacedProducer {

    private static final Map<Metric, Double> PERCENTILES =
            Map.of(Metric.P50_MILLIS, 50.0, Metric.P95_MILLIS, 95.0, Metric.P99_MILLIS, 99.0);

    private PacedProducer() {}

    /** @param arguments as {@link Paced} gives them */
    public static void main(String[] arguments) throws Exception {
        Paced.Run run = Paced.Run.of(arguments);
        Map<String, Object> settings =
                Map.of("bootstrap.servers", run.address(), "acks", "all", "linger.ms", run.setting());
        byte[] value = new byte[run.bytes()];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            // what a producer does once, such as to ask for the partitions, is no part of a rate
            producer.partitionsFor(run.name());
            long startNanos = System.nanoTime();
            Latencies latencies = new Latencies("acknowledged", run.pace(), startNanos);
            run.pace().send(Pace.Clock.SYSTEM, startNanos, number -> {
                var unused = producer.send(new ProducerRecord<>(run.name(), value), (metadata, exception) -> {
                    if (exception != null) {
                        latencies.failed("record " + number + " was not acknowledged: " + exception);
                    }
                    latencies.answered(number, System.nanoTime());
                });
            });
            Paced.print(() -> latencies.await(Paced.LAST_SECONDS, PERCENTILES));
        }
    }
}
