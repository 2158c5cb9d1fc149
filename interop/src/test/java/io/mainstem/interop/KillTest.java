package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker is killed while Java clients publish and consume; see PackagesTest for clients of other languages. */
class KillTest {

    private static final int RECORDS = 4_000;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void whatAKafkaClientPublishesReachesTheConsumersOfQueuesOverKills() throws IOException {
        List<Entry> entries = Entries.random(RECORDS, scene.random());
        BrokerProcess broker = scene.startBroker();
        Rabbit.declareExchange(broker, "events");
        Rabbit.declareQueue(broker, "events", "all", "#");
        Rabbit.declareQueue(broker, "events", "share", "libs.#", "*.entry7");
        Consumption all = scene.closing(new Consumption(broker, "all", entries, entry -> true))
                .withRabbit()
                .withRabbit();
        Consumption share = scene.closing(new Consumption(
                        broker,
                        "share",
                        entries,
                        entry -> entry.key().startsWith("libs.") || entry.key().endsWith(".entry7")))
                .withRabbit();

        int firstKill = scene.random().nextInt(RECORDS / 4, RECORDS / 2);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            for (int index = 0; index < RECORDS; index++) {
                if (index == firstKill) {
                    all.awaitSeen(firstKill / 2, DEADLINE);
                    broker.killAndRestart();
                }
                sent.add(producer.send(KafkaClients.record("events", entries.get(index))));
            }
            producer.flush();
        }
        assertThat(sent).allSatisfy(future -> assertThat(future).succeedsWithin(DEADLINE));
        all.awaitSeen(scene.random().nextInt(RECORDS / 2, RECORDS), DEADLINE);
        broker.killAndRestart();
        all.awaitAll(DEADLINE);
        share.awaitAll(DEADLINE);
        all.close();
        share.close();

        assertThat(broker.terminate()).isZero();
        broker.start();
        all.check();
        share.check();
        KafkaClients.assertSame(KafkaClients.readAll(broker, "events"), entries, "the topic");
    }

    @Test
    void whatWasConfirmedToARabbitClientIsInTheTopicOverKills() throws IOException {
        List<Entry> entries = Entries.random(RECORDS, scene.random());
        BrokerProcess broker = scene.startBroker();
        Rabbit.declareExchange(broker, "events");
        Rabbit.declareQueue(broker, "events", "all", "#");
        ConfirmingPublisher publisher = scene.closing(new ConfirmingPublisher(broker, "events", entries));
        for (int kill = 1; kill <= 2; kill++) {
            int confirmed = scene.random().nextInt(kill * RECORDS / 4, kill * RECORDS / 3);
            await("confirms").atMost(DEADLINE).until(() -> publisher.confirmedCount() >= confirmed);
            broker.killAndRestart();
        }
        await("confirms").atMost(DEADLINE).until(publisher::isDone);
        publisher.close();

        PublishCheck.check(publisher, entries, KafkaClients.readAll(broker, "events"));
    }
}
