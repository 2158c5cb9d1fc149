package io.mainstem.bench.soak.client;

import java.util.concurrent.TimeUnit;

/** So many a second, in small portions; time that was lost is not made up for. Of one thread. */
final class Pace {

    private static final long PORTION_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long intervalNanos;
    private long nextNanos = System.nanoTime();

    Pace(int perSecond) {
        this.intervalNanos = SECOND_NANOS / perSecond;
    }

    /** Waits until it is time for the next one. */
    void await() throws InterruptedException {
        long now = System.nanoTime();
        nextNanos = Math.max(nextNanos + intervalNanos, now - SECOND_NANOS / 2);
        if (nextNanos - now > PORTION_NANOS) {
            TimeUnit.NANOSECONDS.sleep(nextNanos - now);
        }
    }
}
