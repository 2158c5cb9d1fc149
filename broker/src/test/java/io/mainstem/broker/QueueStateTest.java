package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.LogSpec;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue's state, and its fold over restarts, against a model that anybody can follow. */
class QueueStateTest {

    private static final long QUEUE = 5;

    private final SteppedLoops steps = new SteppedLoops(new Random(0));
    private final BrokerContext context = new BrokerContext(
            new HostileEngine(new HostileEngine.Store(), steps, new Random(0), () -> HostileEngine.Malice.NONE),
            new BrokerOptions(InstantSource.system(), 1, 0, 1, 0, 1, 1, 0, TypedHeaders.NONE),
            steps.loops(1),
            new BatchCache(0));
    private final Topic topic = new Topic(
            9,
            new MetadataRecord.TopicCreated(
                    TopicSpec.stream("events", 2), UUID.randomUUID(), MetadataRecord.NO_OWNER, Cut.NONE),
            context,
            List::of);

    /** Where what is relocated stands. */
    private final Topic own = new Topic(
            10,
            new MetadataRecord.TopicCreated(
                    TopicSpec.stream("q.queue", 1), UUID.randomUUID(), MetadataRecord.NO_OWNER, Cut.NONE),
            context,
            List::of);

    private static final int MAX_PRIORITY = 2;
    private static final QueueSpec SPEC = QueueSpec.durable(
            "queue", QueueSettings.of(Map.of(QueueSettings.MAX_PRIORITY, Integer.toString(MAX_PRIORITY))));

    /** A message as the model knows it. */
    private static final class Entry {
        final int partition;
        final long offset;
        final int priority;
        long arrival;
        int deliveryCount;
        boolean held;

        /** Its offset in the queue's own topic. */
        OptionalLong relocatedTo = OptionalLong.empty();

        Entry(int partition, long offset, int priority) {
            this.partition = partition;
            this.offset = offset;
            this.priority = priority;
        }

        @Override
        public String toString() {
            return partition + "@" + offset + " x" + deliveryCount;
        }
    }

    /** What a queue is, said simply: by partition and offset, what is routed and not settled. */
    private static final class Model {
        final List<TreeMap<Long, Entry>> pending = List.of(new TreeMap<>(), new TreeMap<>());
        final long[] routedThrough = new long[2];

        /** What the router would find again, for a restart. */
        final List<TreeMap<Long, Integer>> priorities = List.of(new TreeMap<>(), new TreeMap<>());

        long arrivals;
        long ownEnd;

        final Map<Long, Entry> relocatedTo = new HashMap<>();

        /** Since the last snapshot, by the source that they had. */
        final Map<Source, List<Entry>> relocated = new LinkedHashMap<>();

        Entry entry(QueueSource source, long offset) {
            return source.isOfRelocated()
                    ? relocatedTo.get(offset)
                    : pending.get(source.partition).get(offset);
        }

        List<String> readyInOrder() {
            return pending.stream()
                    .flatMap(entries -> entries.values().stream())
                    .filter(entry -> !entry.held)
                    .sorted(Comparator.comparingInt((Entry it) -> -it.priority).thenComparingLong(it -> it.arrival))
                    .map(Entry::toString)
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itHoldsWhatTheModelHoldsAlsoAfterRestarts(long seed) {
        for (int partition = 0; partition < 2; partition++) {
            var unused = context.engine().open(new LogSpec(topic.log(partition), false));
        }
        var unused = context.engine().open(new LogSpec(own.log(0), false));
        Random random = new Random(seed);
        Model model = new Model();
        QueueState state = newState();
        List<ByteBuffer> log = new ArrayList<>();
        List<PendingMessage> held = new ArrayList<>();
        for (int round = 0; round < 700; round++) {
            switch (random.nextInt(13)) {
                case 0, 1 -> route(random, model, state);
                case 2, 3, 4 -> takeFirst(model, state, held);
                case 5, 6, 7 -> settleOne(random, model, state, held);
                case 8 -> putBackOne(random, model, state, held);
                case 9 -> save(state.takeUnsaved(), log);
                case 10 -> {
                    List<StateRecord> snapshot = QueueSnapshot.of(QUEUE, state, false, List.of());
                    // what was written of it before the broker ended says nothing
                    boolean ends = random.nextInt(4) > 0;
                    save(ends ? snapshot : snapshot.subList(0, snapshot.size() - 1), log);
                    if (ends) {
                        model.relocated.clear();
                    }
                }
                case 11 -> relocate(random, model, state);
                default -> {
                    // nothing was lost that the state log knows of: what is unsaved is saved first
                    save(state.takeUnsaved(), log);
                    if (random.nextBoolean()) {
                        state = newState();
                        held.clear();
                        model.pending.forEach(entries -> entries.values().forEach(entry -> entry.held = false));
                    }
                    restart(model, state, log);
                }
            }
            assertThat(ready(model, state)).as("seed %d, round %d", seed, round).isEqualTo(model.readyInOrder());
            assertThat(state.heldCount()).isEqualTo(held.size());
            assertThat(state.index().readyCount())
                    .isEqualTo(model.readyInOrder().size());
            checkLowest(model, state);
        }
    }

    private static void checkLowest(Model model, QueueState state) {
        long[] lowest = state.lowestPending();
        for (QueueSource source : state.sources()) {
            if (source.isOfRelocated()) {
                assertThat(lowest[source.index])
                        .isEqualTo(model.pending.stream()
                                .flatMap(entries -> entries.values().stream())
                                .flatMapToLong(entry -> entry.relocatedTo.stream())
                                .min()
                                .orElse(source.routedThrough));
            } else {
                assertThat(lowest[source.index])
                        .isEqualTo(model.pending.get(source.partition).values().stream()
                                .filter(entry -> entry.relocatedTo.isEmpty())
                                .mapToLong(entry -> entry.offset)
                                .min()
                                .orElse(model.routedThrough[source.partition]));
            }
        }
    }

    private QueueState newState() {
        QueueState state = new QueueState(QUEUE, SPEC);
        state.source(topic, 0, 0);
        state.source(topic, 1, 0);
        return state;
    }

    private void route(Random random, Model model, QueueState state) {
        int partition = random.nextInt(2);
        long from = model.routedThrough[partition];
        long through = from + 1 + random.nextInt(60);
        for (long offset = from; offset < through; offset++) {
            if (random.nextInt(3) > 0) {
                int priority = random.nextInt(MAX_PRIORITY + 1);
                model.priorities.get(partition).put(offset, priority);
                Entry entry = new Entry(partition, offset, priority);
                entry.arrival = model.arrivals++;
                model.pending.get(partition).put(offset, entry);
            }
        }
        model.routedThrough[partition] = through;
        route(model, state, partition, from);
        route(model, state, partition, from); // twice is once
    }

    private void route(Model model, QueueState state, int partition, long from) {
        RecordFacts facts = new RecordFacts();
        model.priorities.get(partition).tailMap(from).forEach((offset, priority) -> {
            HeaderWriter headers = new HeaderWriter();
            headers.add(MessageAttributes.PRIORITY, DeadLetters.utf8(Integer.toString(priority)));
            facts.add(new Record(offset, 0, null, null, headers.section()));
        });
        Routed routed = new Routed(topic, partition, from, model.routedThrough[partition], facts, null);
        state.next(routed).ifPresent(source -> {
            routed.forEach(fact -> state.arrive(source, facts, fact, 0));
            state.arrived(source, routed.throughOffset());
        });
    }

    /** What stands below an offset and is in nobody's hands. */
    private void relocate(Random random, Model model, QueueState state) {
        QueueSource source = state.sources().get(random.nextInt(state.sources().size()));
        long below = random.nextLong(source.routedThrough + 1);
        SortedMap<Long, Long> newOffsets = new TreeMap<>();
        state.index().forEach(message -> {
            if (message.source == source.index && message.offset < below) {
                newOffsets.put(message.offset, 0L);
            }
        });
        newOffsets.replaceAll((offset, none) -> model.ownEnd++ * 2);
        newOffsets.forEach((offset, newOffset) -> {
            Entry entry = model.entry(source, offset);
            entry.relocatedTo = OptionalLong.of(newOffset);
            model.relocatedTo.put(newOffset, entry);
            model.relocated
                    .computeIfAbsent(source.id, absent -> new ArrayList<>())
                    .add(entry);
        });
        // one that is no longer there
        newOffsets.put(source.routedThrough, model.ownEnd * 2);
        state.relocate(source, own, newOffsets);
    }

    private static void takeFirst(Model model, QueueState state, List<PendingMessage> held) {
        if (state.index().first() != null) {
            PendingMessage taken = state.hold();
            Entry entry = entry(model, state, taken);
            assertThat(taken.deliveryCount).isEqualTo(entry.deliveryCount);
            entry.held = true;
            held.add(taken);
        }
    }

    private static void settleOne(Random random, Model model, QueueState state, List<PendingMessage> held) {
        if (!held.isEmpty()) {
            PendingMessage message = held.remove(random.nextInt(held.size()));
            Entry entry = entry(model, state, message);
            model.pending.get(entry.partition).remove(entry.offset);
            state.settle(message, SettleReason.ACKNOWLEDGED);
        }
    }

    private static void putBackOne(Random random, Model model, QueueState state, List<PendingMessage> held) {
        if (!held.isEmpty()) {
            PendingMessage message = held.remove(random.nextInt(held.size()));
            Entry entry = entry(model, state, message);
            entry.held = false;
            entry.deliveryCount++;
            state.putBack(message, 0, 0);
        }
    }

    private static Entry entry(Model model, QueueState state, PendingMessage message) {
        return model.entry(state.source(message), message.offset);
    }

    /** Through bytes, as the state log would keep them. */
    private static void save(List<StateRecord> records, List<ByteBuffer> log) {
        for (StateRecord record : records) {
            log.add(record.encode(77));
        }
    }

    private void restart(Model model, QueueState state, List<ByteBuffer> log) {
        QueueFold fold = new QueueFold();
        log.forEach(record -> fold.apply(StateRecord.decode(record)));
        fold.beginTerm();
        state.restore(fold, number -> Optional.of(number == own.number() ? own : topic), 0);
        Set<Entry> comeFirst = new LinkedHashSet<>();
        model.relocated.values().forEach(comeFirst::addAll);
        for (Entry entry : comeFirst) {
            // routed since the last snapshot, and not again
            if (!entry.held && entry.offset >= state.source(topic, entry.partition, 0).routedThrough) {
                entry.arrival = model.arrivals++;
            }
        }
        for (int partition = 0; partition < 2; partition++) {
            long routedThrough = state.source(topic, partition, 0).routedThrough;
            for (Entry entry :
                    model.pending.get(partition).tailMap(routedThrough).values()) {
                // across sources, what is routed again comes in the order of that
                if (!entry.held && entry.relocatedTo.isEmpty()) {
                    entry.arrival = model.arrivals++;
                }
            }
            route(model, state, partition, routedThrough);
        }
    }

    private static List<String> ready(Model model, QueueState state) {
        List<String> ready = new ArrayList<>();
        state.index().forEach(message -> {
            Entry entry = entry(model, state, message);
            ready.add(entry.partition + "@" + entry.offset + " x" + message.deliveryCount);
        });
        return ready;
    }
}
