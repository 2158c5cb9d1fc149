package io.mainstem.bench.soak.check;

import java.util.List;
import java.util.function.LongPredicate;

/**
 * One sender to one place, whose messages keep their order: it numbers them from 0 on, and sends none a second time.
 * What is neither acknowledged nor refused may be there or not. Safe for use by several threads.
 */
public class Source {

    private static final int MOST_NAMED = 1_000;

    private final int id;
    private final String name;
    private final SequenceSet acknowledged = new SequenceSet();
    private SequenceSet owed = acknowledged;
    private long sent;

    /** @param id tells it from all others */
    public Source(int id, String name) {
        this.id = id;
        this.name = name;
    }

    public final int id() {
        return id;
    }

    public final String name() {
        return name;
    }

    /** The next message; from now on it may be there. */
    public synchronized Message next() {
        return new Message(id, sent++);
    }

    /** From now on it is there. */
    public synchronized void acknowledged(long sequence) {
        acknowledged.add(sequence);
        owed.add(sequence);
    }

    /** What was acknowledged so far was told to go with the broker, and is not asked for any more. */
    public synchronized void forgive() {
        owed = new SequenceSet();
    }

    final synchronized boolean wasSent(long sequence) {
        return sequence >= 0 && sequence < sent;
    }

    public final synchronized long sentCount() {
        return sent;
    }

    public final synchronized long acknowledgedCount() {
        return acknowledged.size();
    }

    /** What was acknowledged, from a number on, and is wanted, and is not in the set; a thousand at most. */
    final synchronized List<Long> missingIn(SequenceSet delivered, long from, LongPredicate wanted) {
        return owed.missingIn(delivered, from, wanted, MOST_NAMED);
    }
}
