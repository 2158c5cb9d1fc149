package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What goes with its last user goes with it in one step, wherever a crash comes between. */
class AutoDeleteTest {

    private static final int MOST_STEPS = 120;

    private final Random random = new Random(1);
    private HostileEngine.Store store = new HostileEngine.Store();
    private SteppedLoops steps = new SteppedLoops(random);

    @Test
    void topicsGoTogetherWithTheQueueThatWasTheirLast() {
        boolean sawNoneGone = false;
        boolean sawAllGone = false;
        for (int stepsDone = 0; stepsDone < MOST_STEPS; stepsDone++) {
            store = new HostileEngine.Store();
            Broker broker = start();
            Topic source = await(broker.topics().create(TopicSpec.routed("source", Routing.ALL, false, true)));
            Topic middle = await(broker.topics().create(TopicSpec.routed("middle", Routing.ALL, false, true)));
            Queue queue = await(broker.queues().declare(QueueSpec.durable("q"), null));
            await(broker.topics().bind(source, middle, BindingSpec.key("")));
            await(queue.bind(middle, ""));
            broker.queues().delete("q", false, false);
            for (int step = 0; step < stepsDone; step++) {
                steps.step();
            }
            steps.crash();
            broker = start();
            boolean there = broker.queues().find("q").isPresent();
            assertThat(broker.topics().find("middle").isPresent()).isEqualTo(there);
            assertThat(broker.topics().find("source").isPresent()).isEqualTo(there);
            sawNoneGone |= there;
            sawAllGone |= !there;
        }
        assertThat(sawNoneGone && sawAllGone).isTrue();
    }

    private Broker start() {
        steps = new SteppedLoops(random);
        HostileEngine engine = new HostileEngine(store, steps, random, () -> HostileEngine.Malice.NONE);
        BrokerOptions options = new BrokerOptions(
                () -> Instant.ofEpochMilli(steps.nowMillis()),
                1,
                5,
                1_000,
                400,
                300,
                Long.MAX_VALUE,
                0,
                TypedHeaders.NONE);
        return await(Broker.start(engine, options, steps.loops(2)));
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
