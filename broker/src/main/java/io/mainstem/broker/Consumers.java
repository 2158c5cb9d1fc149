package io.mainstem.broker;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue, and whose turn it is: those of a higher priority first, and those of the same priority
 * one after the other. With a single active consumer the others wait until that is gone. Belongs to the queue's event
 * loop.
 */
final class Consumers {

    /** A consumer at this queue. */
    static final class Tie {
        final io.mainstem.broker.Consumer consumer;
        final ConsumerOptions options;
        boolean paused;
        boolean flushes;

        Tie(io.mainstem.broker.Consumer consumer, ConsumerOptions options) {
            this.consumer = consumer;
            this.options = options;
        }
    }

    /** Those of one priority. */
    private static final class Peers {
        final List<Tie> ties = new ArrayList<>();
        int last = -1;

        /** The next after the last one that has room. */
        @Nullable
        Tie next() {
            for (int asked = 0; asked < ties.size(); asked++) {
                last = (last + 1) % ties.size();
                if (takes(ties.get(last))) {
                    return ties.get(last);
                }
            }
            return null;
        }
    }

    private final boolean singleActive;
    private final TreeMap<Integer, Peers> byPriority = new TreeMap<>(Comparator.reverseOrder());
    private int count;
    private @Nullable Tie active;

    Consumers(boolean singleActive) {
        this.singleActive = singleActive;
    }

    int count() {
        return count;
    }

    boolean hasExclusive() {
        return count == 1 && all().get(0).options.exclusive();
    }

    void add(Tie tie) {
        byPriority
                .computeIfAbsent(tie.options.priority(), absent -> new Peers())
                .ties
                .add(tie);
        count++;
        activate();
    }

    boolean remove(Tie tie) {
        Peers peers = byPriority.get(tie.options.priority());
        if (peers == null || !peers.ties.remove(tie)) {
            return false;
        }
        if (peers.ties.isEmpty()) {
            byPriority.remove(tie.options.priority());
        }
        count--;
        if (tie.equals(active)) {
            active = null;
            activate();
        }
        return true;
    }

    /** Whether anybody may have room. */
    boolean areWaiting() {
        if (singleActive) {
            return active != null && !active.paused;
        }
        for (Peers peers : byPriority.values()) {
            for (Tie tie : peers.ties) {
                if (!tie.paused) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whoever is to get the next message, with room for it; null when nobody has any. */
    @Nullable
    Tie next() {
        if (singleActive) {
            return active != null && takes(active) ? active : null;
        }
        for (Peers peers : byPriority.values()) {
            Tie next = peers.next();
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    void forEach(Consumer<Tie> visitor) {
        byPriority.values().forEach(peers -> peers.ties.forEach(visitor));
    }

    List<Tie> all() {
        return byPriority.values().stream()
                .map(peers -> peers.ties)
                .flatMap(Collection::stream)
                .toList();
    }

    /** Whoever has been there longest among those of the highest priority. */
    private void activate() {
        if (singleActive && active == null && !byPriority.isEmpty()) {
            active = byPriority.firstEntry().getValue().ties.get(0);
        }
    }

    private static boolean takes(Tie tie) {
        if (!tie.paused && tie.consumer.tryAcquire()) {
            return true;
        }
        tie.paused = true;
        return false;
    }
}
