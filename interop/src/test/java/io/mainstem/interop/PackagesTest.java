package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real input: what {@code apt-cache dumpavail} says of every package that Debian has, some sixty thousand records with
 * lines in them, through unmodified clients of three languages, while the broker is killed.
 */
class PackagesTest {

    private static final Duration DEADLINE = Duration.ofMinutes(4);

    /** The share of the second queue, by overlapping bindings: what both fit is delivered once. */
    private static final String[] SHARE_KEYS = {"libs.#", "*.libc6", "net.#"};

    @RegisterExtension
    final Scene scene = new Scene();

    private List<Entry> packages;
    private BrokerProcess broker;

    @BeforeEach
    void readPackages() {
        byte[] dump =
                scene.program("apt-cache", "apt-cache", "dumpavail").start().output(DEADLINE);
        packages = Entries.paragraphs(new String(dump, StandardCharsets.ISO_8859_1));
        assertThat(packages).as("run apt-get update").hasSizeGreaterThan(10_000).doesNotHaveDuplicates();
        broker = scene.startBroker();
    }

    @Test
    @Tag("foreign")
    void everyPackageReachesCompetingClientsOverKills() throws IOException {
        publishAndConsume(2, 3);
    }

    @Test
    @Tag("full")
    void everyPackageReachesCompetingClientsOverManyKills() throws IOException {
        publishAndConsume(15, 15);
    }

    @Test
    @Tag("foreign")
    void whatIsConfirmedToARabbitClientIsReadByKcatOverKills() throws IOException {
        Rabbit.declareExchange(broker, "packages");
        Rabbit.declareQueue(broker, "packages", "all", "#");
        ConfirmingPublisher publisher = scene.closing(new ConfirmingPublisher(broker, "packages", packages));
        for (int kill : scene.moments(3, packages.size())) {
            await("confirms").atMost(DEADLINE).until(() -> publisher.confirmedCount() >= kill);
            broker.killAndRestart();
        }
        await("confirms").atMost(DEADLINE).until(publisher::isDone);
        publisher.close();

        PublishCheck.check(publisher, packages, Kcat.readAll(scene, broker, "packages"));
    }

    private void publishAndConsume(int killsOfProducer, int killsOfConsumers) throws IOException {
        Rabbit.declareExchange(broker, "packages");
        Rabbit.declareQueue(broker, "packages", "all", "#");
        Rabbit.declareQueue(broker, "packages", "share", SHARE_KEYS);
        Consumption all = scene.closing(new Consumption(broker, "all", packages, entry -> true))
                .withRabbit()
                .withPika(scene);
        Consumption share = scene.closing(new Consumption(broker, "share", packages, PackagesTest::fitsShareKeys))
                .withRabbit();
        try (Kcat.Producer producer = new Kcat.Producer(scene, broker, "packages")) {
            int sent = 0;
            for (int kill : scene.moments(killsOfProducer, packages.size())) {
                producer.send(packages.subList(sent, kill));
                broker.killAndRestart();
                sent = kill;
            }
            producer.send(packages.subList(sent, packages.size()));
            producer.finish(DEADLINE);
        }
        for (int kill : scene.moments(killsOfConsumers, packages.size())) {
            all.awaitSeen(kill, DEADLINE);
            broker.killAndRestart();
        }
        all.awaitAll(DEADLINE);
        share.awaitAll(DEADLINE);
        all.close();
        share.close();

        assertThat(broker.terminate()).isZero();
        broker.start();
        assertThat(all.check().durable()).as("durably acknowledged").isGreaterThan(packages.size() / 4);
        share.check();
        KafkaClients.assertSame(KafkaClients.readAll(broker, "packages"), packages, "Kafka's Java consumer");
        KafkaClients.assertSame(Kcat.readAll(scene, broker, "packages"), packages, "kcat");
        assertThat(KafkaJs.readDigests(scene, broker, "packages")
                        .equals(packages.stream().map(Entry::digest).toList()))
                .as("kafkajs reads the same")
                .isTrue();
    }

    private static boolean fitsShareKeys(Entry entry) {
        return entry.key().startsWith("libs.")
                || entry.key().startsWith("net.")
                || entry.key().matches("[^.]*\\.libc6");
    }
}
