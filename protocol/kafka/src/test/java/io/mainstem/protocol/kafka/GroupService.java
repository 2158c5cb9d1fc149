package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import io.mainstem.protocol.kafka.groups.GroupOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker over real files that can be started again, on the same port, while its clients go on. */
final class GroupService implements AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Path directory;
    private final KafkaOptions options;
    private Engine engine;
    private Broker broker;
    private KafkaListener listener;

    private GroupService(Path directory, KafkaOptions options) throws IOException {
        this.directory = directory;
        this.options = options;
        open(0);
    }

    static GroupService start(Path directory) throws IOException {
        return start(directory, options(InstantSource.system()));
    }

    static GroupService start(Path directory, GroupOptions groups) throws IOException {
        return new GroupService(directory, KafkaOptions.defaults().withGroups(groups));
    }

    /** Sessions that end soon, and an eye on old offsets that never rests. */
    static GroupOptions options(InstantSource clock) {
        return new GroupOptions(clock, 0, 500, 60_000, 5_000, 200, 100, 4_096, 60_000, 100);
    }

    void restart() throws IOException {
        int port = listener.address().getPort();
        close();
        open(port);
    }

    private void open(int port) throws IOException {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        broker = Broker.start(engine, BrokerOptions.defaults())
                .toCompletableFuture()
                .join();
        listener = KafkaListener.start(broker, "127.0.0.1", port, options);
    }

    Broker broker() {
        return broker;
    }

    KafkaListener listener() {
        return listener;
    }

    void createTopic(String name, int partitions) {
        broker.topics()
                .create(TopicSpec.stream(name, partitions))
                .toCompletableFuture()
                .join();
    }

    void deleteTopic(String name) {
        broker.topics().delete(name, false).toCompletableFuture().join();
    }

    /** Spreads as many records over the partitions, with their number as value. */
    void produce(String topic, int partitions, int from, int until) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config(Map.of()), new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = IntStream.range(from, until)
                    .mapToObj(number -> producer.send(
                            new ProducerRecord<>(topic, number % partitions, "key", Integer.toString(number))))
                    .toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    KafkaConsumer<String, String> consumer(String groupId, Map<String, ?> more) {
        Map<String, Object> config = config(more);
        config.put("group.id", groupId);
        config.putIfAbsent("auto.offset.reset", "earliest");
        config.putIfAbsent("enable.auto.commit", "false");
        if (!"consumer".equals(config.get("group.protocol"))) {
            config.putIfAbsent("session.timeout.ms", "6000");
            config.putIfAbsent("heartbeat.interval.ms", "200");
        }
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return Admin.create(config(Map.of()));
    }

    private Map<String, Object> config(Map<String, ?> more) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", "127.0.0.1:" + listener.address().getPort());
        config.put("enable.metrics.push", "false");
        config.put("metadata.max.age.ms", "1000");
        config.putAll(more);
        return config;
    }

    @Override
    public void close() {
        listener.close();
        broker.close();
        engine.close();
    }
}
