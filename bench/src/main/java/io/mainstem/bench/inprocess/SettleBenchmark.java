package io.mainstem.bench.inprocess;

import static io.mainstem.bench.inprocess.RouteBenchmark.await;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Consumer;
import io.mainstem.broker.ConsumerOptions;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Message;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
 * Settles messages that a consumer holds, one by one, and waits until the queue has let go of the last, durably if the
 * queue is durable.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SettleBenchmark {

    private static final int MESSAGES = 10_000;
    private static final long DEADLINE_SECONDS = 60;

    @Param({"true", "false"})
    private boolean durable;

    private final BlockingQueue<Delivery> delivered = new LinkedBlockingQueue<>();
    private final List<Delivery> held = new ArrayList<>();
    private Scratch scratch;
    private Engine engine;
    private Broker broker;
    private Topic topic;
    private Queue queue;

    @Setup
    public void open() {
        scratch = new Scratch();
        engine = LocalEngine.open(scratch.directory(), LocalOptions.defaults());
        broker = await(Broker.start(engine, BrokerOptions.defaults()));
        topic = await(broker.topics().create(TopicSpec.routed("orders", Routing.ALL, !durable, false)));
        queue = await(broker.queues().declare(new QueueSpec("orders", durable, false, false), null));
        await(queue.bind(topic, ""));
        await(queue.consume(new Holder(), ConsumerOptions.SHARED));
    }

    @Setup(Level.Invocation)
    public void deliver() throws InterruptedException {
        Message message =
                new Message(0, null, ByteBuffer.allocate(RouteBenchmark.MESSAGE_BYTES), BatchBuilder.NO_HEADERS);
        Publishing.publish(topic, message, MESSAGES);
        held.clear();
        while (held.size() < MESSAGES) {
            Delivery delivery = delivered.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (delivery == null) {
                throw new IllegalStateException("only " + held.size() + " messages were delivered");
            }
            held.add(delivery);
        }
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void settle() {
        held.forEach(Delivery::settle);
        await(queue.whenSettled());
    }

    @TearDown
    public void close() {
        broker.close();
        engine.close();
        scratch.close();
    }

    /** Has room for everything. */
    private final class Holder implements Consumer {
        @Override
        public boolean tryAcquire() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            delivered.add(delivery);
        }

        @Override
        public void flush() {}

        @Override
        public void cancelled() {}
    }
}
