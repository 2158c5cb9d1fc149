package io.mainstem.broker;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop with a thread of its own. When it has nothing to do it first takes a nap, from which it comes back by
 * itself: so what is in no hurry need not wake it, which costs more than most tasks do.
 */
final class ThreadedEventLoop implements EventLoop, AutoCloseable {

    private static final int TASKS_BETWEEN_TIMERS = 64;
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Logger LOG = LoggerFactory.getLogger(ThreadedEventLoop.class);

    /** What the thread does, or is about to do. */
    private enum Rest {
        NONE,
        NAP,
        /** Until somebody wakes it, or a timer is due. */
        SLEEP
    }

    private record Timer(long dueNanos, long order, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Thread thread;
    private long timersMade;

    /** Set before the last look at the tasks, and read after a task was added: so one of the two sees the other. */
    private volatile Rest rest = Rest.NONE;

    private volatile boolean closing;

    ThreadedEventLoop(String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (rest != Rest.NONE) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void executeSoon(Runnable task) {
        tasks.add(task);
        if (rest == Rest.SLEEP) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void schedule(Runnable task, long delayMillis) {
        long dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        execute(() -> timers.add(new Timer(dueNanos, timersMade++, task)));
    }

    /** Runs what was posted before, forgets the timers, and ends the thread. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
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
        Rest next = Rest.NAP;
        while (true) {
            boolean worked = runTasks();
            worked |= runTimers();
            if (worked) {
                next = Rest.NAP;
            } else if (closing) {
                return;
            } else {
                park(next);
                next = Rest.SLEEP;
            }
        }
    }

    private boolean runTasks() {
        // not all at once: while there is always another task, timers come in time as well
        for (int count = 0; count < TASKS_BETWEEN_TIMERS; count++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return count > 0;
            }
            run(task);
        }
        return true;
    }

    private boolean runTimers() {
        boolean worked = false;
        while (!timers.isEmpty() && timers.element().dueNanos() - System.nanoTime() <= 0) {
            run(timers.remove().task());
            worked = true;
        }
        return worked;
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A task failed; this is a defect", e);
        }
    }

    private void park(Rest how) {
        rest = how;
        if (tasks.isEmpty() && !closing) {
            long longestNanos = how == Rest.NAP ? NAP_NANOS : Long.MAX_VALUE;
            if (!timers.isEmpty()) {
                longestNanos = Math.min(longestNanos, timers.element().dueNanos() - System.nanoTime());
            }
            LockSupport.parkNanos(this, Math.max(1, longestNanos));
        }
        rest = Rest.NONE;
    }
}
