package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker whose disk is full refuses producers, serves consumers, keeps what it acknowledged, and recovers. */
@Tag("foreign")
class FullDiskTest {

    private static final int DISK_MEBIBYTES = 200;
    private static final int VALUE_BYTES = 200_000;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void aFullDiskRefusesProducersServesConsumersAndRecovers() throws Exception {
        BrokerProcess broker = scene.startBrokerOnSmallDisk(DISK_MEBIBYTES);
        Path ballast = broker.seenFromOutside(broker.dataDirectory()).resolve("ballast");
        List<Entry> acknowledged = new ArrayList<>();
        publish(broker, acknowledged, 100);
        fill(ballast);

        await("an error").atMost(DEADLINE).until(() -> !publishOne(broker, acknowledged));
        assertThat(publishOne(broker, acknowledged))
                .as("acknowledged on a full disk")
                .isFalse();
        KafkaClients.assertSame(head(broker, acknowledged), acknowledged, "a consumer while the disk is full");

        Files.delete(ballast);
        await("room again").atMost(DEADLINE).until(() -> publishOne(broker, acknowledged));
        publish(broker, acknowledged, 20);
        KafkaClients.assertSame(head(broker, acknowledged), acknowledged, "a consumer when there is room again");
        assertThat(broker.isAlive()).isTrue();
    }

    private static void publish(BrokerProcess broker, List<Entry> acknowledged, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(publishOne(broker, acknowledged)).isTrue();
        }
    }

    /** False when the producer was told that it is not stored; what is not known to be is not asked for later. */
    private static boolean publishOne(BrokerProcess broker, List<Entry> acknowledged) {
        Entry entry = new Entry("key", acknowledged.size() + ":" + "x".repeat(VALUE_BYTES));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.kafka(),
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 4000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, 4000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(KafkaClients.record("events", entry)).get();
            acknowledged.add(entry);
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The topic without what was refused and then stored all the same, which it may be: nobody was told. */
    private static List<Entry> head(BrokerProcess broker, List<Entry> acknowledged) {
        List<Entry> all = new ArrayList<>(KafkaClients.readAll(broker, "events"));
        all.retainAll(acknowledged);
        return all.stream().distinct().toList();
    }

    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[64 << 10];
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
    }
}
