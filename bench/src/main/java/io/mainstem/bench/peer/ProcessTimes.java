package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** User and system time of processes in seconds, as Linux counts it. */
public final class ProcessTimes {

    private static final double TICKS_A_SECOND = 100;
    private static final int USER_TICKS = 11;
    private static final int USER_TICKS_OF_ENDED_CHILDREN = 13;

    private ProcessTimes() {}

    /** Of all threads of a process, so far. */
    static double of(long pid) {
        return seconds(Long.toString(pid), USER_TICKS);
    }

    /** Of all programs that this process has started, and that have ended. */
    public static double ofEndedChildren() {
        return seconds("self", USER_TICKS_OF_ENDED_CHILDREN);
    }

    /** System time follows user time. */
    private static double seconds(String process, int userTicks) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"));
            // the name, in parentheses, may hold anything
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[userTicks]) + Long.parseLong(fields[userTicks + 1])) / TICKS_A_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException("the process has ended", e);
        }
    }
}
