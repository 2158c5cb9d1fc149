package io.mainstem.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Calls for a housekeeping step again and again, on a thread of its own that does nothing else. */
final class Housekeeper {

    private final Runnable step;
    private final long intervalNanos;
    private final Thread thread;
    private volatile boolean ending;

    Housekeeper(Runnable step, long intervalMillis) {
        this.step = step;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        this.thread = new Thread(this::run, "mainstem-housekeeping");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** No step begins after this. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        long nextNanos = System.nanoTime() + intervalNanos;
        while (!ending) {
            long waitNanos = nextNanos - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(this, waitNanos);
            } else {
                step.run();
                nextNanos = System.nanoTime() + intervalNanos;
            }
        }
    }
}
