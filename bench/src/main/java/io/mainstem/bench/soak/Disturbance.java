package io.mainstem.bench.soak;

import io.mainstem.bench.soak.Plan.Event;
import java.util.ArrayList;
import java.util.List;

/** Does to the broker what the plan says, in the thread of the caller. */
final class Disturbance {

    private static final int NEARLY_FULL_MEBIBYTES = 30;
    private static final int TOP_UP_MILLIS = 200;

    private final SoakBroker broker;
    private final SmallDisk disk;
    private final long beganNanos;
    private final List<Double> kills = new ArrayList<>();
    private final List<Shortage> shortages = new ArrayList<>();
    private double slowestStartSeconds;

    /** A time in which there was little room, or none. */
    record Shortage(double fromSecond, double toSecond, boolean full) {}

    Disturbance(SoakBroker broker, SmallDisk disk, long beganNanos) {
        this.broker = broker;
        this.disk = disk;
        this.beganNanos = beganNanos;
    }

    void run(Plan plan) throws InterruptedException {
        for (Event event : plan.events()) {
            sleepUntil(event.second());
            System.err.printf("%6.0f s  %s%n", second(), event.kind());
            switch (event.kind()) {
                case KILL -> kill();
                case FULL -> fill(0, Plan.FULL_SECONDS, false);
                case NEARLY_FULL -> fill(NEARLY_FULL_MEBIBYTES, Plan.NEARLY_FULL_SECONDS, false);
                case NEARLY_FULL_KILL -> fill(NEARLY_FULL_MEBIBYTES, Plan.NEARLY_FULL_SECONDS, true);
                case FULL_KILL -> fill(0, Plan.FULL_SECONDS, true);
            }
        }
        sleepUntil(plan.seconds());
    }

    void kill() {
        kills.add(second());
        broker.kill();
        broker.start();
        slowestStartSeconds = Math.max(slowestStartSeconds, broker.secondsSinceStart());
    }

    private void fill(int mebibytesLeft, int seconds, boolean killing) throws InterruptedException {
        double from = second();
        boolean killed = !killing;
        try {
            while (second() < from + seconds) {
                disk.fill(mebibytesLeft);
                Thread.sleep(TOP_UP_MILLIS);
                if (!killed && second() >= from + seconds / 2.0) {
                    kill();
                    killed = true;
                }
            }
        } finally {
            disk.empty();
        }
        if (disk.isSmall()) {
            shortages.add(new Shortage(from, second(), mebibytesLeft == 0));
        }
    }

    private void sleepUntil(long second) throws InterruptedException {
        long millis = (long) ((second - second()) * 1_000);
        if (millis > 0) {
            Thread.sleep(millis);
        }
    }

    private double second() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    /** From the launch until it served. */
    double slowestStartSeconds() {
        return slowestStartSeconds;
    }

    /** The seconds at which the broker was killed. */
    List<Double> kills() {
        return List.copyOf(kills);
    }

    List<Shortage> shortages() {
        return List.copyOf(shortages);
    }
}
