package io.mainstem.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What the members of one consumer group have handled and committed, and what a group promises about it:
 *
 * <ul>
 *   <li><em>lost</em>: a record that no member handled;
 *   <li><em>out of order</em>: within one stint, that is one member's hold of a partition, offsets follow each other;
 *   <li><em>went back</em>: a stint that begins below an offset whose commit was acknowledged before it began, or a
 *       committed offset that is smaller than one seen before.
 * </ul>
 */
final class GroupHistory {

    private record Commit(long offset, long nanos) {}

    private final Map<TopicPartition, List<Commit>> commits = new HashMap<>();
    private final Map<TopicPartition, List<Stint>> stints = new HashMap<>();
    private final Map<TopicPartition, Long> lookedUp = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long handled;

    /** One member's hold of one partition; belongs to the member's thread. */
    final class Stint {

        private static final long NOTHING = -1;

        private final TopicPartition partition;
        private final long beganNanos;
        private long first = NOTHING;
        private long next = NOTHING;

        private Stint(TopicPartition partition) {
            this.partition = partition;
            this.beganNanos = System.nanoTime();
        }

        void handle(long offset) {
            synchronized (GroupHistory.this) {
                handled++;
                if (next != NOTHING && offset != next) {
                    violations.add("out of order: " + partition + " " + offset + " where " + next + " comes next");
                }
                first = first == NOTHING ? offset : first;
                next = offset + 1;
            }
        }
    }

    synchronized Stint begin(TopicPartition partition) {
        Stint stint = new Stint(partition);
        stints.computeIfAbsent(partition, absent -> new ArrayList<>()).add(stint);
        return stint;
    }

    /** The broker has acknowledged a commit. */
    synchronized void committed(TopicPartition partition, long offset) {
        commits.computeIfAbsent(partition, absent -> new ArrayList<>()).add(new Commit(offset, System.nanoTime()));
    }

    /** What an administrator sees as committed, now and never less later. */
    synchronized void lookedUp(TopicPartition partition, long offset) {
        Long before = lookedUp.put(partition, offset);
        if (before != null && offset < before) {
            violations.add("went back: " + partition + " from " + before + " to " + offset);
        }
    }

    /** Deliveries, also those that came again. */
    synchronized long handled() {
        return handled;
    }

    synchronized int stintCount() {
        return stints.values().stream().mapToInt(List::size).sum();
    }

    /** Whether every record of every partition was handled by now. */
    synchronized boolean hasAll(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> missing(end.getKey(), end.getValue()) < 0);
    }

    /** What was wrong, at best nothing. */
    synchronized List<String> violations(Map<TopicPartition, Long> ends) {
        List<String> all = new ArrayList<>(violations);
        ends.forEach((partition, end) -> {
            long missing = missing(partition, end);
            if (missing >= 0) {
                all.add("lost: " + partition + " " + missing);
            }
        });
        stints.forEach((partition, ofPartition) -> ofPartition.forEach(stint -> {
            long atLeast = commits.getOrDefault(partition, List.of()).stream()
                    .filter(commit -> commit.nanos() < stint.beganNanos)
                    .mapToLong(Commit::offset)
                    .max()
                    .orElse(0);
            if (stint.first != Stint.NOTHING && stint.first < atLeast) {
                all.add("went back: " + partition + " began at " + stint.first + " after " + atLeast
                        + " was committed");
            }
        }));
        return all;
    }

    /** The first offset that nobody handled, or -1. */
    private long missing(TopicPartition partition, long end) {
        TreeMap<Long, Long> ranges = new TreeMap<>();
        for (Stint stint : stints.getOrDefault(partition, List.of())) {
            if (stint.first != Stint.NOTHING) {
                ranges.merge(stint.first, stint.next, Math::max);
            }
        }
        long covered = 0;
        for (Map.Entry<Long, Long> range : ranges.entrySet()) {
            if (range.getKey() > covered) {
                break;
            }
            covered = Math.max(covered, range.getValue());
        }
        return covered >= end ? -1 : covered;
    }
}
