package io.mainstem.bench.soak.check;

import io.mainstem.bench.soak.check.Violations.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** What the consumers of one queue were given and have settled. */
public final class QueueLedger extends Ledger {

    /** Who sees the messages of a source in their order when they come for the first time. */
    public enum Order {
        /** Whoever looks at all deliveries, for there is one consumer. */
        QUEUE,
        /** Each connection of the consumers who share them. */
        CONNECTION,
        /** Nobody: they became dead letters in another order. */
        NONE
    }

    private final Order order;
    private final Map<Integer, SequenceSet> durable = new HashMap<>();
    private final Map<Integer, SequenceSet> settled = new HashMap<>();
    private int settledLife;

    /** @param wanted which numbers of its sources come to this queue */
    public QueueLedger(
            String name, List<? extends Source> sources, LongPredicate wanted, Order order, Violations violations) {
        super(name, sources, wanted, violations);
        this.order = order;
    }

    /** @param stint of the consumer's connection */
    public synchronized void delivered(Message message, boolean redelivered, Stint stint) {
        if (!receipts.isKnown(message)) {
            return;
        }
        boolean first = receipts.add(message);
        if (!first) {
            again(message, redelivered, stint.life());
        }
        boolean newest = !first || receipts.isNewest(message);
        boolean advances = redelivered || stint.advances(message);
        if ((order != Order.NONE && !advances) || (order == Order.QUEUE && !newest)) {
            violations.report(Kind.OUT_OF_ORDER, receipts.name(), message.toString());
        }
    }

    private void again(Message message, boolean redelivered, int life) {
        if (!redelivered) {
            violations.report(Kind.UNMARKED, receipts.name(), message.toString());
        }
        if (contains(durable, message)) {
            violations.report(Kind.CAME_BACK, receipts.name(), message.toString());
        } else if (life == settledLife && contains(settled, message)) {
            violations.report(Kind.TWICE, receipts.name(), message.toString());
        }
    }

    /** A consumer has settled it in this life of the broker. */
    public synchronized void settled(Message message, int life) {
        if (life > settledLife) {
            settledLife = life;
            settled.clear();
        }
        if (life == settledLife) {
            settled.computeIfAbsent(message.source(), absent -> new SequenceSet())
                    .add(message.sequence());
        }
    }

    /** The connection has ended, and whether the settlement was read is not known. */
    public synchronized void doubted(Message message) {
        SequenceSet ofSource = settled.get(message.source());
        if (ofSource != null) {
            ofSource.remove(message.sequence());
        }
    }

    /** From now on it does not come back. */
    public synchronized void durable(Message message) {
        durable.computeIfAbsent(message.source(), absent -> new SequenceSet()).add(message.sequence());
    }

    private static boolean contains(Map<Integer, SequenceSet> sets, Message message) {
        SequenceSet ofSource = sets.get(message.source());
        return ofSource != null && ofSource.contains(message.sequence());
    }
}
