package io.mainstem.bench.soak.check;

import java.util.List;
import java.util.function.LongPredicate;

/** What is known of one place that messages come to. Safe for use by several threads. */
public abstract sealed class Ledger permits QueueLedger, StreamLedger {

    final Violations violations;
    final Receipts receipts;

    /** @param wanted which numbers of its sources come to this place */
    Ledger(String name, List<? extends Source> sources, LongPredicate wanted, Violations violations) {
        this.violations = violations;
        this.receipts = new Receipts(name, sources, wanted, violations);
    }

    public final String name() {
        return receipts.name();
    }

    /** How many acknowledged messages have not come; a thousand of a source at most. */
    public final synchronized long missing() {
        return receipts.missing();
    }

    /** Tells the violations of those. */
    public final synchronized void reportMissing() {
        receipts.reportMissing();
    }

    /** All that came, also again. */
    public final synchronized long deliveries() {
        return receipts.deliveries();
    }

    /** Those that had come before. */
    public final synchronized long again() {
        return receipts.again();
    }
}
