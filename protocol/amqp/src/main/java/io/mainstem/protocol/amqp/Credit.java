package io.mainstem.protocol.amqp;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many deliveries may wait for an acknowledgement. Taken on the queues' threads, given back on the connection's.
 */
final class Credit {

    private final AtomicInteger taken = new AtomicInteger();
    private volatile int limit;

    Credit(int limit) {
        this.limit = limit;
    }

    void limit(int newLimit) {
        limit = newLimit;
    }

    boolean tryTake() {
        while (true) {
            int now = taken.get();
            if (now >= limit) {
                return false;
            }
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Takes although the limit may be reached: for a delivery that the client asks for by itself. */
    void take() {
        taken.incrementAndGet();
    }

    void giveBack() {
        taken.decrementAndGet();
    }
}
