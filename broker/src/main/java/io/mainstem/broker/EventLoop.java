package io.mainstem.broker;

import java.util.concurrent.Executor;

/**
 * Runs tasks one after the other, in the order in which they were posted. State that belongs to a loop is touched by
 * its tasks only and needs no lock; everybody else posts.
 */
interface EventLoop extends Executor {

    /**
     * Runs the task in its turn, but wakes nobody for it: it may wait for the next task, or for some milliseconds. From
     * any thread.
     */
    void executeSoon(Runnable task);

    /** Runs the task once the time has passed; from any thread. */
    void schedule(Runnable task, long delayMillis);
}
