package io.mainstem.bench.soak.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What should not have been seen: all of it is counted, and the first of it is kept. Safe for use by several threads.
 */
public final class Violations {

    private static final int KEPT = 20;

    /** The promises that are looked after. */
    public enum Kind {
        LOST("acknowledged messages that nobody got"),
        STRANGE("deliveries that nobody sent, or sent elsewhere"),
        OUT_OF_ORDER("first deliveries that overtook others of their source"),
        TWICE("deliveries of what was settled in the same life of the broker"),
        UNMARKED("deliveries of what was delivered before, without the redelivered flag"),
        CAME_BACK("deliveries of what had been settled durably"),
        WENT_BACK("groups that began before what they had committed"),
        LEFT_OVER("messages that wait in a queue when all are settled"),
        FAILED("clients that could not go on, and starts of the broker that failed");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    private final Map<Kind, Long> counts = new TreeMap<>();
    private final List<String> first = new ArrayList<>();

    public synchronized void report(Kind kind, String where, String what) {
        report(kind, 1, where, what);
    }

    /** So many of them at once. */
    public synchronized void report(Kind kind, long count, String where, String what) {
        counts.merge(kind, count, Long::sum);
        if (first.size() < KEPT) {
            String text = kind + " " + where + ": " + what;
            first.add(text);
            System.err.println("VIOLATION " + text);
        }
    }

    public synchronized long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    public synchronized boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The first ones, in words. */
    public synchronized List<String> first() {
        return List.copyOf(first);
    }
}
