package io.mainstem.broker;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the state log says of one queue: the pure fold of its state records. What was routed since the last snapshot is
 * not in it; the router adds that from {@code routedThrough} on.
 */
final class QueueFold {

    /** What is known of one source. */
    static final class SourceFold {
        /** Offsets below it have been routed: they are pending or settled. */
        long routedThrough;

        final OffsetRanges pending = new OffsetRanges();

        /** Offsets from routedThrough on that were settled after the snapshot. */
        final OffsetRanges settledAhead = new OffsetRanges();

        final Map<Long, Integer> deliveryCounts = new HashMap<>();

        /** Anything that is pending may have been delivered by a broker that ended without a word. */
        boolean maybeDelivered = true;

        private boolean stoppedInOrder;

        void settle(long first, long last) {
            pending.remove(first, last);
            if (last >= routedThrough) {
                settledAhead.add(Math.max(first, routedThrough), last);
            }
        }
    }

    private final Map<Source, SourceFold> sources = new LinkedHashMap<>();

    Map<Source, SourceFold> sources() {
        return sources;
    }

    SourceFold source(Source source) {
        return sources.computeIfAbsent(source, absent -> new SourceFold());
    }

    /** A FENCE: whoever wrote before it has ended, in order if a snapshot of that term says so. */
    void beginTerm() {
        for (SourceFold fold : sources.values()) {
            fold.maybeDelivered = !fold.stoppedInOrder;
            fold.stoppedInOrder = false;
        }
    }

    void apply(StateRecord change) {
        if (change instanceof StateRecord.Settled settled) {
            SourceFold fold = source(settled.source());
            settled.offsets().forEach(fold::settle);
        } else if (change instanceof StateRecord.Returned returned) {
            source(returned.source()).deliveryCounts.merge(returned.offset(), returned.deliveryCount(), Math::max);
        } else if (change instanceof StateRecord.Snapshot snapshot) {
            SourceFold fold = new SourceFold();
            fold.routedThrough = snapshot.routedThrough();
            fold.pending.addAll(snapshot.pending());
            fold.deliveryCounts.putAll(snapshot.deliveryCounts());
            fold.stoppedInOrder = !snapshot.allDelivered();
            sources.put(snapshot.source(), fold);
        }
    }
}
