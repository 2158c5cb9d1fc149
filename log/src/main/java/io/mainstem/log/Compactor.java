package io.mainstem.log;

import io.mainstem.engine.LogPolicy;
import java.io.IOException;
import java.io.SyncFailedException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts one log after the other, a little in each step, beside everything else: nobody waits for it. What goes wrong
 * before a group is in its place harms nothing, and is tried again when the log is looked at again.
 */
final class Compactor {

    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    private final Lifecycle lifecycle;
    private final CompactionFiles files;
    private final InstantSource clock;
    private final ConcurrentLinkedQueue<DurableLog> waiting = new ConcurrentLinkedQueue<>();
    private final Set<DurableLog> considered = ConcurrentHashMap.newKeySet();
    private volatile Runnable wakeUp = () -> {};

    private @Nullable DurableLog log;
    private @Nullable Compaction compaction;

    Compactor(Lifecycle lifecycle, CompactionFiles files, InstantSource clock) {
        this.lifecycle = lifecycle;
        this.files = files;
        this.clock = clock;
    }

    void onArrival(Runnable action) {
        wakeUp = action;
    }

    /** Has a log looked at, from any thread. */
    void consider(DurableLog candidate) {
        if (candidate.policy().compaction().isPresent() && considered.add(candidate)) {
            waiting.add(candidate);
            wakeUp.run();
        }
    }

    boolean isIdle() {
        return considered.isEmpty();
    }

    /** Does a little; returns 0 when there is nothing to do, or others have to do something first. */
    int step() {
        if (log == null) {
            log = waiting.poll();
            if (log == null) {
                return 0;
            }
        }
        DurableLog current = log;
        Compaction running = compaction;
        if (running != null && running.isWaiting() && lifecycle.isOpen()) {
            return 0;
        }
        try {
            if (!lifecycle.isOpen() || current.isDeleted() || !work(current)) {
                end(current);
            }
        } catch (SyncFailedException e) {
            if (!current.isDeleted()) {
                lifecycle.stop(e);
            }
            end(current);
        } catch (IOException e) {
            if (!current.isDeleted()) {
                LOG.warn("{} is not compacted this time: {}", current.directory(), e.toString());
            }
            end(current);
        } catch (RuntimeException e) {
            LOG.error("{} is not compacted this time", current.directory(), e);
            end(current);
        }
        return 1;
    }

    private boolean work(DurableLog current) throws IOException {
        Compaction running = compaction;
        if (running != null) {
            return running.step();
        }
        LogPolicy.Compaction policy = current.policy().compaction().orElse(null);
        if (policy == null) {
            return false;
        }
        long nowMillis = clock.millis();
        Optional<CompactionPlan> plan = CompactionPlan.of(current.segments(), current.dirtyFrom(), policy, nowMillis)
                .filter(Compactor::retain);
        plan.ifPresent(due -> compaction = new Compaction(current, due, files, nowMillis, policy.tombstoneMillis()));
        return plan.isPresent();
    }

    private void end(DurableLog current) {
        Compaction ended = compaction;
        compaction = null;
        log = null;
        considered.remove(current);
        if (ended != null) {
            ended.plan().segments().forEach(Segment::release);
            try {
                ended.abandon();
            } catch (IOException e) {
                LOG.warn(
                        "what a compaction of {} left is removed at the next start: {}",
                        current.directory(),
                        e.toString());
            }
        }
    }

    private static boolean retain(CompactionPlan plan) {
        List<Segment> retained = new ArrayList<>();
        for (Segment segment : plan.segments()) {
            if (!segment.retain()) {
                retained.forEach(Segment::release);
                return false;
            }
            retained.add(segment);
        }
        return true;
    }
}
