package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.LogId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each durable record of one log once and tells every queue that is bound to the topic which offsets are its own.
 * It starts over from an earlier offset whenever a queue is attached that knows less than the others; those take no
 * notice of what they know. Everything here belongs to the topic's event loop.
 */
final class Router {

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final int READ_BYTES = 512 << 10;
    private static final int RETRY_DELAY_MILLIS = 100;

    /** So long, and for so much, queues that got nothing may not know how far the log was routed. */
    private static final int TELL_EVERYBODY_MILLIS = 500;

    private static final int TELL_EVERYBODY_BYTES = 4 << 20;

    private record Waiter(long endOffset, Runnable task) {}

    private final Topic topic;
    private final int partition;
    private final LogId log;
    private final Engine engine;
    private final EventLoop loop;
    private final BatchCache cache;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> catchingUp = new ArrayList<>();

    private final Distribution distribution;
    private volatile Versions versions = Versions.EMPTY;
    private long routedThrough;
    private long bytesSinceEverybodyKnew;
    private boolean tellingIsSet;
    private long durableEndOffset;
    private boolean busy;
    private boolean stopped;
    private boolean paused;
    private Engine.@Nullable Registration watch;

    Router(Topic topic, int partition, LogId log, BrokerContext context) {
        this.topic = topic;
        this.partition = partition;
        this.log = log;
        this.engine = context.engine();
        this.loop = context.loops().of(topic.number());
        this.cache = context.cache();
        this.distribution = new Distribution(topic, partition, context.options().typedHeaders());
    }

    /** Called once, after the log is open; from any thread. */
    void start() {
        loop.execute(() -> {
            durableEndOffset = engine.bounds(log).durableEndOffset();
            routedThrough = durableEndOffset;
            watch = engine.watch(log, this::grown);
            grow(engine.bounds(log).durableEndOffset());
        });
    }

    CompletionStage<Void> stop() {
        return CompletableFuture.runAsync(
                () -> {
                    stopped = true;
                    if (watch != null) {
                        watch.close();
                    }
                    runWaiters();
                    endCatchingUp();
                },
                loop);
    }

    /** A change of bindings concerns the records from an offset on; called by the metadata loop only. */
    void change(long fromOffset, long version) {
        versions = versions.with(fromOffset, version);
    }

    /** Only these changes make a difference to anybody; called by the metadata loop only. */
    void keepVersions(long[] differences) {
        versions = versions.keeping(differences);
    }

    /** Which changes concern which records; from any thread. */
    Versions versions() {
        return versions;
    }

    /** The bindings have changed; from any thread. */
    void bindingsChanged() {
        loop.execute(distribution::bindingsChanged);
    }

    /** Tells all queues how far the log was routed; from any thread. */
    CompletionStage<Void> tellEverybody() {
        return CompletableFuture.runAsync(this::tellEverybodyNow, loop);
    }

    /** Routes nothing more until {@link #resume}; from any thread. */
    CompletionStage<Void> pause() {
        return CompletableFuture.runAsync(() -> paused = true, loop);
    }

    /** Somebody who was bound is gone; from any thread. */
    void look() {
        loop.execute(this::pump);
    }

    void resume() {
        loop.execute(() -> {
            paused = false;
            pump();
        });
    }

    /** A queue that knows the routing below an offset wants what follows; from any thread. */
    void attach(long knownThrough) {
        loop.execute(() -> {
            routedThrough = Math.min(routedThrough, knownThrough);
            distribution.goBack(knownThrough);
            pump();
        });
    }

    /**
     * Completes once every queue has been told of everything that is durable, or when the log cannot be read; from any
     * thread.
     */
    CompletionStage<Void> catchUp() {
        CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        loop.execute(() -> {
            catchingUp.add(caughtUp);
            if (stopped) {
                endCatchingUp();
            }
            pump();
        });
        return caughtUp;
    }

    /** Runs the task once every queue has been told of everything below the offset; from any thread. */
    void whenRouted(long endOffset, Runnable task) {
        loop.execute(() -> {
            if (routedThrough >= endOffset || stopped) {
                task.run();
            } else {
                waiters.add(new Waiter(endOffset, task));
            }
        });
    }

    /** In the loop. */
    long routedThrough() {
        return routedThrough;
    }

    /** Where nobody is bound nobody waits for the routing, and the loop need not be woken for it. */
    private void grown(long endOffset) {
        if (topic.bindings().isEmpty()) {
            loop.executeSoon(() -> grow(endOffset));
        } else {
            loop.execute(() -> grow(endOffset));
        }
    }

    private void grow(long endOffset) {
        durableEndOffset = Math.max(durableEndOffset, endOffset);
        pump();
    }

    private void pump() {
        if (busy || stopped || paused) {
            return;
        }
        if (topic.bindings().isEmpty()) {
            routedThrough = durableEndOffset;
            topic.passedBy(partition, durableEndOffset);
        }
        if (routedThrough >= durableEndOffset) {
            if (distribution.isEmpty()) {
                topic.passedBy(partition, routedThrough);
            }
            runWaiters();
            endCatchingUp();
            return;
        }
        busy = true;
        long fromOffset = routedThrough;
        engine.read(log, fromOffset, READ_BYTES)
                .whenComplete((batches, failure) -> loop.execute(() -> routeOrRetry(fromOffset, batches, failure)));
    }

    private void routeOrRetry(long fromOffset, @Nullable ByteBuffer batches, @Nullable Throwable failure) {
        busy = false;
        if (stopped) {
            return;
        }
        if (batches == null) {
            recoverFrom(Failures.unwrap(failure));
            return;
        }
        if (fromOffset == routedThrough && batches.hasRemaining() && !paused) {
            cache.put(log, batches);
            bytesSinceEverybodyKnew += batches.remaining();
            routedThrough = distribution.route(fromOffset, batches, versions);
            if (distribution.isEmpty()) {
                topic.passedBy(partition, routedThrough);
            }
            tellEverybodySoon();
            runWaiters();
        }
        pump();
    }

    private void recoverFrom(@Nullable Throwable failure) {
        if (failure instanceof EngineException e && e.kind() == EngineException.Kind.OFFSET_OUT_OF_RANGE) {
            // retention was faster; what it took can no longer be routed
            long firstOffset = engine.bounds(log).firstOffset();
            LOG.warn("{}: records {} to {} were gone before they were routed", log, routedThrough, firstOffset - 1);
            distribution.skip(routedThrough, firstOffset);
            routedThrough = Math.max(routedThrough, firstOffset);
            pump();
        } else if (failure instanceof EngineException e
                && (e.kind() == EngineException.Kind.CLOSED || e.kind() == EngineException.Kind.UNKNOWN_LOG)) {
            stopped = true;
            runWaiters();
            endCatchingUp();
        } else {
            LOG.warn("{}: routing waits, because reading failed: {}", log, String.valueOf(failure));
            endCatchingUp();
            loop.schedule(this::pump, RETRY_DELAY_MILLIS);
        }
    }

    private void tellEverybodySoon() {
        if (bytesSinceEverybodyKnew >= TELL_EVERYBODY_BYTES) {
            tellEverybodyNow();
        } else if (distribution.isSomebodyBehind() && !tellingIsSet) {
            tellingIsSet = true;
            loop.schedule(
                    () -> {
                        tellingIsSet = false;
                        tellEverybodyNow();
                    },
                    TELL_EVERYBODY_MILLIS);
        }
    }

    private void tellEverybodyNow() {
        bytesSinceEverybodyKnew = 0;
        if (!stopped) {
            distribution.tellEverybody(routedThrough);
        }
    }

    private void endCatchingUp() {
        catchingUp.forEach(caughtUp -> caughtUp.complete(null));
        catchingUp.clear();
    }

    private void runWaiters() {
        while (!waiters.isEmpty() && (stopped || waiters.element().endOffset <= routedThrough)) {
            waiters.remove().task.run();
        }
    }
}
