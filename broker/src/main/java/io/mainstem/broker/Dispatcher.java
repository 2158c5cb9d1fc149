package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the messages of one queue to its consumers in turn, in the queue's order. Belongs to the queue's event loop.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int READ_BYTES = 256 << 10;
    private static final int RETRY_DELAY_MILLIS = 100;

    /** After so many deliveries in one go the loop's other tasks get their turn. */
    private static final int DELIVERIES_A_TURN = 256;

    /** A consumer at this queue. */
    private final class Tie implements Subscription {
        final Consumer consumer;
        final boolean exclusive;
        boolean paused;
        boolean flushes;

        Tie(Consumer consumer, boolean exclusive) {
            this.consumer = consumer;
            this.exclusive = exclusive;
        }

        @Override
        public void resume() {
            loop.execute(() -> {
                paused = false;
                dispatch();
            });
        }

        @Override
        public void close() {
            loop.execute(() -> remove(this));
        }
    }

    private final Queue queue;
    private final QueueState state;
    private final BrokerContext context;
    private final EventLoop loop;
    private final Expiry expiry;
    private final List<Tie> ties = new ArrayList<>();
    private final ArrayDeque<CompletableFuture<Optional<Delivery>>> getters = new ArrayDeque<>();
    private int nextTie;
    private boolean reading;

    Dispatcher(Queue queue, QueueState state, Expiry expiry, BrokerContext context) {
        this.queue = queue;
        this.state = state;
        this.expiry = expiry;
        this.context = context;
        this.loop = queue.loop();
    }

    int consumerCount() {
        return ties.size();
    }

    Subscription add(Consumer consumer, boolean exclusive) {
        boolean taken = ties.stream().anyMatch(tie -> tie.exclusive);
        if (taken || (exclusive && !ties.isEmpty())) {
            throw new BrokerException(
                    BrokerException.Kind.EXCLUSIVE_CONSUMER, "queue '" + queue.name() + "' in exclusive use");
        }
        Tie tie = new Tie(consumer, exclusive);
        ties.add(tie);
        loop.execute(this::dispatch);
        return tie;
    }

    /** Gives the first message, or nothing when the queue is empty. */
    void get(CompletableFuture<Optional<Delivery>> answer) {
        getters.add(answer);
        dispatch();
    }

    void cancelAll() {
        for (Tie tie : List.copyOf(ties)) {
            ties.remove(tie);
            tie.consumer.cancelled();
        }
        while (!getters.isEmpty()) {
            getters.remove().complete(Optional.empty());
        }
    }

    /** Delivers as long as there are both messages and room for them. */
    void dispatch() {
        int deliveries = 0;
        long first = state.index().firstReady();
        if (first != PendingIndex.NONE) {
            expiry.check(state.sourceAt(first));
        }
        while (!reading && deliveries < DELIVERIES_A_TURN && isWanted()) {
            long position = state.index().firstReady();
            if (position == PendingIndex.NONE) {
                answerEmpty();
                break;
            }
            Record record = find(position);
            if (record != null && !handOver(position, record)) {
                break;
            }
            deliveries++;
        }
        flush();
        queue.counted();
        if (deliveries == DELIVERIES_A_TURN) {
            loop.execute(this::dispatch);
        }
    }

    private boolean isWanted() {
        if (!getters.isEmpty()) {
            return true;
        }
        for (Tie tie : ties) {
            if (!tie.paused) {
                return true;
            }
        }
        return false;
    }

    /** Gives the record to whoever waits first; false when nobody has room after all. */
    private boolean handOver(long position, Record record) {
        CompletableFuture<Optional<Delivery>> getter = getters.poll();
        if (getter != null) {
            Delivery delivery = take(position, record);
            queue.counted(); // whoever asks for the count next finds it without this one
            getter.complete(Optional.of(delivery));
            return true;
        }
        for (int asked = 0; asked < ties.size(); asked++) {
            nextTie = (nextTie + 1) % ties.size();
            Tie tie = ties.get(nextTie);
            if (!tie.paused && tie.consumer.tryAcquire()) {
                tie.consumer.deliver(take(position, record));
                tie.flushes = true;
                return true;
            }
            tie.paused = true;
        }
        return false;
    }

    private QueuedDelivery take(long position, Record record) {
        QueuedDelivery delivery = new QueuedDelivery(
                queue, state.sourceAt(position), record, position, state.index().deliveryCount(position));
        state.index().take(position, delivery);
        return delivery;
    }

    private void answerEmpty() {
        while (!getters.isEmpty()) {
            getters.remove().complete(Optional.empty());
        }
    }

    private void flush() {
        for (Tie tie : ties) {
            if (tie.flushes) {
                tie.flushes = false;
                tie.consumer.flush();
            }
        }
    }

    private void remove(Tie tie) {
        if (ties.remove(tie)) {
            queue.consumerLeft(ties.size());
        }
    }

    /** The record of a message; null when it is being read, or was lost and has been settled. */
    private @Nullable Record find(long position) {
        QueueSource source = state.sourceAt(position);
        long offset = state.index().offset(position);
        try {
            RecordCursor cursor = source.cursor;
            if (cursor == null || !cursor.covers(offset)) {
                RecordBatch batch = context.cache().find(source.topic.log(source.partition), offset);
                if (batch == null) {
                    read(source, offset);
                    return null;
                }
                cursor = new RecordCursor(batch);
                source.cursor = cursor;
            }
            Record record = cursor.find(offset);
            if (record == null) {
                expiry.gone(source, offset, offset + 1);
            }
            return record;
        } catch (CorruptRecordException e) {
            lose(source, offset, e.getMessage());
            return null;
        }
    }

    private void read(QueueSource source, long offset) {
        reading = true;
        source.topic
                .read(source.partition, offset, READ_BYTES)
                .whenComplete((batches, failure) -> loop.execute(() -> wasRead(source, offset, batches, failure)));
    }

    private void wasRead(
            QueueSource source, long offset, @Nullable ByteBuffer batches, @Nullable Throwable wrappedFailure) {
        reading = false;
        Throwable failure = Failures.unwrap(wrappedFailure);
        if (batches != null && batches.hasRemaining()) {
            context.cache().put(source.topic.log(source.partition), batches);
            RecordBatch batch = RecordBatch.of(batches);
            if (batch.baseOffset() <= offset) {
                openCursor(source, offset, batch);
            } else {
                expiry.gone(source, offset, batch.baseOffset());
            }
        } else if (batches != null || isGone(failure, EngineException.Kind.OFFSET_OUT_OF_RANGE)) {
            expiry.outOfRange(source, offset);
        } else if (isGone(failure, EngineException.Kind.UNKNOWN_LOG)) {
            expiry.gone(source, 0, Long.MAX_VALUE);
        } else {
            LOG.warn("Queue '{}' waits, because reading failed: {}", queue.name(), String.valueOf(failure));
            loop.schedule(this::dispatch, RETRY_DELAY_MILLIS);
            return;
        }
        dispatch();
    }

    private void openCursor(QueueSource source, long offset, RecordBatch batch) {
        try {
            source.cursor = new RecordCursor(batch);
        } catch (CorruptRecordException e) {
            lose(source, offset, e.getMessage());
        }
    }

    private static boolean isGone(@Nullable Throwable failure, EngineException.Kind kind) {
        return failure instanceof EngineException e && e.kind() == kind;
    }

    /** The first message, which is this one unless others came before it meanwhile, cannot be delivered ever. */
    private void lose(QueueSource source, long offset, @Nullable String reason) {
        long position = state.index().firstReady();
        if (position != PendingIndex.NONE
                && state.sourceAt(position).equals(source)
                && state.index().offset(position) == offset) {
            LOG.warn("Queue '{}' loses offset {} of {}: {}", queue.name(), offset, source.topic.name(), reason);
            state.settle(position, SettleReason.LOST);
            queue.changed();
        }
    }
}
