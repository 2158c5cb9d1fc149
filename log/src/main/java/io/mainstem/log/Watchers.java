package io.mainstem.log;

import io.mainstem.engine.Engine.DurableListener;
import io.mainstem.engine.Engine.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners of one log how far it is durable. Any thread may bring news; the one that finds nobody else
 * telling tells, and goes on for as long as others bring more. So calls do not overlap and nobody waits.
 */
final class Watchers {

    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final AtomicLong durableEnd = new AtomicLong();
    private final AtomicInteger news = new AtomicInteger();

    /** Written only by the thread that tells; handed over through {@link #news}. */
    private long told;

    /** Has an identity, so that closing one registration leaves another of the same listener alone. */
    private static final class Watcher {
        private final DurableListener listener;

        private Watcher(DurableListener listener) {
            this.listener = listener;
        }
    }

    Registration add(DurableListener listener) {
        Watcher watcher = new Watcher(listener);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    void durable(long endOffset) {
        durableEnd.accumulateAndGet(endOffset, Math::max);
        if (news.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            tell(durableEnd.get());
            seen = news.addAndGet(-seen);
        } while (seen != 0);
    }

    private void tell(long endOffset) {
        if (endOffset <= told) {
            return;
        }
        told = endOffset;
        for (Watcher watcher : watchers) {
            try {
                watcher.listener.durable(endOffset);
            } catch (RuntimeException e) {
                LOG.error("a listener failed at durable end {}", endOffset, e);
            }
        }
    }
}
