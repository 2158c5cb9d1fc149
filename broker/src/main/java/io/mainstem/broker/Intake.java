package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets batches into the logs of one topic: under the topic's rules, and only while there is room. While there is none
 * the topic is <em>held</em>: what comes waits, and goes on in its order as soon as consumers have made room. Safe for
 * use by several threads.
 */
final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** Batches that wait for room; past it they fail. Single messages have a limit of their own. */
    private static final long WAITING_LIMIT_BYTES = 16 << 20;

    /** A topic that is held and let go again and again is worth a line so often. */
    private static final long LINE_MILLIS = 60_000;

    private static final class Waiting {
        final int partition;
        final ByteBuffer batch;
        final int bytes;
        final CompletableFuture<Long> appended = new CompletableFuture<>();
        boolean begun;

        Waiting(int partition, ByteBuffer batch) {
            this.partition = partition;
            this.batch = batch;
            this.bytes = batch.remaining();
        }
    }

    private final Topic topic;
    private final BrokerContext context;
    private final EventLoop loop;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final SettledRetention settledRetention;
    private final MemoryCeiling memoryCeiling;
    private volatile AppendRules rules;
    private volatile long ceilingBytes;
    private volatile boolean held;
    private volatile CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
    private long waitingBytes;
    private boolean messagesFirst;
    private boolean told;
    private long toldMillis = Long.MIN_VALUE / 2;

    Intake(Topic topic, BrokerContext context) {
        this.topic = topic;
        this.context = context;
        this.loop = context.loops().of(topic.number());
        this.settledRetention = new SettledRetention(topic, this, context);
        this.memoryCeiling = new MemoryCeiling(topic, this, loop);
        this.rules = AppendRules.of(topic.spec().settings());
        this.ceilingBytes = ceilingOf(topic.spec());
    }

    /** The topic has other settings. */
    void configure() {
        rules = AppendRules.of(topic.spec().settings());
        ceilingBytes = ceilingOf(topic.spec());
    }

    private long ceilingOf(TopicSpec spec) {
        if (spec.inMemory()) {
            return context.options().memoryTopicBytes();
        }
        return spec.settings().isUntilSettled()
                ? spec.settings().number(TopicSettingTable.SETTLED_CEILING_BYTES)
                : Long.MAX_VALUE;
    }

    SettledRetention settledRetention() {
        return settledRetention;
    }

    /** What the topic may take before publishers have to wait; Long.MAX_VALUE where nothing makes them wait. */
    long ceilingBytes() {
        return ceilingBytes;
    }

    AppendRules rules() {
        return rules;
    }

    boolean isHeld() {
        return held;
    }

    CompletionStage<Void> whenRoom() {
        return room;
    }

    EngineException refusal() {
        return new EngineException(
                EngineException.Kind.OVERLOADED,
                "topic '" + topic.name() + "' has " + ceilingBytes + " bytes that its queues have not settled");
    }

    /** Does what {@link Topic#append} says. */
    CompletionStage<Long> append(int partition, ByteBuffer batch, long mostWaitMillis) {
        try {
            rules.apply(RecordBatch.of(batch), nowMillis());
        } catch (BrokerException e) {
            return CompletableFuture.failedFuture(e);
        }
        Waiting later = null;
        synchronized (this) {
            if (held || !waiting.isEmpty()) {
                later = new Waiting(partition, batch);
                if (mostWaitMillis <= 0 || waitingBytes + later.bytes > WAITING_LIMIT_BYTES) {
                    return CompletableFuture.failedFuture(refusal());
                }
                waiting.add(later);
                waitingBytes += later.bytes;
            }
        }
        if (later == null) {
            return appendNow(partition, batch);
        }
        Waiting waits = later;
        if (mostWaitMillis < Long.MAX_VALUE) {
            loop.schedule(() -> giveUp(waits), mostWaitMillis);
        }
        return waits.appended;
    }

    /** Appends what was let in before. */
    CompletionStage<Long> appendLetIn(int partition, ByteBuffer batch) {
        rules.stamp(RecordBatch.of(batch), nowMillis());
        return appendNow(partition, batch);
    }

    private CompletionStage<Long> appendNow(int partition, ByteBuffer batch) {
        int bytes = batch.remaining();
        return context.engine().append(topic.log(partition), batch).thenApply(baseOffset -> {
            if (topic.spec().inMemory()) {
                memoryCeiling.look();
            } else {
                settledRetention.appended(bytes);
            }
            return baseOffset;
        });
    }

    /** A log in memory has let go of records. */
    void trimmed() {
        memoryCeiling.look();
    }

    private void giveUp(Waiting waits) {
        synchronized (this) {
            if (waits.begun || !waiting.remove(waits)) {
                return;
            }
            waitingBytes -= waits.bytes;
        }
        waits.appended.completeExceptionally(refusal());
    }

    /** From now on publishers wait, or go on. */
    void hold(boolean now) {
        CompletableFuture<Void> ended;
        synchronized (this) {
            if (held == now) {
                return;
            }
            if (now) {
                room = new CompletableFuture<>();
            }
            held = now;
            ended = room;
            tell(now);
        }
        if (!now) {
            loop.execute(() -> goOn(ended));
        }
    }

    private void tell(boolean now) {
        if (now && nowMillis() - toldMillis >= LINE_MILLIS) {
            told = true;
            toldMillis = nowMillis();
            LOG.warn(
                    "{}: publishers wait, because {} bytes are taken by what queues have not settled",
                    topic.name(),
                    ceilingBytes);
        } else if (!now && told) {
            told = false;
            LOG.info("{}: publishers go on", topic.name());
        }
    }

    private void goOn(CompletableFuture<Void> ended) {
        // by turns, for either may take all the room that there is
        messagesFirst = !messagesFirst;
        if (messagesFirst) {
            topic.releaseMessages();
            releaseBatches();
        } else {
            releaseBatches();
            topic.releaseMessages();
        }
        ended.complete(null);
    }

    private void releaseBatches() {
        for (Waiting next = first(); next != null; next = first()) {
            Waiting appending = next;
            appendLetIn(next.partition, next.batch).whenComplete((baseOffset, failure) -> {
                if (failure == null) {
                    appending.appended.complete(baseOffset);
                } else {
                    appending.appended.completeExceptionally(failure);
                }
            });
            // only now, or what comes meanwhile would overtake it
            synchronized (this) {
                waiting.remove();
                waitingBytes -= next.bytes;
            }
        }
    }

    private synchronized @Nullable Waiting first() {
        Waiting first = held ? null : waiting.peek();
        if (first != null) {
            first.begun = true;
        }
        return first;
    }

    private long nowMillis() {
        return context.options().clock().millis();
    }
}
