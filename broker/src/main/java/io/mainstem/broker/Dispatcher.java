package io.mainstem.broker;

import io.mainstem.broker.Consumers.Tie;
import io.mainstem.engine.batch.Record;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Decides what becomes of the first message of one queue, again and again: it goes to a consumer, in the queue's order,
 * or it leaves because it has waited too long or there are too many. Belongs to the queue's event loop.
 */
final class Dispatcher {

    /** After so many messages in one go the loop's other tasks get their turn. */
    private static final int MESSAGES_A_TURN = 256;

    private static final long LONGEST_SLEEP_MILLIS = 3_600_000;

    private final Queue queue;
    private final QueueState state;
    private final EventLoop loop;
    private final Expiry expiry;
    private final Limits limits;
    private final RecordFinder finder;
    private final Consumers consumers;
    private final ArrayDeque<CompletableFuture<Optional<Delivery>>> getters = new ArrayDeque<>();

    /** In nobody's hands but its own: they leave as dead letters, once their records are found. */
    private final ArrayDeque<PendingMessage> dropped = new ArrayDeque<>();

    /** There are too many, and consumers had no room for them: what is too much leaves before anybody gets more. */
    private boolean sheds;

    /** To be done once there are no longer too many. */
    private final ArrayDeque<Runnable> untilWithinLimits = new ArrayDeque<>();

    /** When the loop comes back for the sake of time; NEVER if it does not. */
    private long wakesAtMillis = PendingMessage.NEVER;

    Dispatcher(Queue queue, QueueState state, Expiry expiry, BrokerContext context) {
        this.queue = queue;
        this.state = state;
        this.expiry = expiry;
        this.loop = queue.loop();
        this.limits = new Limits(queue.spec().settings());
        this.finder = new RecordFinder(queue, state, expiry, context, this::dispatch);
        this.consumers = new Consumers(queue.spec().settings().singleActiveConsumer());
    }

    int consumerCount() {
        return consumers.count();
    }

    Subscription add(Consumer consumer, ConsumerOptions options) {
        boolean singleActive = queue.spec().settings().singleActiveConsumer();
        if (consumers.hasExclusive() || (options.exclusive() && (singleActive || consumers.count() > 0))) {
            throw new BrokerException(
                    BrokerException.Kind.EXCLUSIVE_CONSUMER, "queue '" + queue.name() + "' in exclusive use");
        }
        Tie tie = new Tie(consumer, options);
        consumers.add(tie);
        loop.execute(this::dispatch);
        return new Subscription() {
            @Override
            public void resume() {
                loop.execute(() -> {
                    tie.paused = false;
                    dispatch();
                });
            }

            @Override
            public void close() {
                loop.execute(() -> remove(tie));
            }
        };
    }

    /** Gives the first message, or nothing when the queue is empty. */
    void get(CompletableFuture<Optional<Delivery>> answer) {
        getters.add(answer);
        dispatch();
    }

    void cancelAll() {
        for (Tie tie : consumers.all()) {
            consumers.remove(tie);
            tie.consumer.cancelled();
        }
        answerEmpty();
        runWaiting();
    }

    /** How many messages wait for a consumer; what is too much counts no more. */
    long readyCount() {
        return limits.count(state.index());
    }

    /** Gives what was refused below an offset when the queue has no more than it may have. */
    void takeRefusals(Topic topic, int partition, long endOffset, java.util.function.Consumer<OffsetRanges> receiver) {
        untilWithinLimits.add(() -> receiver.accept(state.find(topic, partition)
                .map(source -> source.takeRefused(endOffset))
                .orElseGet(OffsetRanges::new)));
        counted();
    }

    /** The number of messages may be another. */
    void counted() {
        if (queue.isDeleted() || (dropped.isEmpty() && !limits.areExceeded(state.index()))) {
            runWaiting();
        }
    }

    private void runWaiting() {
        while (!untilWithinLimits.isEmpty()) {
            untilWithinLimits.remove().run();
        }
    }

    /** Whether the queue has no room for one more message, so that its publisher is to be told. */
    boolean refuses(int valueBytes) {
        if (!limits.refusePublishes() || !limits.wouldBeExceeded(state.index(), valueBytes)) {
            return false;
        }
        // what consumers have room for does not count
        dispatch();
        return limits.wouldBeExceeded(state.index(), valueBytes);
    }

    /** A message that there was no room for leaves as a dead letter. */
    void dropLater(PendingMessage message) {
        dropped.add(message);
    }

    void dispatch() {
        dispatch(queue.nowMillis());
    }

    /** Goes on as long as there is something to decide, as of a time. */
    void dispatch(long nowMillis) {
        state.index().release(nowMillis);
        PendingMessage first = state.index().first();
        if (first != null) {
            expiry.check(state.source(first));
        }
        int turns = 0;
        while (turns < MESSAGES_A_TURN && !finder.isReading() && decide(nowMillis)) {
            turns++;
        }
        flush();
        queue.counted();
        if (turns == MESSAGES_A_TURN) {
            loop.execute(this::dispatch);
        }
        wakeInTime(nowMillis);
    }

    /** Says whether there may be more to decide. */
    private boolean decide(long nowMillis) {
        if (!dropped.isEmpty() && queue.mover().hasRoom()) {
            drop();
            return true;
        }
        PendingMessage first = state.index().first();
        if (first == null) {
            sheds = false;
            answerEmpty();
            return false;
        }
        if (first.expiresAtMillis < nowMillis) {
            return leave(first, SettleReason.OUTLIVED, Death.Reason.EXPIRED);
        }
        sheds = sheds && limits.areExceeded(state.index());
        if (sheds && !queue.mover().isHeld()) {
            return leave(first, SettleReason.DROPPED, Death.Reason.MAX_LENGTH);
        }
        if (!getters.isEmpty() || consumers.areWaiting()) {
            Record record = finder.find(first);
            if (record != null) {
                handOver(record);
            }
            return true;
        }
        if (first.expiresAtMillis <= nowMillis) {
            // its last moment, in which nobody wants it
            return leave(first, SettleReason.OUTLIVED, Death.Reason.EXPIRED);
        }
        sheds = limits.areExceeded(state.index());
        return sheds && leave(first, SettleReason.DROPPED, Death.Reason.MAX_LENGTH);
    }

    /** Gives the record of the first message to whoever's turn it is, if anybody has room after all. */
    private void handOver(Record record) {
        CompletableFuture<Optional<Delivery>> getter = getters.poll();
        if (getter != null) {
            Delivery delivery = take(record);
            queue.counted(); // whoever asks for the count next finds it without this one
            getter.complete(Optional.of(delivery));
            return;
        }
        Tie tie = consumers.next();
        if (tie != null) {
            tie.consumer.deliver(take(record));
            tie.flushes = true;
        }
    }

    private QueuedDelivery take(Record record) {
        PendingMessage message = state.hold();
        return new QueuedDelivery(queue, state.source(message), message, record);
    }

    private void drop() {
        PendingMessage message = dropped.element();
        Record record = finder.find(message);
        if (record != null) {
            dropped.remove();
            queue.die(message, record, SettleReason.DROPPED, Death.Reason.MAX_LENGTH);
        } else if (!finder.isReading()) {
            dropped.remove();
            state.settle(message, SettleReason.DROPPED);
        }
    }

    /** Lets the first message leave, as a dead letter if they are kept; says whether to go on. */
    private boolean leave(PendingMessage first, SettleReason reason, Death.Reason cause) {
        if (!queue.keepsDeadLetters()) {
            state.settleFirst(reason);
            queue.settled();
            return true;
        }
        if (!queue.mover().hasRoom()) {
            return false;
        }
        Record record = finder.find(first);
        if (record != null) {
            queue.die(state.hold(), record, reason, cause);
        }
        return true;
    }

    private void answerEmpty() {
        while (!getters.isEmpty()) {
            getters.remove().complete(Optional.empty());
        }
    }

    private void flush() {
        consumers.forEach(tie -> {
            if (tie.flushes) {
                tie.flushes = false;
                tie.consumer.flush();
            }
        });
    }

    private void remove(Tie tie) {
        if (consumers.remove(tie)) {
            queue.consumerLeft(consumers.count());
            dispatch();
        }
    }

    /** Comes back when the first message has waited too long, or the next one is due. */
    private void wakeInTime(long nowMillis) {
        PendingMessage first = state.index().first();
        long outlivedAtMillis = first == null || first.expiresAtMillis == PendingMessage.NEVER
                ? PendingMessage.NEVER
                : first.expiresAtMillis + 1;
        long at = Math.min(outlivedAtMillis, state.index().nextDueMillis());
        if (at < wakesAtMillis) {
            wakesAtMillis = at;
            loop.schedule(() -> wake(at), Math.min(Math.max(1, at - nowMillis), LONGEST_SLEEP_MILLIS));
        }
    }

    private void wake(long atMillis) {
        if (wakesAtMillis == atMillis) {
            wakesAtMillis = PendingMessage.NEVER;
            dispatch();
        }
    }
}
