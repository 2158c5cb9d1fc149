package io.mainstem.log.disk;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channels that are open. When there are too many, those go that nobody has used for a while; where all are in use
 * or hold what is not synced, there are more for a time. The lock is the innermost one.
 */
final class OpenFiles {

    private final int limit;
    private final Set<PooledChannel> open = new LinkedHashSet<>();

    OpenFiles(int limit) {
        this.limit = limit;
    }

    /** Called before a channel is opened, without a lock. */
    void makeRoom() {
        // Twice round: the first look takes away the mark of those that were used lately.
        for (int looks = 2 * limit; looks > 0 && isFull(); looks--) {
            PooledChannel candidate = takeOldest();
            if (candidate == null) {
                return;
            }
            candidate.closeUnlessNeeded();
        }
    }

    synchronized void add(PooledChannel channel) {
        open.add(channel);
    }

    synchronized void remove(PooledChannel channel) {
        open.remove(channel);
    }

    synchronized int count() {
        return open.size();
    }

    private synchronized boolean isFull() {
        return open.size() >= limit;
    }

    private synchronized @Nullable PooledChannel takeOldest() {
        Iterator<PooledChannel> oldest = open.iterator();
        if (!oldest.hasNext()) {
            return null;
        }
        PooledChannel taken = oldest.next();
        oldest.remove();
        return taken;
    }
}
