package io.mainstem.bench.soak.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of numbers from 0 on, of which most are in it or will be: a bit each, and nothing where all or none of a page
 * are. Not safe for use by several threads.
 */
final class SequenceSet {

    private static final int PAGE = 4_096;
    private static final long[] FULL = new long[0];

    private final List<long @Nullable []> pages = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private long size;

    /** False if it was in it before. */
    boolean add(long number) {
        int page = pageOf(number);
        while (pages.size() <= page) {
            pages.add(null);
            counts.add(0);
        }
        if (contains(number)) {
            return false;
        }
        long[] bits = pages.get(page);
        if (bits == null) {
            bits = new long[PAGE / Long.SIZE];
            pages.set(page, bits);
        }
        bits[wordOf(number)] |= 1L << number;
        size++;
        int count = counts.get(page) + 1;
        counts.set(page, count);
        if (count == PAGE) {
            pages.set(page, FULL);
        }
        return true;
    }

    void remove(long number) {
        if (!contains(number)) {
            return;
        }
        int page = pageOf(number);
        long[] bits = pages.get(page);
        if (bits == FULL) {
            bits = new long[PAGE / Long.SIZE];
            java.util.Arrays.fill(bits, -1L);
            pages.set(page, bits);
        }
        if (bits != null) {
            bits[wordOf(number)] &= ~(1L << number);
        }
        counts.set(page, counts.get(page) - 1);
        size--;
    }

    boolean contains(long number) {
        int page = pageOf(number);
        if (page >= pages.size()) {
            return false;
        }
        long[] bits = pages.get(page);
        return bits == FULL || (bits != null && (bits[wordOf(number)] & (1L << number)) != 0);
    }

    /** How many are in it. */
    long size() {
        return size;
    }

    /**
     * Those of this set, from a number on, that are wanted and not in the other one, in their order, so many at most.
     */
    List<Long> missingIn(SequenceSet other, long from, LongPredicate wanted, int most) {
        List<Long> missing = new ArrayList<>();
        for (int page = pageOf(from); page < pages.size() && missing.size() < most; page++) {
            if (other.isFull(page)) {
                continue;
            }
            long first = (long) page * PAGE;
            for (long number = Math.max(first, from); number < first + PAGE && missing.size() < most; number++) {
                if (contains(number) && wanted.test(number) && !other.contains(number)) {
                    missing.add(number);
                }
            }
        }
        return missing;
    }

    private boolean isFull(int page) {
        return page < pages.size() && pages.get(page) == FULL;
    }

    private static int pageOf(long number) {
        return Math.toIntExact(number / PAGE);
    }

    private static int wordOf(long number) {
        return (int) (number % PAGE) / Long.SIZE;
    }
}
