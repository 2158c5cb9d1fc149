package io.mainstem.broker;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A set of offsets, kept as ranges: small where the offsets are dense, as settled ones are. */
final class OffsetRanges {

    /** Receives a range with both ends included. */
    @FunctionalInterface
    interface RangeVisitor {
        void range(long first, long last);
    }

    private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

    boolean isEmpty() {
        return lastByFirst.isEmpty();
    }

    int rangeCount() {
        return lastByFirst.size();
    }

    /** The lowest offset. */
    OptionalLong first() {
        return isEmpty() ? OptionalLong.empty() : OptionalLong.of(lastByFirst.firstKey());
    }

    boolean contains(long offset) {
        if (lastByFirst.isEmpty()) {
            return false;
        }
        Map.Entry<Long, Long> range = lastByFirst.floorEntry(offset);
        return range != null && range.getValue() >= offset;
    }

    void add(long offset) {
        add(offset, offset);
    }

    void add(long first, long last) {
        long newFirst = first;
        long newLast = last;
        // every range that overlaps or touches the new one becomes part of it
        Map.Entry<Long, Long> range = lastByFirst.floorEntry(last == Long.MAX_VALUE ? last : last + 1);
        while (range != null && range.getValue() >= first - 1) {
            newLast = Math.max(newLast, range.getValue());
            if (range.getKey() <= first) {
                // it only grows, as nearly always, and no other one before it touches it
                newFirst = range.getKey();
                break;
            }
            lastByFirst.remove(range.getKey());
            range = lastByFirst.lowerEntry(range.getKey());
        }
        lastByFirst.put(newFirst, newLast);
    }

    void remove(long first, long last) {
        if (lastByFirst.isEmpty()) {
            return;
        }
        Map.Entry<Long, Long> range = lastByFirst.floorEntry(last);
        while (range != null && range.getValue() >= first) {
            lastByFirst.remove(range.getKey());
            if (range.getValue() > last) {
                lastByFirst.put(last + 1, range.getValue());
            }
            if (range.getKey() < first) {
                lastByFirst.put(range.getKey(), first - 1);
            }
            range = lastByFirst.lowerEntry(range.getKey());
        }
    }

    void removeFirst() {
        lastByFirst.pollFirstEntry();
    }

    void clear() {
        lastByFirst.clear();
    }

    OffsetRanges copy() {
        OffsetRanges copy = new OffsetRanges();
        copy.lastByFirst.putAll(lastByFirst);
        return copy;
    }

    void addAll(OffsetRanges others) {
        others.forEach(this::add);
    }

    /** Visits the ranges in order. */
    void forEach(RangeVisitor visitor) {
        lastByFirst.forEach(visitor::range);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetRanges ranges && ranges.lastByFirst.equals(lastByFirst);
    }

    @Override
    public int hashCode() {
        return lastByFirst.hashCode();
    }

    @Override
    public String toString() {
        return lastByFirst.toString();
    }
}
