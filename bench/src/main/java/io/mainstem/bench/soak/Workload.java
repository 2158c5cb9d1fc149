package io.mainstem.bench.soak;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.mainstem.bench.load.AmqpConnections;
import io.mainstem.bench.soak.check.Ledger;
import io.mainstem.bench.soak.check.Source;
import io.mainstem.bench.soak.check.Violations.Kind;
import io.mainstem.bench.soak.client.Client;
import io.mainstem.bench.soak.client.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/** All clients of a run, from the first declaration to the last check. */
final class Workload {

    private static final int LOOK_MILLIS = 500;
    private static final int DRAIN_MILLIS = 180_000;

    private final Parts parts = new Parts();
    private final Target target;
    private final Queues queues;
    private final Streams streams;

    Workload(Target target) {
        this.target = target;
        this.queues = new Queues(parts, target);
        this.streams = new Streams(parts, target, queues.adopted());
        queues.consume(streams.sourcesOf(Streams.ADOPTED));
    }

    void declare() throws IOException, TimeoutException, ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", target.kafka()));
                Connection connection = AmqpConnections.factory(target.amqp()).newConnection();
                Channel channel = connection.createChannel()) {
            streams.declare(admin);
            queues.declare(channel);
            queues.set(admin);
        }
    }

    void start() {
        queues.markers().start();
        parts.receivers().forEach(Client::start);
        parts.senders().forEach(Client::start);
    }

    void endSending() throws InterruptedException {
        queues.hurry();
        parts.senders().forEach(Client::end);
        for (Client sender : parts.senders()) {
            sender.join();
        }
    }

    void endReceiving() throws InterruptedException {
        List<Client> rest = new ArrayList<>(parts.receivers());
        rest.add(queues.markers());
        rest.forEach(Client::end);
        for (Client client : rest) {
            client.join();
        }
    }

    /** Waits until all that was acknowledged has come; or for some minutes. */
    void awaitReceived() throws InterruptedException {
        await(() -> missing() == 0);
    }

    /** Waits until nothing waits in a queue; or for some minutes. */
    void awaitEmpty() throws InterruptedException {
        await(() -> waiting().values().stream().allMatch(it -> it == 0));
    }

    private static void await(BooleanSupplier done) throws InterruptedException {
        long endNanos = System.nanoTime() + DRAIN_MILLIS * 1_000_000L;
        while (System.nanoTime() < endNanos && !done.getAsBoolean()) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private long missing() {
        return parts.ledgers().stream().mapToLong(Ledger::missing).sum();
    }

    /** How many wait in each queue that is there. */
    private Map<String, Long> waiting() {
        Map<String, Long> waiting = new java.util.TreeMap<>();
        for (String queue : queues.names()) {
            waiting.put(queue, waitingIn(queue));
        }
        return waiting;
    }

    private long waitingIn(String queue) {
        try (Connection connection = AmqpConnections.factory(target.amqp()).newConnection();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(queue);
        } catch (IOException | TimeoutException e) {
            return 0;
        }
    }

    /** Tells the violations of what has not come. */
    void reportMissing() {
        parts.ledgers().forEach(Ledger::reportMissing);
    }

    /** Tells the violations of what waits in queues. */
    void reportLeftOver() {
        waiting().forEach((queue, count) -> {
            if (count > 0) {
                target.violations().report(Kind.LEFT_OVER, count, queue, count + " messages");
            }
        });
    }

    /** When nobody writes any more. */
    List<Check> checkRetained() {
        return streams.checkRetained();
    }

    long acknowledged() {
        return parts.sources().stream().mapToLong(Source::acknowledgedCount).sum();
    }

    long sent() {
        return parts.sources().stream().mapToLong(Source::sentCount).sum();
    }

    long delivered() {
        return parts.ledgers().stream().mapToLong(Ledger::deliveries).sum();
    }

    long deliveredAgain() {
        return parts.ledgers().stream().mapToLong(Ledger::again).sum();
    }

    List<Ledger> ledgers() {
        return parts.ledgers();
    }
}
