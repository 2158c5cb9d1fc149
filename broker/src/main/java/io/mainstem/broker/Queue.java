package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A view on topics: which messages are routed to it and not settled. Each is given to one consumer at a time. May be
 * used from any thread; the work is done on the event loop of the queue's shard.
 */
public final class Queue implements Destination {

    /** So often logs in memory learn what was settled, which costs a look through the first messages. */
    private static final int SETTLED_BETWEEN_NEEDS = 500;

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

    private volatile long readyCount;
    private volatile long expiredCount;
    private volatile int consumerCount;

    /** Asked for before the shard had recovered. */
    private final ArrayDeque<Runnable> untilRestored = new ArrayDeque<>();

    private int settledSinceTold;
    private boolean restored;
    private boolean deleted;

    Queue(long number, QueueSpec spec, @Nullable Object owner, Queues queues, BrokerContext context) {
        this.number = number;
        this.spec = spec;
        this.owner = Optional.ofNullable(owner);
        this.queues = queues;
        this.shard = queues.shardOf(number);
        this.loop = shard.loop();
        this.state = new QueueState(number, spec.isPersistent());
        this.expiry = new Expiry(this, state);
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
        return readyCount;
    }

    /** How many messages wait for a consumer, with all that was confirmed before the call. */
    public CompletionStage<Long> countReady() {
        return call(answer -> {
            expiry.checkAll();
            answer.complete(state.index().readyCount());
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

    /** Adds a consumer. An exclusive one must be alone: otherwise the stage fails as EXCLUSIVE_CONSUMER. */
    public CompletionStage<Subscription> consume(Consumer consumer, boolean exclusive) {
        return call(answer -> {
            Subscription subscription = dispatcher.add(consumer, exclusive);
            consumerCount = dispatcher.consumerCount();
            answer.complete(subscription);
        });
    }

    /** Takes the first message, if there is one. */
    public CompletionStage<Optional<Delivery>> get() {
        return call(dispatcher::get);
    }

    /** Settles all messages that nobody holds; completes with their number once that is durable. */
    public CompletionStage<Long> purge() {
        return call(answer -> {
            long count = state.purge();
            changed();
            shard.flush().whenComplete((done, failure) -> {
                if (failure == null) {
                    answer.complete(count);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        });
    }

    /** Completes once all that was settled before the call is durable. */
    public CompletionStage<Void> whenSettled() {
        return call(answer -> shard.flush().whenComplete((done, failure) -> {
            if (failure == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(failure);
            }
        }));
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
            state.route(routed).ifPresent(expiry::check);
            if (routed.topic().spec().inMemory()) {
                state.tellNeeds(this);
            }
            changed();
            dispatcher.dispatch();
        });
    }

    /** From any thread: a consumer has answered. */
    void settle(QueuedDelivery delivery, SettleReason reason) {
        loop.execute(() -> {
            state.settle(delivery, reason);
            if (++settledSinceTold == SETTLED_BETWEEN_NEEDS) {
                settledSinceTold = 0;
                state.tellNeeds(this);
            }
            changed();
        });
    }

    /** From any thread: a consumer has answered. */
    void putBack(QueuedDelivery delivery) {
        loop.execute(() -> {
            state.putBack(delivery);
            changed();
            dispatcher.dispatch();
        });
    }

    /** From any thread: what the topic's router finds in this log from an offset on belongs to this queue. */
    void attach(Topic topic, int partition, long fromOffset) {
        loop.execute(() -> whenRestored(() -> {
            QueueSource source = state.source(topic, partition, fromOffset);
            topic.attach(partition, source.routedThrough);
        }));
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
            deleted = true;
            shard.remove(this);
            dispatcher.cancelAll();
            consumerCount = 0;
        });
    }

    /** In the loop: a consumer went. */
    void consumerLeft(int remaining) {
        consumerCount = remaining;
        if (remaining == 0 && spec.autoDelete() && !deleted) {
            queues.delete(name(), true, false);
        }
    }

    /** In the loop: the number of waiting messages may be another. */
    void counted() {
        readyCount = state.index().readyCount();
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

    /** In the loop. */
    QueueState state() {
        return state;
    }

    /** In the loop: starts, also again after a failure, from what the state log says. */
    void restore(QueueFold fold, LongFunction<Optional<Topic>> topicOf, List<TopicGraph.Inlet> inlets) {
        state.restore(fold, topicOf);
        for (TopicGraph.Inlet inlet : inlets) {
            QueueSource source = state.restoredSource(inlet.topic(), inlet.partition(), inlet.fromOffset(), fold);
            inlet.topic().attach(inlet.partition(), source.routedThrough);
        }
        expiry.checkAll();
        restored = true;
        while (!untilRestored.isEmpty()) {
            untilRestored.remove().run();
        }
        changed();
        dispatcher.dispatch();
    }

    private void whenRestored(Runnable task) {
        if (restored) {
            task.run();
        } else {
            untilRestored.add(task);
        }
    }

    private <T> CompletionStage<T> call(java.util.function.Consumer<CompletableFuture<T>> body) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> whenRestored(() -> {
            if (deleted) {
                answer.completeExceptionally(Queues.unknown(name()));
                return;
            }
            try {
                body.accept(answer);
            } catch (BrokerException e) {
                answer.completeExceptionally(e);
            }
            counted();
        }));
        return answer;
    }
}
