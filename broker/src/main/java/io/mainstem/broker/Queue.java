package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A view on topics: which messages are routed to it and not settled. Each is given to one consumer at a time. May be
 * used from any thread; the work is done on the event loop of the queue's shard.
 */
public final class Queue implements Destination {

    private final long number;
    private final QueueSpec spec;
    private final Optional<Object> owner;
    private final Queues queues;
    private final EventLoop loop;
    private final Shard shard;
    private final QueueState state;
    private final Dispatcher dispatcher;
    private final Expiry expiry;
    private final OwnTopic ownTopic;
    private final DeadLetters deadLetters;
    private final Mover mover;
    private final IdleTimeout idleTimeout;
    private final Replays replays;
    private final Needs needs;
    private final Relocations relocations;
    private final QueueCalls calls;
    private final InstantSource clock;

    private volatile QueueCounts counts = QueueCounts.NONE;
    private volatile long expiredCount;
    private volatile int consumerCount;

    Queue(long number, QueueSpec spec, @Nullable Object owner, Queues queues, BrokerContext context) {
        this.number = number;
        this.spec = spec;
        this.owner = Optional.ofNullable(owner);
        this.queues = queues;
        this.shard = queues.shardOf(number);
        this.loop = shard.loop();
        this.clock = context.options().clock();
        this.state = new QueueState(number, spec);
        this.expiry = new Expiry(this, state);
        this.deadLetters = new DeadLetters(this, queues);
        this.mover = new Mover(this, state);
        this.idleTimeout = new IdleTimeout(this, queues);
        this.replays = new Replays(this, state, context.options().typedHeaders());
        this.needs = new Needs(this, state);
        this.relocations = new Relocations(this, state);
        this.calls = new QueueCalls(this, loop);
        this.dispatcher = new Dispatcher(this, state, expiry, context);
        this.ownTopic = new OwnTopic(this, queues);
    }

    public String name() {
        return spec.name();
    }

    public QueueSpec spec() {
        return spec;
    }

    /** Who may use an exclusive queue. */
    public Optional<Object> owner() {
        return owner;
    }

    /** How many messages wait for a consumer, as last known; {@link #countReady} is exact. */
    public long readyCount() {
        return counts.ready();
    }

    /** What it holds, as last known. */
    public QueueCounts counts() {
        return counts;
    }

    /** How many messages wait for a consumer, with all that was confirmed before the call. */
    public CompletionStage<Long> countReady() {
        return calls.call(answer -> {
            idleTimeout.used();
            expiry.checkAll();
            dispatcher.dispatch();
            answer.complete(dispatcher.readyCount());
        });
    }

    /** How many messages have left their topics before anybody settled them, since the broker started. */
    public long expiredCount() {
        return expiredCount;
    }

    public int consumerCount() {
        return consumerCount;
    }

    /** Binds it by a key alone, as {@link #bind(Topic, BindingSpec)} does. */
    public CompletionStage<Void> bind(Topic topic, String key) {
        return bind(topic, BindingSpec.key(key));
    }

    /**
     * Routes to this queue what a topic gets from now on and the binding wants. Binding again in the same way changes
     * nothing. Fails as UNKNOWN_QUEUE, UNKNOWN_TOPIC or INVALID_BINDING.
     */
    public CompletionStage<Void> bind(Topic topic, BindingSpec spec) {
        return queues.bind(this, topic, spec);
    }

    /** Ends a binding by a key alone, as {@link #unbind(Topic, BindingSpec)} does. */
    public CompletionStage<Void> unbind(Topic topic, String key) {
        return unbind(topic, BindingSpec.key(key));
    }

    /** Ends a binding; what was routed stays. Ending what is not there changes nothing. */
    public CompletionStage<Void> unbind(Topic topic, BindingSpec spec) {
        return queues.unbind(this, topic, spec);
    }

    /** Publishes a message to the queue's own topic, which nobody else gets. */
    public void publish(Message message, PublishListener listener, long token) {
        ownTopic.publish(message, listener, token);
    }

    /** Does for what is published straight to the queue what {@link Topic#whenRoom} does. */
    public CompletionStage<Void> whenRoom() {
        return ownTopic.whenRoom();
    }

    /**
     * Adds a consumer. An exclusive one must be alone, and nobody comes beside it: otherwise the stage fails as
     * EXCLUSIVE_CONSUMER.
     */
    public CompletionStage<Subscription> consume(Consumer consumer, ConsumerOptions options) {
        return calls.call(answer -> {
            Subscription subscription = dispatcher.add(consumer, options);
            consumerCount = dispatcher.consumerCount();
            answer.complete(subscription);
        });
    }

    /** Takes the first message, if there is one. */
    public CompletionStage<Optional<Delivery>> get() {
        return calls.call(answer -> {
            idleTimeout.used();
            dispatcher.get(answer);
        });
    }

    /** Settles all messages that are ready; completes with their number once that is durable. */
    public CompletionStage<Long> purge() {
        return calls.compose(() -> {
            long count = state.purge();
            settled();
            dispatcher.dispatch();
            return shard.flush().thenApply(done -> count);
        });
    }

    /**
     * Shows so many messages in their order, or the first of them when they are large, without those that stand before;
     * changes nothing.
     */
    public CompletionStage<List<QueuedMessage>> browse(long skip, int most) {
        return calls.compose(() -> new Browser(state, skip, most).look(nowMillis()));
    }

    /**
     * Sends dead letters back to the queues that they died in last; completes with their number.
     *
     * @param only the queue of those that are sent; empty for all
     */
    public CompletionStage<Long> redrive(Optional<String> only) {
        return calls.compose(() -> new Redrive(this, state, queues, only).begin());
    }

    /**
     * Brings back, behind all others, what it had once got of a log and has no more; completes with their number once
     * that is durable. Fails as TOO_MANY beyond a million messages.
     */
    public CompletionStage<Long> replay(Topic topic, int partition, long fromOffset) {
        return calls.compose(() -> replays.begin(topic, partition, fromOffset));
    }

    /** Completes once the queue is gone, if it goes with its last consumer and that has left before the call. */
    public CompletionStage<Void> whenLeft() {
        CompletableFuture<Void> seen = new CompletableFuture<>();
        loop.execute(() -> seen.complete(null));
        return seen.thenCompose(done -> queues.whenChanged());
    }

    /** Completes once all that was settled before the call is durable. */
    public CompletionStage<Void> whenSettled() {
        return calls.compose(shard::flush);
    }

    long number() {
        return number;
    }

    OwnTopic ownTopic() {
        return ownTopic;
    }

    /** Completes once the queue knows what it holds. */
    CompletionStage<Void> start() {
        return shard.add(this);
    }

    /** From any thread: the router found messages. */
    void routed(Routed routed) {
        loop.execute(() -> {
            long nowMillis = nowMillis();
            state.next(routed).ifPresent(source -> {
                routed.forEach(fact -> arrive(source, routed.facts(), fact, nowMillis));
                state.arrived(source, routed.throughOffset());
                expiry.check(source);
            });
            if (routed.topic().spec().inMemory()) {
                needs.tell();
            }
            changed();
            shard.grew(routed.facts().count());
            dispatcher.dispatch(nowMillis);
        });
    }

    private void arrive(QueueSource source, RecordFacts facts, int fact, long nowMillis) {
        if (!dispatcher.refuses(facts.valueBytes(fact))) {
            state.arrive(source, facts, fact, nowMillis);
        } else if (keepsDeadLetters()
                && spec.settings().overflow() == QueueSettings.Overflow.REJECT_PUBLISH_DEAD_LETTER) {
            state.refuseAndHold(source, facts, fact, nowMillis).ifPresent(dispatcher::dropLater);
        } else {
            state.refuse(source, facts, fact);
        }
    }

    /**
     * From any thread, after the routing: gives what was refused below an offset, in the loop, once the queue has no
     * more than it may have.
     */
    void takeRefusals(Topic topic, int partition, long endOffset, java.util.function.Consumer<OffsetRanges> receiver) {
        loop.execute(() -> dispatcher.takeRefusals(topic, partition, endOffset, receiver));
    }

    /** In the loop: a consumer has handled a message. */
    void settle(QueuedDelivery delivery) {
        state.settle(delivery.message(), SettleReason.ACKNOWLEDGED);
        settled();
    }

    /** In the loop: a consumer does not want a message. */
    void reject(QueuedDelivery delivery) {
        die(delivery.message(), delivery.record(), SettleReason.REJECTED, Death.Reason.REJECTED);
    }

    /** In the loop: a consumer has given a message back, and has something to do before it may get another. */
    void putBack(QueuedDelivery delivery, Runnable whenBack) {
        PendingMessage message = delivery.message();
        OptionalInt limit = spec.settings().deliveryLimit();
        int deliveryCount = message.deliveryCount + 1;
        if (limit.isPresent() && deliveryCount > limit.getAsInt()) {
            die(message, delivery.record(), SettleReason.DELIVERED_TOO_OFTEN, Death.Reason.DELIVERY_LIMIT);
        } else {
            long nowMillis = nowMillis();
            long delayMillis = spec.settings().redeliveryDelayMillis(deliveryCount);
            state.putBack(message, delayMillis == 0 ? 0 : nowMillis + delayMillis, nowMillis);
            changed();
        }
        whenBack.run();
        dispatcher.dispatch();
    }

    /** In the loop: a message in somebody's hands leaves, as a dead letter if they are kept. */
    void die(PendingMessage message, Record record, SettleReason reason, Death.Reason cause) {
        Optional<CopyTarget> target = deadLetters.target(record);
        if (target.isEmpty()) {
            state.settle(message, reason);
            settled();
        } else {
            Copying copying = new Copying(number, state.source(message), record);
            Message letter = deadLetters.letter(copying, cause, nowMillis());
            mover.move(message, letter, target.get(), Optional.of(reason));
            changed();
        }
    }

    boolean keepsDeadLetters() {
        return deadLetters.areKept();
    }

    Mover mover() {
        return mover;
    }

    Relocations relocations() {
        return relocations;
    }

    /** In the loop: messages have been settled or given back by the mover. */
    void moved() {
        settled();
        dispatcher.dispatch();
    }

    /** From any thread: logs in memory are to learn what was settled. */
    void tellNeeds() {
        loop.execute(needs::tell);
    }

    /** In the loop: messages were settled, and the state log should know. */
    void settled() {
        needs.settled();
        changed();
    }

    /** From any thread: what the topic's router finds in this log from an offset on belongs to this queue. */
    void attach(Topic topic, int partition, long fromOffset) {
        calls.run(() -> {
            QueueSource source = state.source(topic, partition, fromOffset);
            topic.attach(partition, source.routedThrough);
        });
    }

    /**
     * From which offset on the queue needs each log of a topic, as {@link Needs#of} says it: what lies below it has
     * settled, durably. Answers once the queue knows what it holds; fails as UNKNOWN_QUEUE when it is gone.
     */
    CompletionStage<long[]> neededFrom(Topic topic, boolean routed) {
        CompletionStage<long[]> needed = calls.call(answer -> answer.complete(needs.of(topic, routed)));
        return needed.thenCompose(offsets -> whenSettled().thenApply(durable -> offsets));
    }

    /** From any thread: the topic is gone. */
    void detach(Topic topic) {
        loop.execute(() -> {
            state.drop(topic);
            changed();
        });
    }

    /** From any thread: the queue is gone. */
    void end() {
        loop.execute(() -> {
            calls.delete();
            shard.remove(this);
            dispatcher.cancelAll();
            consumerCount = 0;
        });
    }

    /** In the loop: a consumer went. */
    void consumerLeft(int remaining) {
        consumerCount = remaining;
        if (remaining == 0 && spec.autoDelete() && !calls.isDeleted()) {
            queues.delete(name(), true, false);
        }
        idleTimeout.used();
    }

    /** In the loop: the number of waiting messages may be another. */
    void counted() {
        PendingIndex index = state.index();
        counts = new QueueCounts(dispatcher.readyCount(), index.readyBytes(), state.heldCount(), index.delayedCount());
        dispatcher.counted();
    }

    /** In the loop: messages were settled because their records are gone. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread counts
    void expired(long count) {
        expiredCount += count;
        changed();
    }

    /** In the loop: the messages are no longer what they were, and the state log should know. */
    void changed() {
        counted();
        if (spec.isPersistent()) {
            shard.changed(this);
        }
    }

    EventLoop loop() {
        return loop;
    }

    /** What others ask of it. */
    QueueCalls calls() {
        return calls;
    }

    /** In the loop. */
    boolean isDeleted() {
        return calls.isDeleted();
    }

    long nowMillis() {
        return clock.millis();
    }

    /** In the loop: completes once all that has changed so far is durable. */
    CompletionStage<Void> flush() {
        return spec.isPersistent() ? shard.flush() : CompletableFuture.completedFuture(null);
    }

    /** In the loop: what the state log does not say yet. */
    List<StateRecord> takeUnsaved() {
        List<StateRecord> unsaved = new ArrayList<>(mover.takeUnsaved());
        unsaved.addAll(state.takeUnsaved());
        // behind the settlements that they undo
        unsaved.addAll(replays.takeUnsaved());
        return unsaved;
    }

    /** In the loop: what the queue holds now. */
    List<StateRecord> snapshot(boolean stoppedInOrder) {
        List<StateRecord> snapshot = QueueSnapshot.of(number, state, stoppedInOrder, mover.open());
        snapshot.addAll(replays.underWay());
        return snapshot;
    }

    /** In the loop: starts, also again after a failure, from what the state log says. */
    void restore(QueueFold fold, LongFunction<Optional<Topic>> topicOf, List<TopicGraph.Inlet> inlets) {
        List<QueueState.UndecidedMove> undecided = state.restore(fold, topicOf, nowMillis());
        for (TopicGraph.Inlet inlet : inlets) {
            QueueSource source = state.restoredSource(inlet.topic(), inlet.partition(), inlet.fromOffset(), fold);
            inlet.topic().attach(inlet.partition(), source.routedThrough);
        }
        mover.resume(undecided, topicOf);
        expiry.checkAll();
        idleTimeout.used();
        calls.open();
        changed();
        dispatcher.dispatch();
    }
}
