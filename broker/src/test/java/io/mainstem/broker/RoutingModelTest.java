package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.BindingSpec.Match;
import io.mainstem.engine.batch.HeaderWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Topics and queues are made, bound, unbound, deleted and published to as the seed says, over restarts, and every queue
 * holds what a model says that anybody can follow.
 */
class RoutingModelTest {

    private static final List<String> TOPICS = List.of("t0", "t1", "t2", "t3", "t4");
    private static final List<String> QUEUES = List.of("q0", "q1", "q2", "q3");
    private static final List<String> KEYS = List.of("a.b", "a.c", "x", "");
    private static final List<String> BINDING_KEYS = List.of("a.b", "a.*", "x", "#", "*.c", "");
    private static final List<String> HEADERS = List.of("h1", "h2");
    private static final List<String> VALUES = List.of("1", "2");
    private static final int OPERATIONS = 250;

    static LongStream seeds() {
        long first = Long.getLong("mainstem.simulation.first", 1);
        return LongStream.range(first, first + Long.getLong("mainstem.simulation.seeds", 60));
    }

    private record Bind(String destination, BindingSpec spec) {}

    private static final class TopicModel {
        final TopicSpec spec;
        final Set<Bind> binds = new LinkedHashSet<>();

        TopicModel(TopicSpec spec) {
            this.spec = spec;
        }
    }

    /** What somebody published, and where. */
    private record Published(String id, TopicModel topic) {}

    private static final class QueueModel {
        final QueueSpec spec;
        final List<Published> waiting = new ArrayList<>();

        QueueModel(QueueSpec spec) {
            this.spec = spec;
        }
    }

    private final HostileEngine.Store store = new HostileEngine.Store();
    private final Map<String, TopicModel> topics = new TreeMap<>();
    private final Map<String, QueueModel> queues = new TreeMap<>();
    private Random random = new Random(0);
    private SteppedLoops steps = new SteppedLoops(random);
    private @Nullable Broker running;
    private boolean crashes;
    private int published;

    @ParameterizedTest
    @MethodSource("seeds")
    void everyQueueHoldsWhatTheModelSays(long seed) {
        random = new Random(seed);
        // What is in memory does not outlive a crash, and nobody can say what was routed through it.
        crashes = random.nextInt(3) > 0;
        start();
        for (int done = 0; done < OPERATIONS; done++) {
            operate();
            if (random.nextInt(10) == 0) {
                check(seed, done);
            }
        }
        restart();
        check(seed, OPERATIONS);
    }

    private void operate() {
        int choice = random.nextInt(100);
        if (choice < 10) {
            declareTopic(any(TOPICS));
        } else if (choice < 18) {
            declareQueue(any(QUEUES));
        } else if (choice < 35) {
            changeBinding(true);
        } else if (choice < 43) {
            changeBinding(false);
        } else if (choice < 82) {
            publish();
        } else if (choice < 90) {
            take(any(QUEUES));
        } else if (choice < 93) {
            deleteTopic(any(TOPICS));
        } else if (choice < 95) {
            deleteQueue(any(QUEUES));
        } else if (choice < 97) {
            restart();
        } else {
            steps.runUntilQuiet();
        }
    }

    private void declareTopic(String name) {
        if (topics.containsKey(name)) {
            return;
        }
        Routing routing = any(List.of(Routing.values()));
        boolean inMemory = !crashes && random.nextInt(4) == 0;
        TopicSpec spec = TopicSpec.routed(name, routing, inMemory, random.nextInt(4) == 0);
        if (random.nextInt(3) == 0) {
            spec = spec.withAlternate(any(TOPICS));
        }
        if (!inMemory && random.nextBoolean()) {
            spec = spec.withPartitions(2);
        }
        await(broker().topics().create(spec));
        topics.put(name, new TopicModel(spec));
    }

    private void declareQueue(String name) {
        if (!queues.containsKey(name)) {
            QueueSpec spec = crashes || random.nextInt(4) > 0
                    ? QueueSpec.durable(name)
                    : new QueueSpec(name, false, false, false);
            await(broker().queues().declare(spec, null));
            queues.put(name, new QueueModel(spec));
        }
    }

    private void changeBinding(boolean add) {
        TopicModel source = topics.get(any(TOPICS));
        boolean toTopic = random.nextInt(3) == 0;
        String destination = any(toTopic ? TOPICS : QUEUES);
        if (source == null || !(toTopic ? topics : queues).containsKey(destination)) {
            return;
        }
        Bind bind = new Bind(destination, randomSpec(source.spec.routing().orElseThrow()));
        if (!add && !source.binds.isEmpty()) {
            bind = source.binds.stream()
                    .skip(random.nextInt(source.binds.size()))
                    .findFirst()
                    .orElseThrow();
        }
        Topic from = topic(source.spec.name());
        if (queues.containsKey(bind.destination)) {
            Queue queue = broker().queues().find(bind.destination).orElseThrow();
            await(add ? queue.bind(from, bind.spec) : queue.unbind(from, bind.spec));
        } else {
            Topic to = topic(bind.destination);
            await(
                    add
                            ? broker().topics().bind(from, to, bind.spec)
                            : broker().topics().unbind(from, to, bind.spec));
        }
        if (add) {
            source.binds.add(bind);
        } else if (source.binds.remove(bind)) {
            removeIfUnused(source);
        }
    }

    private BindingSpec randomSpec(Routing routing) {
        if (routing != Routing.HEADERS) {
            return BindingSpec.key(any(BINDING_KEYS));
        }
        Map<String, Optional<ByteBuffer>> headers = new TreeMap<>();
        for (String header : HEADERS) {
            if (random.nextBoolean()) {
                headers.put(header, random.nextInt(3) == 0 ? Optional.empty() : Optional.of(Buffers.utf8(any(VALUES))));
            }
        }
        return new BindingSpec("", headers, random.nextBoolean() ? Match.ALL : Match.ANY);
    }

    private void publish() {
        TopicModel topic = topics.get(any(TOPICS));
        if (topic == null) {
            return;
        }
        List<String> keys = new ArrayList<>(List.of(any(KEYS)));
        HeaderWriter writer = new HeaderWriter();
        Map<String, String> headers = new HashMap<>();
        if (random.nextInt(4) == 0) {
            keys.add(any(KEYS));
            writer.add(MessageAttributes.KEY, utf8(keys.get(1)));
        }
        for (String header : HEADERS) {
            if (random.nextBoolean()) {
                headers.put(header, any(VALUES));
                writer.add(header, utf8(headers.get(header)));
            }
        }
        Published record = new Published("m" + published++, topic);
        Message message = new Message(steps.nowMillis(), utf8(keys.get(0)), utf8(record.id), writer.section());
        Set<String> wanted = wantedBy(topic, keys, headers);
        Topic target = topic(topic.spec.name());
        assertThat(target.routes(message)).as("routes %s", record).isEqualTo(!wanted.isEmpty());
        CompletableFuture<Void> done = new CompletableFuture<>();
        target.publish(message, (token, failure) -> done.complete(null), 0);
        await(done);
        wanted.forEach(queue -> queues.get(queue).waiting.add(record));
    }

    /** By each topic once; what no binding of a topic wants goes to its alternate. */
    private Set<String> wantedBy(TopicModel first, List<String> keys, Map<String, String> headers) {
        Set<String> wanted = new TreeSet<>();
        Set<TopicModel> seen = new HashSet<>(Set.of(first));
        ArrayDeque<TopicModel> waiting = new ArrayDeque<>(seen);
        while (!waiting.isEmpty()) {
            TopicModel topic = waiting.remove();
            Set<String> next = new TreeSet<>();
            for (Bind bind : topic.binds) {
                if (matches(topic.spec.routing().orElseThrow(), bind.spec, keys, headers)) {
                    next.add(bind.destination);
                }
            }
            if (next.isEmpty()) {
                topic.spec.alternate().ifPresent(next::add);
            }
            for (String destination : next) {
                if (queues.containsKey(destination)) {
                    wanted.add(destination);
                } else if (topics.containsKey(destination) && seen.add(topics.get(destination))) {
                    waiting.add(topics.get(destination));
                }
            }
        }
        return wanted;
    }

    private static boolean matches(Routing routing, BindingSpec spec, List<String> keys, Map<String, String> headers) {
        return switch (routing) {
            case ALL -> true;
            case EXACT -> keys.contains(spec.key());
            case PATTERN -> keys.stream().anyMatch(key -> matchesPattern(spec.key(), key));
            case HEADERS -> {
                long fulfilled = spec.headers().entrySet().stream()
                        .filter(wanted -> headers.containsKey(wanted.getKey())
                                && wanted.getValue()
                                        .map(Buffers.utf8(headers.get(wanted.getKey()))::equals)
                                        .orElse(true))
                        .count();
                yield spec.match() == Match.ALL ? fulfilled == spec.headers().size() : fulfilled > 0;
            }
        };
    }

    private static boolean matchesPattern(String pattern, String key) {
        return pattern.equals("#") || key.matches(pattern.replace(".", "\\.").replace("*", "[^.]+"));
    }

    private void take(String name) {
        QueueModel model = queues.get(name);
        if (model == null) {
            return;
        }
        Optional<Delivery> delivery =
                await(broker().queues().find(name).orElseThrow().get());
        assertThat(delivery.isPresent()).as("there is one in %s", name).isEqualTo(!model.waiting.isEmpty());
        delivery.ifPresent(present -> {
            present.settle();
            model.waiting.removeIf(it -> it.id.equals(idOf(present)));
        });
        // settled for good
        steps.runUntilQuiet();
    }

    private void deleteTopic(String name) {
        if (topics.containsKey(name)) {
            TopicModel topic = topics.get(name);
            if (random.nextBoolean()) {
                await(broker().topics().retire(name, false));
            } else {
                // with its records, whatever queues think of it
                await(broker().topics().delete(name, false));
                queues.values().forEach(queue -> queue.waiting.removeIf(it -> it.topic == topic));
            }
            remove(topic);
        }
    }

    private void remove(TopicModel topic) {
        topics.remove(topic.spec.name());
        removeBindingsTo(topic.spec.name());
    }

    private void deleteQueue(String name) {
        if (queues.remove(name) != null) {
            await(broker().queues().delete(name, false, false));
            removeBindingsTo(name);
        }
    }

    private void removeBindingsTo(String destination) {
        for (TopicModel source : List.copyOf(topics.values())) {
            if (source.binds.removeIf(bind -> bind.destination.equals(destination))) {
                removeIfUnused(source);
            }
        }
    }

    private void removeIfUnused(TopicModel topic) {
        if (topic.spec.autoDelete() && topic.binds.isEmpty() && topics.containsValue(topic)) {
            remove(topic);
        }
    }

    private void restart() {
        if (!crashes) {
            await(broker().closeAsync());
            topics.values().removeIf(topic -> topic.spec.inMemory());
            queues.values().removeIf(queue -> !queue.spec.isPersistent());
            for (TopicModel topic : topics.values()) {
                topic.binds.removeIf(
                        bind -> !topics.containsKey(bind.destination) && !queues.containsKey(bind.destination));
            }
            queues.values().forEach(queue -> queue.waiting.removeIf(it -> it.topic.spec.inMemory()));
        }
        steps.crash();
        start();
    }

    private void start() {
        steps = new SteppedLoops(random);
        HostileEngine engine = new HostileEngine(store, steps, random, () -> HostileEngine.Malice.NONE);
        BrokerOptions options = new BrokerOptions(
                () -> Instant.ofEpochMilli(steps.nowMillis()),
                1,
                5,
                200L + random.nextInt(2_000),
                400,
                300,
                Long.MAX_VALUE,
                0,
                TypedHeaders.NONE);
        running = await(Broker.start(engine, options, steps.loops(1 + random.nextInt(3))));
    }

    private void check(long seed, int operation) {
        steps.runUntilQuiet();
        assertThat(broker().topics().all())
                .extracting(Topic::name)
                .as("topics, seed %d, operation %d", seed, operation)
                .containsExactlyElementsOf(topics.keySet());
        queues.forEach((name, model) -> {
            Queue queue = broker().queues().find(name).orElseThrow();
            List<Delivery> held = new ArrayList<>();
            for (Optional<Delivery> next = await(queue.get()); next.isPresent(); next = await(queue.get())) {
                held.add(next.get());
            }
            assertThat(held)
                    .extracting(RoutingModelTest::idOf)
                    .as("%s, seed %d, crashes %s, operation %d", name, seed, crashes, operation)
                    .containsExactlyInAnyOrderElementsOf(
                            model.waiting.stream().map(Published::id).toList());
            held.forEach(Delivery::requeue);
        });
        steps.runUntilQuiet();
    }

    private Broker broker() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    private Topic topic(String name) {
        return broker().topics().find(name).orElseThrow();
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        for (int count = 0; !future.isDone(); count++) {
            if (count > 1_000_000 || (!steps.step() && !steps.passTime())) {
                throw new AssertionError("nothing is left to do, and it is not done");
            }
        }
        return future.join();
    }

    private static String idOf(Delivery delivery) {
        return StandardCharsets.UTF_8
                .decode(delivery.record().value().duplicate())
                .toString();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
