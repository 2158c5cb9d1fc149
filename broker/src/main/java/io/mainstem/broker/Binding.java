package io.mainstem.broker;

import java.util.Arrays;

/**
 * A filter of a queue on a topic, in force between two offsets of each log.
 *
 * @param fromOffsets the first offset in force, one for each log
 * @param untilOffsets the offset after the last one in force, one for each log; {@link #OPEN} while there is no end
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Binding(BindingKey key, Queue queue, Filter filter, long[] fromOffsets, long[] untilOffsets) {

    static final long OPEN = Long.MAX_VALUE;

    static Binding open(BindingKey key, Queue queue, Filter filter, long[] fromOffsets) {
        long[] untilOffsets = new long[fromOffsets.length];
        Arrays.fill(untilOffsets, OPEN);
        return new Binding(key, queue, filter, fromOffsets, untilOffsets);
    }

    Binding endingAt(long[] newUntilOffsets) {
        return new Binding(key, queue, filter, fromOffsets, newUntilOffsets);
    }

    /** The same binding over more logs, in all of whose records an open one is interested, and an ended one in none. */
    Binding over(int logs) {
        int known = fromOffsets.length;
        long[] newUntilOffsets = Arrays.copyOf(untilOffsets, logs);
        Arrays.fill(newUntilOffsets, known, logs, isOpen() ? OPEN : 0);
        return new Binding(key, queue, filter, Arrays.copyOf(fromOffsets, logs), newUntilOffsets);
    }

    boolean isOpen() {
        return untilOffsets[0] == OPEN;
    }

    boolean isInForce(int partition, long offset) {
        return fromOffsets[partition] <= offset && offset < untilOffsets[partition];
    }

    /** In force for all of these offsets and wanting all of them, so that nobody needs to look at the records. */
    boolean wantsAll(int partition, long first, long last) {
        return filter instanceof Filter.All && fromOffsets[partition] <= first && last < untilOffsets[partition];
    }
}
