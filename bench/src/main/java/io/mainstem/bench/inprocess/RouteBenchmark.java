package io.mainstem.bench.inprocess;

import io.mainstem.broker.BindingSpec;
import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Message;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Publishes messages of 100 B to a topic in memory until all its queues have all of them. Each of these wants them by a
 * binding, and another queue has as many bindings that want none.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RouteBenchmark {

    static final int MESSAGE_BYTES = 100;
    private static final int MESSAGES = 2_000;
    private static final String HEADER = "region";

    /** How queues say what they want. */
    public enum By {
        EXACT(Routing.EXACT, "exact keys"),
        PATTERN(Routing.PATTERN, "patterns"),
        HEADERS(Routing.HEADERS, "headers");

        private final Routing routing;
        private final String title;

        By(Routing routing, String title) {
            this.routing = routing;
            this.title = title;
        }

        String title() {
            return title;
        }

        private BindingSpec wanted() {
            return switch (this) {
                case EXACT -> BindingSpec.key("order.north.new");
                case PATTERN -> BindingSpec.key("order.*.new");
                case HEADERS -> header("north");
            };
        }

        private BindingSpec unwanted(int number) {
            return switch (this) {
                case EXACT -> BindingSpec.key("order.north." + number);
                case PATTERN -> BindingSpec.key("order.*." + number);
                case HEADERS -> header("region-" + number);
            };
        }

        private static BindingSpec header(String value) {
            return new BindingSpec("", Map.of(HEADER, Optional.of(utf8(value))), BindingSpec.Match.ALL);
        }
    }

    @Param
    private By by;

    @Param({"1", "10", "100"})
    private int queues;

    private final List<Queue> bound = new ArrayList<>();
    private Engine engine;
    private Broker broker;
    private Topic topic;
    private Message message;

    @Setup
    public void open() {
        engine = LocalEngine.inMemory(LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
        topic = await(broker.topics().create(TopicSpec.routed("orders", by.routing, true, false)));
        Queue other = queue("other");
        for (int number = 0; number < queues; number++) {
            Queue queue = queue("queue-" + number);
            await(queue.bind(topic, by.wanted()));
            await(other.bind(topic, by.unwanted(number)));
            bound.add(queue);
        }
        HeaderWriter headers = new HeaderWriter();
        headers.add(HEADER, utf8("north"));
        message = new Message(0, utf8("order.north.new"), ByteBuffer.allocate(MESSAGE_BYTES), headers.section());
    }

    private Queue queue(String name) {
        return await(broker.queues().declare(new QueueSpec(name, false, false, false), null));
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void route() {
        Publishing.publish(topic, message, MESSAGES);
        List<CompletionStage<Long>> counts =
                bound.stream().map(Queue::countReady).toList();
        counts.forEach(count -> {
            if (await(count) != MESSAGES) {
                throw new IllegalStateException("a queue has " + await(count) + " of " + MESSAGES + " messages");
            }
        });
    }

    @TearDown(Level.Invocation)
    public void purge() {
        bound.stream().map(Queue::purge).toList().forEach(RouteBenchmark::await);
    }

    @TearDown
    public void close() {
        broker.close();
        engine.close();
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
