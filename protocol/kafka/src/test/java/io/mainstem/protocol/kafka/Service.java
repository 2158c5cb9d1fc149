package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A real broker with a listener on a free port of loopback, over the store that the test holds. */
final class Service implements AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(20);

    final TestEngine engine;
    final Broker broker;
    final KafkaListener listener;

    private Service(TestEngine engine, KafkaOptions options) throws IOException {
        this.engine = engine;
        this.broker = Broker.start(engine, BrokerOptions.defaults())
                .toCompletableFuture()
                .join();
        this.listener = KafkaListener.start(broker, "127.0.0.1", 0, options);
    }

    static Service start(Path directory) throws IOException {
        return start(directory, KafkaOptions.defaults());
    }

    static Service start(Path directory, KafkaOptions options) throws IOException {
        return new Service(new TestEngine(directory), options);
    }

    Topic topic(String name, int partitions) {
        return broker.topics()
                .create(TopicSpec.stream(name, partitions))
                .toCompletableFuture()
                .join();
    }

    RawClient connect() throws IOException {
        return new RawClient(listener.address());
    }

    String bootstrap() {
        return "127.0.0.1:" + listener.address().getPort();
    }

    KafkaProducer<String, String> producer(Map<String, ?> more) {
        return new KafkaProducer<>(properties(more), new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, ?> more) {
        return new KafkaConsumer<>(properties(more), new StringDeserializer(), new StringDeserializer());
    }

    Admin admin() {
        return Admin.create(properties(Map.of()));
    }

    private Properties properties(Map<String, ?> more) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap());
        properties.put("enable.metrics.push", "false");
        properties.putAll(more);
        return properties;
    }

    @Override
    public void close() {
        listener.close();
        broker.close();
        engine.close();
    }
}
