package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.function.IntSupplier;

/**
 * Everything that happens in a simulated broker, one step at a time, in an order that the seed decides. Tasks of one
 * lane keep their order; time passes only when nothing else is left to do.
 */
final class SteppedLoops {

    private record Timer(long dueMillis, long order, Lane lane, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(dueMillis, other.dueMillis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** Tasks that run in order: an event loop, or what an engine does to one log. */
    final class Lane implements EventLoop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void executeSoon(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
            timers.add(new Timer(nowMillis + delayMillis, timersMade++, this, task));
        }
    }

    private final Random random;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Runnable> looseTasks = new ArrayList<>();
    private final List<IntSupplier> workers = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long timersMade;
    private long nowMillis = 1_000_000;

    SteppedLoops(Random random) {
        this.random = random;
    }

    long nowMillis() {
        return nowMillis;
    }

    Lane lane() {
        Lane lane = new Lane();
        lanes.add(lane);
        return lane;
    }

    EventLoops loops(int count) {
        List<Lane> made = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            made.add(lane());
        }
        return new EventLoops(made);
    }

    /** A task that keeps no order with any other. */
    void executeAnytime(Runnable task) {
        looseTasks.add(task);
    }

    /** Somebody works beside the lanes, a little at a time; says how much there was to do. */
    void work(IntSupplier worker) {
        workers.add(worker);
    }

    /** Runs one task; false when there is nothing to do but to wait. */
    boolean step() {
        if (!workers.isEmpty() && random.nextInt(4) == 0 && letWork()) {
            return true;
        }
        List<Lane> busy = lanes.stream().filter(lane -> !lane.tasks.isEmpty()).toList();
        int choices = busy.size() + looseTasks.size();
        if (choices == 0) {
            return letWork();
        }
        int choice = random.nextInt(choices);
        if (choice < busy.size()) {
            busy.get(choice).tasks.remove().run();
        } else {
            looseTasks.remove(choice - busy.size()).run();
        }
        return true;
    }

    private boolean letWork() {
        int done = 0;
        for (IntSupplier worker : workers) {
            done += worker.getAsInt();
        }
        return done > 0;
    }

    /** Lets time pass to the next timer; false when there is none. */
    boolean passTime() {
        Timer timer = timers.poll();
        if (timer == null) {
            return false;
        }
        nowMillis = Math.max(nowMillis, timer.dueMillis);
        timer.lane.execute(timer.task);
        return true;
    }

    /** Runs until nothing happens any more, timers included. */
    void runUntilQuiet() {
        for (int steps = 0; step() || passTime(); steps++) {
            if (steps > 2_000_000) {
                throw new AssertionError("the simulation does not come to rest");
            }
        }
    }

    /** Runs what happens until so much time has passed. */
    void runFor(long millis) {
        long end = nowMillis + millis;
        runSteps();
        while (!timers.isEmpty() && timers.element().dueMillis <= end) {
            passTime();
            runSteps();
        }
        nowMillis = end;
    }

    private void runSteps() {
        for (int steps = 0; step(); steps++) {
            if (steps > 2_000_000) {
                throw new AssertionError("the simulation does not come to rest");
            }
        }
    }

    /** Everything that was about to happen does not. */
    void crash() {
        lanes.clear();
        looseTasks.clear();
        timers.clear();
        workers.clear();
    }
}
