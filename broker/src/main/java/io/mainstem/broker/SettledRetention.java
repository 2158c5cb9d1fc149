package io.mainstem.broker;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.LocalLogs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the records of one topic on disk until every queue has settled them and a grace has passed, and no longer.
 *
 * <p>It keeps no books: now and then it asks all queues what they still need. A queue answers once it has recovered,
 * and once what it has settled is durable; until the last one has answered nothing goes. What a binding will want that
 * is just being made lies behind what the router has routed, for that waits meanwhile; so nothing behind that goes
 * either.
 *
 * <p>A topic that comes near its ceiling has no grace. One that is past it all the same is <em>held</em>: publishers
 * wait, and consumers go on, until there is room. Everything but {@link #appended} belongs to the topic's event loop.
 */
final class SettledRetention {

    private static final Logger LOG = LoggerFactory.getLogger(SettledRetention.class);

    /** To trim a log costs some writes to its directory, so it must free this much or a whole segment. */
    private static final long WORTH_BYTES = 256 << 10;

    private static final int HELD_LOOK_MILLIS = 200;

    /** To look for stragglers costs a look at every message of the queues. */
    private static final int LOOKS_BETWEEN_STRAGGLERS = 10;

    private static final int SHORT_STRAGGLERS_MILLIS = 5_000;

    /** Before the ceiling a look is due whenever this share of it has come. */
    private static final int LOOKS_BELOW_CEILING = 64;

    private final Topic topic;
    private final Intake intake;
    private final BrokerContext context;
    private final EventLoop loop;
    private final AtomicLong appendedBytes = new AtomicLong();

    private final Stragglers stragglers;
    private long stragglersSoughtMillis = Long.MIN_VALUE / 2;

    private volatile long knownBytes;
    private CompletableFuture<Void> current = CompletableFuture.completedFuture(null);

    SettledRetention(Topic topic, Intake intake, BrokerContext context) {
        this.topic = topic;
        this.intake = intake;
        this.context = context;
        this.loop = context.loops().of(topic.number());
        this.stragglers = new Stragglers(topic, loop);
    }

    /** From any thread: a log of the topic has got bytes. */
    void appended(int bytes) {
        long ceiling = intake.ceilingBytes();
        if (ceiling == Long.MAX_VALUE) {
            return;
        }
        long since = appendedBytes.addAndGet(bytes);
        if (since >= ceiling / LOOKS_BELOW_CEILING && knownBytes + since >= ceiling) {
            appendedBytes.set(0);
            look();
        }
    }

    /** From any thread: lets go of what nobody needs; completes when that is done, or has failed. */
    CompletionStage<Void> look() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (current.isDone()) {
                current = new CompletableFuture<>();
                begin();
            }
            CompletionStage<Void> awaited = current;
            awaited.thenRun(() -> done.complete(null));
        });
        return done;
    }

    /** From any thread: the topic is gone, and nobody waits for room any more. */
    void end() {
        loop.execute(() -> intake.hold(false));
    }

    private void begin() {
        try {
            appendedBytes.set(0);
            if (!topic.isOpen() || !topic.isKeptUntilSettled()) {
                intake.hold(false);
                current.complete(null);
                return;
            }
            long[] limits = limits();
            if (!isAnyWorth(limits)) {
                finish();
                return;
            }
            topic.tellEverybody()
                    .thenComposeAsync(told -> askQueues(limits), loop)
                    .thenComposeAsync(this::trim, loop)
                    .thenComposeAsync(done -> relocateStragglers(limits), loop)
                    .whenCompleteAsync((done, failure) -> end(failure), loop);
        } catch (EngineException e) {
            end(e);
        }
    }

    /** What a few messages keep that nobody settles. */
    private CompletionStage<Void> relocateStragglers(long[] limits) {
        long nowMillis = context.options().clock().millis();
        // publishers that wait, or soon will, do not wait for a pause that began when there was room
        long usualMillis = LOOKS_BETWEEN_STRAGGLERS * context.options().settledLookMillis();
        long pauseMillis = hasRoom() ? usualMillis : Math.min(usualMillis, SHORT_STRAGGLERS_MILLIS);
        if (nowMillis - stragglersSoughtMillis < pauseMillis) {
            return CompletableFuture.completedFuture(null);
        }
        stragglersSoughtMillis = nowMillis;
        return stragglers
                .relocate(limits)
                .thenComposeAsync(
                        relocated -> relocated
                                ? askQueues(limits).thenComposeAsync(this::trim, loop)
                                : CompletableFuture.completedFuture(null),
                        loop);
    }

    private void end(@Nullable Throwable failure) {
        if (failure != null && topic.isOpen()) {
            LOG.warn("{}: what was settled stays for now: {}", topic.name(), String.valueOf(Failures.unwrap(failure)));
        }
        try {
            finish();
        } catch (EngineException e) {
            current.complete(null); // closed, or deleted
        }
    }

    /** What may go at most, before anybody is asked. */
    private long[] limits() {
        boolean grace = hasRoom();
        long graceMillis = topic.spec().settings().number(TopicSettingTable.SETTLED_RETENTION_MS);
        long youngMillis = context.options().clock().millis() - graceMillis;
        long[] limits = new long[topic.partitions()];
        for (int partition = 0; partition < limits.length; partition++) {
            long limit = topic.routedThrough(partition);
            if (grace && isWorth(partition, limit)) {
                long firstYoung = topic.firstAtOrAfter(partition, youngMillis)
                        .map(LocalLogs.TimedOffset::offset)
                        .orElse(limit);
                limit = Math.min(limit, firstYoung);
            }
            limits[partition] = limit;
        }
        return limits;
    }

    /** Whether the ceiling is far. */
    private boolean hasRoom() {
        return topic.sizeInBytes() < intake.ceilingBytes() / 2;
    }

    /** From any thread: whether any queue needs any of the records. */
    CompletionStage<Boolean> isNeeded() {
        return CompletableFuture.supplyAsync(topic::durableEnds, loop)
                .thenCompose(ends -> topic.tellEverybody()
                        .thenComposeAsync(told -> askQueues(ends), loop)
                        .thenApply(needed -> !Arrays.equals(needed, ends)));
    }

    private CompletionStage<long[]> askQueues(long[] limits) {
        List<CompletableFuture<long[]>> answers = new ArrayList<>();
        Set<Queue> routed = RoutingTable.reachableFrom(topic, false);
        for (Queue queue : topic.queuesThatMayHold()) {
            answers.add(queue.neededFrom(topic, routed.contains(queue))
                    .exceptionally(failure -> nothingIfGone(failure, new long[0]))
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    long[] needed = limits.clone();
                    answers.forEach(answer -> lower(needed, answer.join()));
                    topic.reserved().forEach(fromOffsets -> lower(needed, fromOffsets));
                    return needed;
                });
    }

    private static void lower(long[] needed, long[] offsets) {
        for (int partition = 0; partition < Math.min(needed.length, offsets.length); partition++) {
            needed[partition] = Math.min(needed[partition], offsets[partition]);
        }
    }

    /** What a queue answers that has gone meanwhile. */
    static <T> T nothingIfGone(Throwable failure, T nothing) {
        Throwable cause = Failures.unwrap(failure);
        if (cause instanceof BrokerException e && e.kind() == BrokerException.Kind.UNKNOWN_QUEUE) {
            return nothing;
        }
        throw new CompletionException(cause);
    }

    private CompletionStage<Void> trim(long[] beforeOffsets) {
        List<CompletableFuture<Void>> trims = new ArrayList<>();
        for (int partition = 0; partition < beforeOffsets.length; partition++) {
            if (isWorth(partition, beforeOffsets[partition])) {
                trims.add(topic.trim(partition, beforeOffsets[partition]).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(trims.toArray(CompletableFuture[]::new));
    }

    private boolean isAnyWorth(long[] beforeOffsets) {
        for (int partition = 0; partition < beforeOffsets.length; partition++) {
            if (isWorth(partition, beforeOffsets[partition])) {
                return true;
            }
        }
        return false;
    }

    /** Only whole segments free anything, but a log of which all may go begins a new one. */
    private boolean isWorth(int partition, long beforeOffset) {
        Bounds bounds = topic.bounds(partition);
        long offsets = beforeOffset - bounds.firstOffset();
        if (offsets <= 0) {
            return false;
        }
        long bytes = topic.sizeInBytes(partition).orElse(0);
        if (beforeOffset == bounds.durableEndOffset()) {
            return bytes >= WORTH_BYTES;
        }
        double share = (double) offsets / (bounds.durableEndOffset() - bounds.firstOffset());
        return share * bytes >= topic.spec().settings().number(TopicSettingTable.SEGMENT_BYTES);
    }

    private void finish() {
        long bytes = topic.sizeInBytes();
        knownBytes = bytes;
        intake.hold(bytes >= intake.ceilingBytes());
        if (intake.isHeld()) {
            loop.schedule(this::look, HELD_LOOK_MILLIS);
        }
        current.complete(null);
    }
}
