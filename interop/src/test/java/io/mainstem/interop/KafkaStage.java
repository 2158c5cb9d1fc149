package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What plays a scenario with Kafka's Java clients. */
final class KafkaStage extends Stage {

    private static final Duration POLL = Duration.ofMillis(50);

    private final String bootstrap;
    private final Admin admin;
    private final Admin impatientAdmin;

    KafkaStage(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        this.impatientAdmin = Admin.create(
                Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 3000, "request.timeout.ms", 2000));
    }

    String bootstrap() {
        return bootstrap;
    }

    Admin admin() {
        return admin;
    }

    /** For what clients try until their time is up. */
    Admin impatientAdmin() {
        return impatientAdmin;
    }

    KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(with(settings), new StringSerializer(), new StringSerializer());
    }

    KafkaProducer<String, String> producer() {
        return producer(Map.of());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", false));
        all.putAll(settings);
        return new KafkaConsumer<>(with(all), new StringDeserializer(), new StringDeserializer());
    }

    private Map<String, Object> with(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap);
        return all;
    }

    /** Writes down "done", or the name of the error. */
    void seeOutcome(String what, Future<?> future) {
        seeOutcome(what, () -> {
            future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            return "done";
        });
    }

    @Override
    String error(Exception failure) {
        return errorName(failure);
    }

    static String errorName(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException
                        || cause instanceof CompletionException
                        || cause instanceof IllegalStateException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }

    static <T> T get(Future<T> future) {
        try {
            return future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Publishes values {@code v0, v1, ...} with keys {@code k0, k1, ...} to partition 0. */
    void publish(String topic, int count) {
        try (KafkaProducer<String, String> producer = producer()) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, "k" + i, "v" + i)));
            }
            producer.flush();
            sent.forEach(KafkaStage::get);
        }
    }

    /** Polls until so many records have come. */
    static List<ConsumerRecord<String, String>> take(KafkaConsumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> taken = new ArrayList<>();
        pollUntil(consumer, taken, all -> all.size() >= count);
        return taken;
    }

    /** Polls, and keeps what came, until that is enough. */
    static void pollUntil(
            KafkaConsumer<String, String> consumer,
            List<ConsumerRecord<String, String>> taken,
            Predicate<List<ConsumerRecord<String, String>>> enough) {
        long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
        while (!enough.test(taken)) {
            assertThat(System.nanoTime()).as("has only %s", taken).isLessThan(deadlineNanos);
            consumer.poll(POLL).forEach(taken::add);
        }
    }

    @Override
    public void close() {
        admin.close();
        impatientAdmin.close();
    }
}
