package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mainstem.interop.DeliveryCheck.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A queue and the clients that compete for its messages. */
final class Consumption implements AutoCloseable {

    private final BrokerProcess broker;
    private final String queue;
    private final Set<String> expected;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final List<QueueClient> clients = new ArrayList<>();

    /** @param wanted which of the entries the queue is bound to get */
    Consumption(BrokerProcess broker, String queue, List<Entry> entries, Predicate<Entry> wanted) {
        this.broker = broker;
        this.queue = queue;
        this.expected = entries.stream().filter(wanted).map(Entry::digest).collect(Collectors.toSet());
    }

    Consumption withRabbit() {
        clients.add(new RabbitConsumer(broker, queue, seen));
        return this;
    }

    Consumption withPika(Scene scene) {
        clients.add(new PikaConsumer(scene, broker, queue, seen));
        return this;
    }

    int seen() {
        return seen.size();
    }

    int expected() {
        return expected.size();
    }

    /** Waits until so many different messages were delivered. */
    void awaitSeen(int count, Duration deadline) {
        await(count + " messages of queue " + queue)
                .atMost(deadline)
                .failFast("a client has failed", () -> clients.stream().anyMatch(client -> !client.isAlive()))
                .until(() -> seen.size() >= count);
    }

    void awaitAll(Duration deadline) {
        awaitSeen(expected.size(), deadline);
    }

    @Override
    public void close() {
        clients.forEach(QueueClient::close);
    }

    /** Closed, and the broker restarted: takes what is left, and checks all that was delivered in all lives. */
    Result check() throws IOException {
        List<History> histories = new ArrayList<>();
        clients.forEach(client -> histories.add(client.history()));
        histories.add(Rabbit.drain(broker, queue));
        Result result = DeliveryCheck.check(new HashSet<>(expected), broker.lives(), histories);
        assertThat(result.violations()).as("what queue %s did wrong", queue).isEmpty();
        System.out.printf(
                "queue %s: %d messages, %d delivered again after a kill, %d known to be durably acknowledged%n",
                queue, expected.size(), result.again(), result.durable());
        return result;
    }
}
