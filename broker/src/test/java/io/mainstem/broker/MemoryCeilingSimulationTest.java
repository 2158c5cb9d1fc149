package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.LogId;
import io.mainstem.engine.batch.BatchBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Publishers that wait for room in memory go on in the end, whatever happens in which order. */
class MemoryCeilingSimulationTest {

    /** What the hostile engine says of every batch. */
    private static final long BATCH_BYTES = 64 << 20;

    private static final int OPERATIONS = 150;
    private static final int MOST_STEPS_BETWEEN = 30;

    @Test
    void theyGoOnForEverySeed() {
        long first = Long.getLong("mainstem.simulation.first", 0);
        long seeds = Long.getLong("mainstem.simulation.seeds", 300);
        LongStream.range(first, first + seeds).forEach(seed -> {
            try {
                new Run(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        });
    }

    private static final class Run {
        private final Random random;
        private final SteppedLoops steps;
        private final HostileEngine engine;
        private final Broker broker;
        private final Topic topic;
        private final List<Queue> queues = new ArrayList<>();
        private final List<TestConsumer> consumers = new ArrayList<>();
        private final List<Subscription> subscriptions = new ArrayList<>();
        private final Set<Delivery> answered = new HashSet<>();
        private final List<CompletableFuture<Boolean>> sent = new ArrayList<>();
        private final List<CompletableFuture<Long>> appended = new ArrayList<>();
        private final int ceilingBatches;
        private HostileEngine.Malice malice = HostileEngine.Malice.NONE;

        Run(long seed) {
            random = new Random(seed);
            steps = new SteppedLoops(random);
            engine = new HostileEngine(new HostileEngine.Store(), steps, random, () -> malice);
            ceilingBatches = 1 + random.nextInt(4);
            BrokerOptions options = new BrokerOptions(
                    () -> Instant.ofEpochMilli(steps.nowMillis()),
                    1,
                    5,
                    2_000,
                    400,
                    100,
                    ceilingBatches * BATCH_BYTES,
                    0,
                    TypedHeaders.NONE);
            broker = await(Broker.start(engine, options, steps.loops(1 + random.nextInt(3))));
            topic = await(broker.topics().declare(TopicSpec.routed("events", Routing.ALL, true, false)));
            for (int number = 0; number <= random.nextInt(2); number++) {
                boolean durable = random.nextBoolean();
                Queue queue = await(broker.queues()
                        .declare(
                                new QueueSpec("q" + number, durable, false, false, QueueSettings.NONE, Map.of()),
                                null));
                await(queue.bind(topic, ""));
                queues.add(queue);
                TestConsumer consumer = new TestConsumer(1 + random.nextInt(5));
                consumers.add(consumer);
                subscriptions.add(await(queue.consume(consumer, ConsumerOptions.SHARED)));
            }
        }

        void run() {
            malice = new HostileEngine.Malice(0, 0, 3, 0);
            for (int operation = 0; operation < OPERATIONS; operation++) {
                switch (random.nextInt(3)) {
                    case 0 -> publish();
                    case 1 -> append();
                    default -> settleSome();
                }
                for (int count = random.nextInt(MOST_STEPS_BETWEEN); count > 0; count--) {
                    steps.step();
                }
                long batches =
                        engine.local().orElseThrow().sizeInBytes(new LogId("events", 0, topic.number())) / BATCH_BYTES;
                // what was under way when it became too much, and what one turn of the publishers brings
                assertThat(batches).as("memoryIsBounded").isLessThanOrEqualTo(ceilingBatches + 12);
            }
            consumers.forEach(consumer -> consumer.room(Integer.MAX_VALUE / 2));
            do {
                subscriptions.forEach(Subscription::resume);
                steps.runUntilQuiet();
            } while (settleAll());
            assertThat(sent).as("everyPublisherGoesOn").allMatch(CompletableFuture::isDone);
            assertThat(sent.stream().map(CompletableFuture::join))
                    .as("nobodyIsRefused")
                    .doesNotContain(false);
            assertThat(appended).as("everyStreamClientGoesOn").allMatch(CompletableFuture::isDone);
            List<Long> offsets = appended.stream().map(CompletableFuture::join).toList();
            assertThat(offsets).as("whoWaitsKeepsTheOrder").isSorted().doesNotHaveDuplicates();
            assertThat(topic.isHeld()).isFalse();
            int total = sent.size() + appended.size();
            consumers.forEach(consumer -> assertThat(new TreeSet<>(consumer.deliveries().stream()
                            .map(it -> it.record().offset())
                            .toList()))
                    .as("confirmedIsDelivered")
                    .containsExactlyElementsOf(
                            IntStream.range(0, total).mapToObj(it -> (long) it).toList()));
        }

        private void publish() {
            CompletableFuture<Boolean> published = new CompletableFuture<>();
            sent.add(published);
            Message message = new Message(
                    steps.nowMillis(), null, DeadLetters.utf8("m".repeat(60)), BatchBuilder.NO_HEADERS.duplicate());
            topic.publish(message, (token, failure) -> published.complete(failure == null), 0);
        }

        private void append() {
            BatchBuilder builder = new BatchBuilder(100);
            builder.add(steps.nowMillis(), null, DeadLetters.utf8("s"), BatchBuilder.NO_HEADERS);
            appended.add(topic.append(0, builder.build(), Long.MAX_VALUE).toCompletableFuture());
        }

        private void settleSome() {
            int number = random.nextInt(consumers.size());
            TestConsumer consumer = consumers.get(number);
            for (int count = random.nextInt(4);
                    count > 0 && !consumer.deliveries().isEmpty();
                    count--) {
                Delivery delivery = consumer.deliveries()
                        .get(random.nextInt(consumer.deliveries().size()));
                if (answered.add(delivery)) {
                    if (random.nextInt(5) == 0) {
                        delivery.requeue();
                    } else {
                        delivery.settle();
                    }
                    consumer.room(1);
                }
            }
            subscriptions.get(number).resume();
        }

        private boolean settleAll() {
            boolean any = false;
            for (TestConsumer consumer : consumers) {
                for (Delivery delivery : consumer.deliveries()) {
                    if (answered.add(delivery)) {
                        delivery.settle();
                        any = true;
                    }
                }
            }
            return any;
        }

        private <T> T await(CompletionStage<T> stage) {
            CompletableFuture<T> future = stage.toCompletableFuture();
            while (!future.isDone()) {
                if (!steps.step() && !steps.passTime()) {
                    throw new AssertionError("nothing is left to do, and it is not done");
                }
            }
            return future.join();
        }
    }
}
