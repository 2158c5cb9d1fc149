package io.mainstem.bench.soak.check;

/** What is known of one place that messages come to. Safe for use by several threads. */
public interface Ledger {

    String name();

    /** How many acknowledged messages have not come; a thousand of a source at most. */
    long missing();

    /** Tells the violations of those. */
    void reportMissing();

    /** All that came, also again. */
    long deliveries();

    /** Those that had come before. */
    long again();
}
