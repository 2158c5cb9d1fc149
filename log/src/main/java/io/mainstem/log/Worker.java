package io.mainstem.log;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** Runs the steps of one duty on a thread of its own, and sleeps while there is nothing to do. */
final class Worker {

    private final IntSupplier step;
    private final BooleanSupplier isDone;
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean ending;

    /**
     * A worker that does not run yet.
     *
     * @param step does some work; returns 0 when there was none
     * @param isDone whether the worker may end, once it was told to
     */
    Worker(String name, IntSupplier step, BooleanSupplier isDone) {
        this.step = step;
        this.isDone = isDone;
        this.thread = new Thread(this::run, name);
        // The last word to the disk is spoken by close(); a process that ends without it recovers.
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** There may be something to do. */
    void wakeUp() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Lets the worker finish and waits for it; returns at once on the worker's own thread. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (Thread.currentThread() != thread && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!(ending && isDone.getAsBoolean())) {
            if (step.getAsInt() > 0) {
                continue;
            }
            // Whoever brings work after this sees that it must wake us; what came before, the second look finds.
            parked = true;
            if (step.getAsInt() == 0 && !(ending && isDone.getAsBoolean())) {
                LockSupport.park(this);
            }
            parked = false;
        }
    }
}
