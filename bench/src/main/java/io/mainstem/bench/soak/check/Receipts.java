package io.mainstem.bench.soak.check;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** Which messages have come to one place, from each of the sources that send there. Guarded by its ledger. */
final class Receipts {

    private static final int NAMED = 10;

    private final String name;
    private final LongPredicate wanted;
    private final Violations violations;
    private final Map<Integer, Seen> bySource = new HashMap<>();
    private long deliveries;

    private static final class Seen {
        final Source source;
        final SequenceSet sequences = new SequenceSet();
        long lowest = Long.MAX_VALUE;
        long highest = -1;

        Seen(Source source) {
            this.source = source;
        }
    }

    /** @param wanted which numbers come here */
    Receipts(String name, List<? extends Source> sources, LongPredicate wanted, Violations violations) {
        this.name = name;
        this.wanted = wanted;
        this.violations = violations;
        sources.forEach(source -> bySource.put(source.id(), new Seen(source)));
    }

    String name() {
        return name;
    }

    /** False, and told, if it was never sent here. */
    boolean isKnown(Message message) {
        Seen seen = bySource.get(message.source());
        boolean known = seen != null && seen.source.wasSent(message.sequence()) && wanted.test(message.sequence());
        if (!known) {
            violations.report(Kind.STRANGE, name, message.toString());
        }
        return known;
    }

    /** False if it has come before. */
    boolean add(Message message) {
        deliveries++;
        Seen seen = seen(message);
        return seen.sequences.add(message.sequence());
    }

    /** To be asked of what has come for the first time: whether it comes after all that came before it. */
    boolean isNewest(Message message) {
        Seen seen = seen(message);
        boolean newest = message.sequence() > seen.highest;
        seen.highest = Math.max(seen.highest, message.sequence());
        seen.lowest = Math.min(seen.lowest, message.sequence());
        return newest;
    }

    /** How many acknowledged ones have not come. */
    long missing() {
        return bySource.values().stream()
                .mapToLong(seen -> missingOf(seen, 0).size())
                .sum();
    }

    void reportMissing() {
        bySource.values().forEach(seen -> report(seen.source, missingOf(seen, 0)));
    }

    /** The same of a place that may have lost its beginning. */
    void reportGaps() {
        bySource.values().stream()
                .filter(seen -> seen.lowest != Long.MAX_VALUE)
                .forEach(seen -> report(seen.source, missingOf(seen, seen.lowest)));
    }

    private List<Long> missingOf(Seen seen, long from) {
        return seen.source.missingIn(seen.sequences, from, wanted);
    }

    private void report(Source source, List<Long> missing) {
        if (!missing.isEmpty()) {
            List<Long> first = missing.subList(0, Math.min(NAMED, missing.size()));
            violations.report(
                    Kind.LOST, missing.size(), name, missing.size() + " of " + source.name() + ", first " + first);
        }
    }

    /** All that came, also again. */
    long deliveries() {
        return deliveries;
    }

    /** Those that had come before. */
    long again() {
        return deliveries
                - bySource.values().stream()
                        .mapToLong(seen -> seen.sequences.size())
                        .sum();
    }

    private Seen seen(Message message) {
        Seen seen = bySource.get(message.source());
        if (seen == null) {
            throw new IllegalArgumentException("not known: " + message);
        }
        return seen;
    }
}
