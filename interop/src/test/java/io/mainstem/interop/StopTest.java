package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM, while clients are at work. */
class StopTest {

    private static final int RECORDS = 100_000;
    private static final String TOPIC = "produced";
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void sigtermUnderLoadEndsInSuccessAndEverythingConfirmedIsThere() throws IOException {
        List<Entry> entries = Entries.random(RECORDS, scene.random());
        BrokerProcess broker = scene.startBroker();
        Rabbit.declareExchange(broker, "confirmed");
        Rabbit.declareQueue(broker, "confirmed", "all", "#");
        ConfirmingPublisher publisher = scene.closing(new ConfirmingPublisher(broker, "confirmed", entries));
        Load load = scene.closing(new Load(broker, entries));
        await("load")
                .atMost(DEADLINE)
                .until(() -> publisher.confirmedCount() > 1_000 && load.acknowledgedCount() > 1_000);
        assertThat(broker.terminate()).isZero();
        publisher.close();
        load.close();

        broker.start();
        PublishCheck.check(publisher, entries, KafkaClients.readAll(broker, "confirmed"));
        Set<Entry> missing = load.acknowledged();
        missing.removeAll(new HashSet<>(KafkaClients.readAll(broker, TOPIC)));
        assertThat(missing).isEmpty();
        assertThat(broker.logText()).doesNotContain("\tat ").doesNotContain(" ERROR ");
        assertThat(broker.logText()).contains("clean shutdown");
    }

    /** A Kafka producer that is at it until it is closed, and knows what was acknowledged. */
    private static final class Load implements AutoCloseable {

        private static final int OUTSTANDING = 500;

        private final KafkaProducer<byte[], byte[]> producer;
        private final Queue<Entry> acknowledged = new ConcurrentLinkedQueue<>();
        private final Semaphore room = new Semaphore(OUTSTANDING);
        private final Thread thread;
        private volatile boolean closed;

        Load(BrokerProcess broker, List<Entry> entries) {
            producer = KafkaClients.producer(broker);
            thread = new Thread(() -> entries.forEach(this::send), "load");
            thread.setDaemon(true);
            thread.start();
        }

        int acknowledgedCount() {
            return acknowledged.size();
        }

        Set<Entry> acknowledged() {
            return new HashSet<>(acknowledged);
        }

        private void send(Entry entry) {
            room.acquireUninterruptibly();
            if (!closed) {
                var unused = producer.send(KafkaClients.record(TOPIC, entry), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.add(entry);
                    }
                    room.release();
                });
            }
        }

        @Override
        public void close() {
            closed = true;
            // Fails what is under way, which makes room for the thread to come to its end.
            producer.close(Duration.ZERO);
            room.release(RECORDS);
        }
    }
}
