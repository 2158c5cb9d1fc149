package io.mainstem.broker;

import java.util.concurrent.atomic.AtomicLong;

/** Numbers for topics and queues that end with the process, apart from the offsets that number what is kept. */
final class TransientNumbers {

    private static final long FIRST = 1L << 48;

    private final AtomicLong next = new AtomicLong(FIRST);

    long next() {
        return next.getAndIncrement();
    }
}
