package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.LogSpec;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue's state, and its fold over restarts, against a model that anybody can follow. */
class QueueStateTest {

    private static final long QUEUE = 5;

    private final SteppedLoops steps = new SteppedLoops(new Random(0));
    private final BrokerContext context = new BrokerContext(
            new HostileEngine(new HostileEngine.Store(), steps, new Random(0), () -> HostileEngine.Malice.NONE),
            new BrokerOptions(InstantSource.system(), 1, 0, 1, 0, 1),
            steps.loops(1),
            new BatchCache(0));
    private final Topic topic = new Topic(
            9,
            new MetadataRecord.TopicCreated(TopicSpec.stream("events", 2), UUID.randomUUID(), MetadataRecord.NO_OWNER),
            context);

    /** What a queue is, said simply: by partition, the offsets that are routed and not settled. */
    private static final class Model {
        final List<TreeMap<Long, Integer>> deliveryCounts = List.of(new TreeMap<>(), new TreeMap<>());
        final long[] routedThrough = new long[2];

        /** What the router would find again, for a restart. */
        final List<List<Long>> everRouted = List.of(new ArrayList<>(), new ArrayList<>());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itHoldsWhatTheModelHoldsAlsoAfterRestarts(long seed) {
        for (int partition = 0; partition < 2; partition++) {
            var unused = context.engine().open(new LogSpec(topic.log(partition), false));
        }
        Random random = new Random(seed);
        Model model = new Model();
        QueueState state = newState();
        QueueFold fold = new QueueFold();
        List<QueuedDelivery> held = new ArrayList<>();
        for (int round = 0; round < 2_000; round++) {
            switch (random.nextInt(12)) {
                case 0, 1 -> route(random, model, state);
                case 2, 3, 4 -> takeFirst(model, state, held);
                case 5, 6, 7 -> settleOne(random, model, state, held);
                case 8 -> putBackOne(random, model, state, held);
                case 9 -> save(state.takeUnsaved(), fold);
                case 10 -> save(state.snapshot(random.nextBoolean()), fold);
                default -> {
                    // nothing was lost that the state log knows of: what is unsaved is saved first
                    save(state.takeUnsaved(), fold);
                    if (random.nextBoolean()) {
                        state = newState();
                        held.clear();
                    }
                    restart(model, state, fold);
                }
            }
            assertThat(pending(state)).as("seed %d, round %d", seed, round).isEqualTo(pending(model));
            assertThat(state.index().takenCount()).isEqualTo(held.size());
            assertThat(state.index().readyCount())
                    .isEqualTo(pending(model).stream().mapToLong(List::size).sum() - held.size());
        }
    }

    private QueueState newState() {
        QueueState state = new QueueState(QUEUE, true);
        state.source(topic, 0, 0);
        state.source(topic, 1, 0);
        return state;
    }

    private void route(Random random, Model model, QueueState state) {
        int partition = random.nextInt(2);
        long from = model.routedThrough[partition];
        long through = from + 1 + random.nextInt(60);
        long[] offsets = LongStream.range(from, through)
                .filter(offset -> random.nextInt(3) > 0)
                .toArray();
        for (long offset : offsets) {
            model.deliveryCounts.get(partition).put(offset, 0);
            model.everRouted.get(partition).add(offset);
        }
        model.routedThrough[partition] = through;
        state.route(routed(partition, from, through, offsets));
        state.route(routed(partition, from, through, offsets)); // twice is once
    }

    private Routed routed(int partition, long from, long through, long[] offsets) {
        RecordFacts facts = new RecordFacts();
        for (long offset : offsets) {
            facts.add(new Record(offset, 0, null, null, BatchBuilder.NO_HEADERS));
        }
        return new Routed(topic, partition, from, through, facts, null);
    }

    private static void takeFirst(Model model, QueueState state, List<QueuedDelivery> held) {
        long position = state.index().firstReady();
        if (position == PendingIndex.NONE) {
            return;
        }
        QueueSource source = state.sourceAt(position);
        Record record = new Record(state.index().offset(position), 0, null, null, BatchBuilder.NO_HEADERS);
        int count = state.index().deliveryCount(position);
        assertThat(count).isEqualTo(model.deliveryCounts.get(source.partition).get(record.offset()));
        QueuedDelivery delivery = new QueuedDelivery(null, source, record, position, count);
        state.index().take(position, delivery);
        held.add(delivery);
    }

    private static void settleOne(Random random, Model model, QueueState state, List<QueuedDelivery> held) {
        if (!held.isEmpty()) {
            QueuedDelivery delivery = held.remove(random.nextInt(held.size()));
            state.settle(delivery, SettleReason.ACKNOWLEDGED);
            model.deliveryCounts
                    .get(delivery.source().partition)
                    .remove(delivery.record().offset());
        }
    }

    private static void putBackOne(Random random, Model model, QueueState state, List<QueuedDelivery> held) {
        if (!held.isEmpty()) {
            QueuedDelivery delivery = held.remove(random.nextInt(held.size()));
            state.putBack(delivery);
            model.deliveryCounts
                    .get(delivery.source().partition)
                    .merge(delivery.record().offset(), 1, (before, one) -> Math.min(before + one, Byte.MAX_VALUE));
        }
    }

    /** Through bytes, as the state log would keep them. */
    private static void save(List<StateRecord> records, QueueFold fold) {
        for (StateRecord record : records) {
            fold.apply(StateRecord.decode(record.encode(77)));
        }
    }

    private void restart(Model model, QueueState state, QueueFold fold) {
        fold.beginTerm();
        state.restore(fold, number -> Optional.of(topic));
        for (int partition = 0; partition < 2; partition++) {
            QueueSource source = state.source(topic, partition, 0);
            long[] again = model.everRouted.get(partition).stream()
                    .mapToLong(Long::longValue)
                    .filter(offset -> offset >= source.routedThrough)
                    .toArray();
            state.route(routed(partition, source.routedThrough, model.routedThrough[partition], again));
        }
    }

    private static List<List<Long>> pending(Model model) {
        return model.deliveryCounts.stream()
                .map(counts -> List.copyOf(counts.keySet()))
                .toList();
    }

    private static List<List<Long>> pending(QueueState state) {
        List<List<Long>> pending = List.of(new ArrayList<>(), new ArrayList<>());
        state.index()
                .forEach((position, source, offset) ->
                        pending.get(state.sources().get(source).partition).add(offset));
        return pending;
    }
}
