package io.mainstem.server.command;

import java.util.Locale;

/** Tells how far something is, on a terminal; elsewhere it is silent. */
final class Progress implements AutoCloseable {

    /** Set by the launcher, which can ask whether the standard error is a terminal. */
    private static final String TERMINAL_PROPERTY = "mainstem.terminal";

    private static final long INTERVAL_NANOS = 200_000_000;

    private final boolean shown;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private long count;

    private Progress(boolean shown) {
        this.shown = shown;
    }

    static Progress ofRecords() {
        return new Progress(Boolean.getBoolean(TERMINAL_PROPERTY));
    }

    void show(long records) {
        count = records;
        long nowNanos = System.nanoTime();
        if (shown && nowNanos - lastNanos >= INTERVAL_NANOS) {
            lastNanos = nowNanos;
            print(nowNanos);
        }
    }

    /** Leaves the last state on a line of its own. */
    @Override
    public void close() {
        if (shown) {
            print(System.nanoTime());
            System.err.println();
        }
    }

    private void print(long nowNanos) {
        double seconds = Math.max(1e-3, (nowNanos - startNanos) / 1e9);
        // the spaces overwrite what was longer
        System.err.printf(Locale.ROOT, "\r%,d records stored, %,.0f/s    ", count, count / seconds);
        System.err.flush();
    }
}
