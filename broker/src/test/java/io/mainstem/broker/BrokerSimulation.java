package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Engine;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A broker on ground that does not hold, with publishers, bindings and consumers that do as the seed says, crashes and
 * restarts, and beside it the simple model that says what each queue owes.
 */
final class BrokerSimulation {

    private static final List<String> KEYS = List.of("a.b", "a.c", "x");
    private static final List<String> PATTERNS = List.of("a.*", "x", "#", "*.c");
    private static final List<String> QUEUES = List.of("q0", "q1", "q2");

    /** Gets what consumers of the first queue reject, and nothing else. */
    private static final String DEAD = "dead";

    private static final List<String> ALL_QUEUES = List.of("q0", "q1", "q2", DEAD);
    private static final QueueSettings MORTAL =
            QueueSettings.of(Map.of(QueueSettings.DEAD_LETTER_TOPIC, "", QueueSettings.DEAD_LETTER_KEY, DEAD));
    private static final int MOST_STEPS_BETWEEN = 60;

    private record Bind(String destination, String topic, String pattern) {}

    private final Random random;
    private final Ground ground;
    private final Map<String, Sent> sent = new LinkedHashMap<>();
    private final Map<String, Seen> seen = new HashMap<>();

    /** Bindings that were asked for, and whether they are confirmed. */
    private final Map<Bind, Boolean> binds = new HashMap<>();

    private SteppedLoops steps = new SteppedLoops(new Random(0));
    private Broker broker;

    BrokerSimulation(long seed, Function<Random, Ground> groundOf) {
        random = new Random(seed);
        ground = groundOf.apply(random);
        ALL_QUEUES.forEach(queue -> seen.put(queue, new Seen()));
        startAgain();
    }

    void run(int operations) {
        for (int done = 0; done < operations; done++) {
            try {
                operate();
                for (int count = random.nextInt(MOST_STEPS_BETWEEN); count > 0; count--) {
                    if (!steps.step()) {
                        steps.passTime();
                    }
                }
            } catch (RuntimeException e) {
                throwUnlessEnded(e);
            }
            if (ground.hasEnded()) {
                crash();
            }
        }
        finish();
    }

    /** Whatever goes wrong when the machine has gone is no wonder. */
    private void throwUnlessEnded(RuntimeException e) {
        if (!ground.hasEnded()) {
            throw e;
        }
    }

    private void operate() {
        int choice = random.nextInt(100);
        String queue = ALL_QUEUES.get(random.nextInt(ALL_QUEUES.size()));
        if (queue.equals(DEAD) && choice < 58) {
            // nobody publishes or binds it
            return;
        }
        if (choice < 47) {
            publish(queue);
        } else if (choice < 50) {
            broker.letGoOfSettled();
        } else if (choice < 58) {
            bind(queue);
        } else if (choice < 70) {
            subscribe(queue);
        } else if (choice < 92) {
            answerSome(seen.get(queue));
        } else if (choice < 94) {
            closeConsumer(seen.get(queue));
        } else if (choice < 95) {
            changeTopic();
        } else if (choice < 97) {
            crash();
        } else if (choice < 98) {
            restartInOrder();
        } else {
            steps.runUntilQuiet();
        }
    }

    private void publish(String queueName) {
        boolean direct = random.nextInt(4) == 0;
        String topicName = direct ? "q." + queueName : random.nextBoolean() ? "one" : "three";
        String key = direct ? queueName : KEYS.get(random.nextInt(KEYS.size()));
        Sent message = new Sent("m" + sent.size(), topicName, key);
        message.owed.putAll(owedNow(topicName, key));
        if (direct) {
            message.owed.put(queueName, true);
        }
        sent.put(message.id, message);
        Message published = new Message(steps.nowMillis(), utf8(key), utf8(message.id), BatchBuilder.NO_HEADERS);
        PublishListener listener = (token, failure) -> message.confirmed = failure == null;
        if (direct) {
            broker.queues().find(queueName).orElseThrow().publish(published, listener, 0);
        } else {
            broker.topics().find(topicName).orElseThrow().publish(published, listener, 0);
        }
    }

    /** By queue, whether all bindings on one of the ways there are confirmed. */
    private Map<String, Boolean> owedNow(String topicName, String key) {
        Map<String, Boolean> owed = new HashMap<>();
        binds.forEach((bind, confirmed) -> {
            if (!bind.topic.equals(topicName) || !matches(bind.pattern, key)) {
                return;
            }
            if (bind.destination.equals("three")) {
                owedNow("three", key)
                        .forEach((queue, certainly) -> owed.merge(queue, certainly && confirmed, Boolean::logicalOr));
            } else {
                owed.merge(bind.destination, confirmed, Boolean::logicalOr);
            }
        });
        return owed;
    }

    private void bind(String queueName) {
        boolean toTopic = random.nextInt(5) == 0;
        String from = toTopic || random.nextBoolean() ? "one" : "three";
        Bind bind = new Bind(toTopic ? "three" : queueName, from, PATTERNS.get(random.nextInt(4)));
        Topic topic = broker.topics().find(bind.topic).orElseThrow();
        binds.putIfAbsent(bind, false);
        for (Sent message : sent.values()) {
            if (!message.confirmed) {
                owedNow(message.topic, message.key).keySet().forEach(queue -> message.owed.putIfAbsent(queue, false));
            }
        }
        CompletionStage<Void> bound = toTopic
                ? broker.topics()
                        .bind(topic, broker.topics().find("three").orElseThrow(), BindingSpec.key(bind.pattern))
                : broker.queues().find(queueName).orElseThrow().bind(topic, bind.pattern);
        bound.whenComplete((done, failure) -> {
            if (failure == null) {
                binds.put(bind, true);
            }
        });
    }

    /** What was published to added partitions is owed like anything else. */
    private void changeTopic() {
        Topic topic = broker.topics().find("three").orElseThrow();
        if (random.nextBoolean() && topic.partitions() < 6) {
            broker.topics().addPartitions("three", topic.partitions() + 1);
        } else {
            String millis = Integer.toString(random.nextInt(1_000));
            broker.topics().configure("three", set -> Map.of("segment.ms", "1" + millis));
        }
    }

    private void subscribe(String queueName) {
        Seen queueSeen = seen.get(queueName);
        if (queueSeen.subscription != null) {
            queueSeen.subscription.resume();
            return;
        }
        Consumer consumer = new Consumer() {
            @Override
            public boolean tryAcquire() {
                return queueSeen.greedy || queueSeen.held.size() < 5;
            }

            @Override
            public void deliver(Delivery delivery) {
                delivered(queueName, queueSeen, delivery);
            }

            @Override
            public void flush() {}

            @Override
            public void cancelled() {
                throw new AssertionError("nobody deletes the queue");
            }
        };
        queueSeen.subscription =
                await(broker.queues().find(queueName).orElseThrow().consume(consumer, ConsumerOptions.SHARED));
    }

    private void delivered(String queueName, Seen queueSeen, Delivery delivery) {
        Record record = delivery.record();
        String id = StandardCharsets.UTF_8.decode(record.value().duplicate()).toString();
        Sent message = sent.get(id);
        assertThat(message.owed)
                .as("onlyWhatIsBoundIsDelivered: %s to %s", id, queueName)
                .containsKey(queueName);
        RelocatedFrom place = placeOf(delivery);
        int before = queueSeen.deliveries.merge(id, 1, Integer::sum) - 1;
        if (before > 0) {
            assertThat(delivery.isRedelivered())
                    .as("aSecondDeliverySaysSo: %s of %s", id, queueName)
                    .isTrue();
        } else {
            String source = place.topic() + "-" + place.partition();
            long last = queueSeen.lastFirstDelivery.getOrDefault(source, -1L);
            assertThat(place.offset())
                    .as("firstDeliveriesKeepOrder: %s", queueName)
                    .isGreaterThan(last);
            queueSeen.lastFirstDelivery.put(source, place.offset());
        }
        Set<String> records = queueSeen.records.computeIfAbsent(id, absent -> new HashSet<>());
        records.add(place.toString());
        assertThat(records).as("movedOnce: %s to %s", id, queueName).hasSize(1);
        assertThat(queueSeen.settledDurably)
                .as("settledNeverComesBack: %s of %s", id, queueName)
                .doesNotContainKey(id);
        queueSeen.held.add(delivery);
    }

    /** Where it was published, wherever it stands now. */
    private static RelocatedFrom placeOf(Delivery delivery) {
        return RelocatedFrom.of(((QueuedDelivery) delivery).source(), delivery.record());
    }

    private void answerSome(Seen queueSeen) {
        for (int count = random.nextInt(4); count > 0 && !queueSeen.held.isEmpty(); count--) {
            Delivery delivery = queueSeen.held.remove(random.nextInt(queueSeen.held.size()));
            if (random.nextInt(4) == 0) {
                delivery.requeue();
            } else if (delivery.queue().name().equals(QUEUES.get(0)) && random.nextBoolean()) {
                reject(queueSeen, delivery);
            } else {
                delivery.settle();
                queueSeen.settled.put(idOf(delivery), true);
            }
        }
        if (queueSeen.subscription != null) {
            queueSeen.subscription.resume();
        }
    }

    private void reject(Seen queueSeen, Delivery delivery) {
        delivery.reject();
        queueSeen.rejected.add(idOf(delivery));
        sent.get(idOf(delivery)).owed.putIfAbsent(DEAD, false);
    }

    /** What was rejected has left the queue, and its copy is durable. */
    private void rejectedHaveMoved() {
        for (Seen queueSeen : seen.values()) {
            queueSeen.rejected.forEach(id -> {
                sent.get(id).owed.put(DEAD, true);
                queueSeen.settled.put(id, true);
            });
            queueSeen.rejected.clear();
        }
    }

    private void closeConsumer(Seen queueSeen) {
        if (queueSeen.subscription != null) {
            queueSeen.subscription.close();
            queueSeen.subscription = null;
            steps.runUntilQuiet();
            queueSeen.held.forEach(Delivery::requeue);
            queueSeen.held.clear();
        }
    }

    private void crash() {
        seePendingIsKept();
        steps.crash();
        ground.crash();
        forgetConsumers();
        startAgain();
    }

    private void startAgain() {
        while (true) {
            try {
                broker = start();
                createTopics();
                return;
            } catch (RuntimeException e) {
                throwUnlessEnded(e);
                steps.crash();
                ground.crash();
            }
        }
    }

    /** What the broker itself lets go of, nobody misses; only retention takes what is pending. */
    private void seePendingIsKept() {
        if (!ground.losesRecords()) {
            for (Queue queue : broker.queues().all()) {
                assertThat(queue.expiredCount())
                        .as("pendingIsKept: %s", queue.name())
                        .isZero();
            }
        }
    }

    private void restartInOrder() {
        seen.values().forEach(this::closeConsumer);
        ground.calm(true);
        steps.runUntilQuiet();
        rejectedHaveMoved();
        CompletionStage<Void> closed = broker.closeAsync();
        await(closed);
        ground.calm(false);
        seen.values().forEach(queueSeen -> queueSeen.settledDurably.putAll(queueSeen.settled));
        crash();
    }

    private void forgetConsumers() {
        for (Seen queueSeen : seen.values()) {
            queueSeen.held.clear();
            queueSeen.settled.clear();
            queueSeen.rejected.clear();
            queueSeen.subscription = null;
        }
    }

    /** Lets everything come to rest without malice, and sees that all that is owed has come. */
    private void finish() {
        ground.calm(true);
        crash();
        for (String queue : ALL_QUEUES) {
            seen.get(queue).greedy = true;
            subscribe(queue);
        }
        steps.runUntilQuiet();
        Seen mortal = seen.get(QUEUES.get(0));
        for (Delivery delivery : List.copyOf(mortal.held)) {
            if (random.nextBoolean()) {
                mortal.held.remove(delivery);
                reject(mortal, delivery);
            }
        }
        steps.runUntilQuiet();
        rejectedHaveMoved();
        for (Sent message : sent.values()) {
            message.owed.forEach((queue, certainly) -> {
                if (message.confirmed && certainly && !ground.lostValues().contains(message.id)) {
                    assertThat(seen.get(queue).deliveries)
                            .as("confirmedIsDelivered: %s (%s) to %s", message.id, message.key, queue)
                            .containsKey(message.id);
                }
            });
        }
        await(broker.letGoOfSettled());
        seePendingIsKept();
        for (String queue : ALL_QUEUES) {
            Seen queueSeen = seen.get(queue);
            Queue present = broker.queues().find(queue).orElseThrow();
            assertThat(present.readyCount()).as("countsAreRight").isZero();
            queueSeen.held.forEach(Delivery::settle);
            queueSeen.held.forEach(delivery -> queueSeen.settled.put(idOf(delivery), true));
            queueSeen.held.clear();
        }
        await(broker.closeAsync());
        seen.values().forEach(queueSeen -> queueSeen.settledDurably.putAll(queueSeen.settled));
        crash();
        ALL_QUEUES.forEach(this::subscribe);
        steps.runUntilQuiet();
    }

    /** A start that fails, or that is cut off by another crash, is followed by the next one. */
    private Broker start() {
        while (true) {
            steps = new SteppedLoops(random);
            Engine engine = ground.start(steps);
            long checkpointBytes = 200L + random.nextInt(2_000);
            BrokerOptions options = new BrokerOptions(
                    () -> Instant.ofEpochMilli(steps.nowMillis()),
                    1,
                    5,
                    checkpointBytes,
                    400,
                    300,
                    Long.MAX_VALUE,
                    0,
                    TypedHeaders.NONE);
            CompletableFuture<Broker> starting = Broker.start(engine, options, steps.loops(1 + random.nextInt(3)))
                    .toCompletableFuture();
            if (random.nextInt(10) == 0) {
                for (int count = random.nextInt(200); count > 0; count--) {
                    steps.step();
                }
            } else {
                runUntilDone(starting);
            }
            if (starting.isDone() && !starting.isCompletedExceptionally()) {
                return starting.join();
            }
            steps.crash();
            ground.crash();
        }
    }

    private void createTopics() {
        for (TopicSpec spec : List.of(TopicSpec.routed("one", Routing.PATTERN), TopicSpec.stream("three", 3))) {
            until(() -> broker.topics().declare(spec));
        }
        until(() -> broker.queues().declare(QueueSpec.durable(DEAD), null));
        for (String queue : QUEUES) {
            QueueSettings settings = queue.equals(QUEUES.get(0)) ? MORTAL : QueueSettings.NONE;
            until(() -> broker.queues().declare(QueueSpec.durable(queue, settings), null));
        }
    }

    /** An unknown outcome is asked again. */
    private <T> void until(java.util.function.Supplier<CompletionStage<T>> action) {
        CompletableFuture<T> result;
        do {
            result = action.get().toCompletableFuture();
            runUntilDone(result);
        } while (result.isCompletedExceptionally());
    }

    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        runUntilDone(future);
        return future.join();
    }

    private void runUntilDone(CompletableFuture<?> future) {
        for (int count = 0; !future.isDone(); count++) {
            assertThat(count).as("everythingEnds").isLessThan(1_000_000);
            if (ground.hasEnded()) {
                throw new IllegalStateException("the machine has gone");
            }
            if (!steps.step() && !steps.passTime()) {
                throw new AssertionError("everythingEnds: nothing is left to do, and it is not done");
            }
        }
    }

    private static String idOf(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(delivery.record().value().duplicate())
                .toString();
    }

    private static boolean matches(String pattern, String key) {
        return Optional.of(pattern)
                .map(text -> text.equals("#") ? ".*" : text.replace(".", "\\.").replace("*", "[^.]*"))
                .filter(key::matches)
                .isPresent();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
