package io.mainstem.protocol.amqp;

import io.mainstem.broker.Consumer;
import io.mainstem.broker.ConsumerOptions;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Subscription;
import io.mainstem.broker.Topic;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic for one consumer of a stream queue: what the broker's queue is for other consumers. It reads only when
 * the consumer has room for a message, and holds what one read gave, so an idle consumer costs next to nothing and a
 * slow one {@value #READ_BYTES} bytes or one batch. The logs of a topic take turns, a read each.
 *
 * <p>Everything happens on the connection's event loop, but for {@link #resume} and what announces changes.
 */
final class StreamReader implements Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(StreamReader.class);

    static final int READ_BYTES = 64 << 10;
    private static final int RETRY_DELAY_MILLIS = 100;

    private final Queue queue;
    private final Topic topic;
    private final ChannelConsumer consumer;
    private final Connection connection;
    private final List<Long> nextOffsets = new ArrayList<>();
    private final List<Engine.Registration> registrations = new ArrayList<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private volatile @Nullable Subscription presence;
    private boolean started;
    private boolean ended;
    private int turn;
    private StreamRecords records = StreamRecords.NONE;
    private boolean reading;
    /** The consumer has room for one message, which has not come yet. */
    private boolean reserved;

    private StreamReader(Queue queue, Topic topic, ChannelConsumer consumer, StreamOffset from) {
        this.queue = queue;
        this.topic = topic;
        this.consumer = consumer;
        this.connection = consumer.channel().connection();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            nextOffsets.add(from.in(topic, partition));
        }
    }

    /** Begins to read for a consumer, once it asks. */
    static CompletionStage<Subscription> start(Queue queue, Topic topic, ChannelConsumer consumer, StreamOffset from) {
        StreamReader reader = new StreamReader(queue, topic, consumer, from);
        return queue.consume(reader.new Presence(), ConsumerOptions.SHARED).thenApply(subscription -> {
            reader.presence = subscription;
            return reader;
        });
    }

    @Override
    public void resume() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            connection.execute(this::pump);
        }
    }

    @Override
    public void close() {
        connection.execute(this::end);
    }

    private void pump() {
        // First: what happens from now on is seen below, or scheduled anew.
        scheduled.set(false);
        if (ended) {
            return;
        }
        try {
            if (!started) {
                started = true;
                registrations.add(connection.broker().topics().watch(() -> connection.execute(this::topicsChanged)));
                watchFrom(0);
            }
            deliver();
        } catch (EngineException e) {
            failed(e);
        }
    }

    private void watchFrom(int firstPartition) {
        for (int partition = firstPartition; partition < nextOffsets.size(); partition++) {
            registrations.add(topic.watch(partition, durableEnd -> resume()));
        }
    }

    private void deliver() {
        boolean delivered = false;
        while (!reading && reserve()) {
            Record record = records.next();
            if (record != null) {
                reserved = false;
                delivered = true;
                consumer.deliver(new StreamDelivery(queue, topic, turn, record));
            } else if (!readOn()) {
                break;
            }
        }
        if (delivered) {
            consumer.flush();
        }
    }

    private boolean reserve() {
        reserved = reserved || consumer.tryAcquire();
        return reserved;
    }

    /** Reads from the next log that has something; false when there is none. */
    private boolean readOn() {
        if (records != StreamRecords.NONE) {
            nextOffsets.set(turn, records.nextOffset());
            records = StreamRecords.NONE;
        }
        int partitions = nextOffsets.size();
        for (int tried = 0; tried < partitions; tried++) {
            turn = (turn + 1) % partitions;
            long nextOffset = nextOffsets.get(turn);
            if (nextOffset < topic.bounds(turn).durableEndOffset()) {
                reading = true;
                topic.read(turn, nextOffset, READ_BYTES)
                        .whenComplete((batches, failure) -> connection.execute(() -> read(batches, failure)));
                return true;
            }
        }
        return false;
    }

    private void read(@Nullable ByteBuffer batches, @Nullable Throwable failure) {
        reading = false;
        if (ended) {
            return;
        }
        if (batches == null) {
            failed(failure == null ? null : Failures.cause(failure));
            return;
        }
        records = new StreamRecords(batches, nextOffsets.get(turn));
        pump();
    }

    private void failed(@Nullable Throwable failure) {
        if (is(failure, EngineException.Kind.OFFSET_OUT_OF_RANGE)) {
            // retention was faster than the consumer, which goes on with what there is
            long firstOffset = topic.bounds(turn).firstOffset();
            nextOffsets.set(turn, Math.max(nextOffsets.get(turn), firstOffset));
            resume();
        } else if (is(failure, EngineException.Kind.UNKNOWN_LOG) || is(failure, EngineException.Kind.CLOSED)) {
            end();
            consumer.cancelled();
        } else {
            String reason = String.valueOf(failure);
            LOG.warn("AMQP {}: a consumer of stream {} waits: {}", connection, topic.name(), reason);
            connection.executeAfter(RETRY_DELAY_MILLIS, this::resume);
        }
    }

    private static boolean is(@Nullable Throwable failure, EngineException.Kind kind) {
        return failure instanceof EngineException e && e.kind() == kind;
    }

    private void topicsChanged() {
        if (ended) {
            return;
        }
        if (connection.broker().topics().find(topic.id()).isEmpty()) {
            end();
            consumer.cancelled();
            return;
        }
        int known = nextOffsets.size();
        if (topic.partitions() > known) {
            while (nextOffsets.size() < topic.partitions()) {
                nextOffsets.add(0L);
            }
            watchFrom(known);
            resume();
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        registrations.forEach(Engine.Registration::close);
        registrations.clear();
        records = StreamRecords.NONE;
        if (reserved) {
            consumer.giveBack();
        }
        Subscription present = presence;
        if (present != null) {
            present.close();
        }
    }

    /** What the broker's queue knows of the consumer: that there is one. */
    private final class Presence implements Consumer {

        @Override
        public boolean tryAcquire() {
            return false;
        }

        @Override
        public void deliver(Delivery delivery) {
            throw new IllegalStateException("a stream's queue delivers nothing");
        }

        @Override
        public void flush() {}

        @Override
        public void cancelled() {
            close();
            consumer.cancelled();
        }
    }
}
