package io.mainstem.broker;

import java.util.concurrent.Executor;

/**
 * Runs tasks one after the other, in the order in which they were posted. State that belongs to a loop is touched by
 * its tasks only and needs no lock; everybody else posts.
 */
interface EventLoop extends Executor {

    /** Runs the task once the time has passed; from any thread. */
    void schedule(Runnable task, long delayMillis);
}
