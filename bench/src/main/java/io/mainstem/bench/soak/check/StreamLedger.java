package io.mainstem.bench.soak.check;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the members of one consumer group have read and committed of a topic. */
public final class StreamLedger extends Ledger {

    private final Map<Integer, Long> committed = new HashMap<>();

    public StreamLedger(String name, List<? extends Source> sources, Violations violations) {
        super(name, sources, sequence -> true, violations);
    }

    /** The next record of a member's hold of a partition. A record is stored once, so none is met twice in it. */
    public synchronized void read(Message message, Stint stint) {
        if (!receipts.isKnown(message)) {
            return;
        }
        boolean first = receipts.add(message);
        if (!stint.advances(message) || (first && !receipts.isNewest(message))) {
            violations.report(Kind.OUT_OF_ORDER, receipts.name(), message.toString());
        }
    }

    /** The broker has acknowledged a commit. */
    public synchronized void committed(int partition, long offset) {
        committed.merge(partition, offset, Math::max);
    }

    /** Where at least a member begins that gets a partition now. */
    public synchronized long committed(int partition) {
        return committed.getOrDefault(partition, 0L);
    }

    /**
     * A member has begun.
     *
     * @param least what {@link #committed(int)} said when it got the partition
     */
    public void began(int partition, long offset, long least) {
        if (offset < least) {
            violations.report(
                    Kind.WENT_BACK, receipts.name(), "partition " + partition + " to " + offset + " from " + least);
        }
    }

    /** Tells of what was acknowledged and is not there, of a place that may have lost its beginning. */
    public synchronized void reportGaps() {
        receipts.reportGaps();
    }
}
