package io.mainstem.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What befalls the broker, and when: kills at random intervals, and between them a disk that is nearly or quite full.
 * In the middle third of a run that is long enough nobody is killed, so that it can be seen what grows while it lives.
 *
 * @param seconds how long the run is
 * @param events in their order
 */
record Plan(long seconds, List<Event> events) {

    static final int NEARLY_FULL_SECONDS = 20;
    static final int FULL_SECONDS = 10;

    /** From here on memory and files are judged. */
    static final long JUDGED_SECONDS = 600;

    private static final int FIRST_KILL_LEAST = 30;
    private static final int INTERVAL_LEAST = 60;
    private static final int INTERVAL_SPREAD = 60;
    private static final int BEFORE_DISK = 15;
    private static final int AFTER_DISK = 5;
    private static final int LAST_EVENT_BEFORE_END = 15;
    private static final List<Kind> KILLS = List.of(Kind.KILL, Kind.FULL_KILL, Kind.KILL, Kind.NEARLY_FULL_KILL);

    enum Kind {
        KILL,
        NEARLY_FULL,
        /** Killed while the disk is nearly full, and started on it. */
        NEARLY_FULL_KILL,
        FULL,
        /** Killed while nothing is left, and started so. */
        FULL_KILL;

        boolean isKill() {
            return this == KILL || this == NEARLY_FULL_KILL || this == FULL_KILL;
        }

        int seconds() {
            return switch (this) {
                case KILL -> 0;
                case NEARLY_FULL, NEARLY_FULL_KILL -> NEARLY_FULL_SECONDS;
                case FULL, FULL_KILL -> FULL_SECONDS;
            };
        }
    }

    /** @param second when it begins, from the begin of the run */
    record Event(long second, Kind kind) {}

    Plan {
        events = List.copyOf(events);
    }

    static Plan of(long seconds, long seed) {
        Random random = new Random(seed);
        List<Event> events = new ArrayList<>();
        long second = (long) FIRST_KILL_LEAST + random.nextInt(INTERVAL_LEAST - FIRST_KILL_LEAST);
        for (int number = 0; second <= seconds - LAST_EVENT_BEFORE_END; number++) {
            Kind kind = KILLS.get(number % KILLS.size());
            if (!isQuiet(second, seconds)) {
                events.add(new Event(second, kind));
            }
            long next = second + INTERVAL_LEAST + random.nextInt(INTERVAL_SPREAD + 1);
            long disk = second + kind.seconds() + BEFORE_DISK;
            Kind shortage = number % KILLS.size() == 0 ? Kind.FULL : Kind.NEARLY_FULL;
            boolean fits = disk + shortage.seconds() + AFTER_DISK <= next
                    && disk + shortage.seconds() <= seconds - LAST_EVENT_BEFORE_END;
            if (fits && kind == Kind.KILL) {
                events.add(new Event(disk, shortage));
            }
            second = next;
        }
        return new Plan(seconds, events);
    }

    private static boolean isQuiet(long second, long seconds) {
        return seconds >= JUDGED_SECONDS && second >= seconds / 3 && second < seconds * 2 / 3;
    }

    /** Whether memory and files are judged. */
    boolean isJudged() {
        return seconds >= JUDGED_SECONDS;
    }
}
