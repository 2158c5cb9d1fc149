package io.mainstem.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What one queue holds: which offsets of which logs are routed to it and not settled, and what of that its state log
 * does not say yet. Belongs to the queue's event loop.
 *
 * <p>The same events in any process lead to the same state: it is built from a {@link QueueFold}, what the router
 * tells, and what consumers answer, and {@link #takeUnsaved} gives those answers to the state log.
 */
final class QueueState {

    private final long queueNumber;
    private final boolean persistent;
    private final Map<Source, QueueSource> sourcesById = new HashMap<>();
    private final List<QueueSource> sources = new ArrayList<>();
    private PendingIndex index = new PendingIndex();

    QueueState(long queueNumber, boolean persistent) {
        this.queueNumber = queueNumber;
        this.persistent = persistent;
    }

    PendingIndex index() {
        return index;
    }

    QueueSource sourceAt(long position) {
        return sources.get(index.source(position));
    }

    List<QueueSource> sources() {
        return sources;
    }

    /**
     * The source for a log, which is new when nothing was ever taken from it; then what precedes the offset is passed
     * by.
     */
    QueueSource source(Topic topic, int partition, long fromOffset) {
        QueueSource known = sourcesById.get(new Source(topic.number(), partition));
        if (known != null) {
            return known;
        }
        QueueSource added = new QueueSource(sources.size(), topic, partition);
        added.routedThrough = fromOffset;
        sources.add(added);
        sourcesById.put(added.id, added);
        return added;
    }

    /**
     * Adds what the router found, unless it speaks of offsets that do not follow what is known.
     *
     * @return the source, if it has got anywhere
     */
    Optional<QueueSource> route(Routed routed) {
        QueueSource source = sourcesById.get(new Source(routed.topic().number(), routed.partition()));
        if (source == null
                || routed.fromOffset() > source.routedThrough
                || routed.throughOffset() <= source.routedThrough) {
            return Optional.empty();
        }
        routed.forEach(fact -> {
            long offset = routed.facts().offset(fact);
            if (offset >= source.routedThrough && !source.settledAhead.contains(offset)) {
                add(source, offset);
            }
        });
        source.settledAhead.remove(source.routedThrough, routed.throughOffset() - 1);
        source.routedThrough = routed.throughOffset();
        if (!source.deliveryCountsAhead.isEmpty()) {
            // of records that are gone
            source.deliveryCountsAhead.keySet().removeIf(offset -> offset < source.routedThrough);
        }
        return Optional.of(source);
    }

    void settle(QueuedDelivery delivery, SettleReason reason) {
        QueueSource source = delivery.source();
        long offset = delivery.record().offset();
        if (delivery.position != PendingIndex.NONE) {
            index.settle(delivery.position);
        } else if (source.takenAhead.remove(offset) != null && offset >= source.routedThrough) {
            source.settledAhead.add(offset);
        }
        remember(source, offset, reason);
    }

    /** Settles a message that nobody holds. */
    void settle(long position, SettleReason reason) {
        QueueSource source = sourceAt(position);
        long offset = index.offset(position);
        index.settle(position);
        remember(source, offset, reason);
    }

    /**
     * Settles the messages of a source from one offset up to another that nobody holds, because their records are gone;
     * returns how many.
     */
    long expire(QueueSource source, long fromOffset, long throughOffset) {
        long count = index.settleReady(source.index, fromOffset, throughOffset);
        if (count > 0 && isSaved(source)) {
            // in one range, gaps included: a message that somebody holds is gone as well once it is put back
            source.rememberExpired(fromOffset, Math.min(throughOffset, source.routedThrough) - 1);
        }
        return count;
    }

    void putBack(QueuedDelivery delivery) {
        QueueSource source = delivery.source();
        long offset = delivery.record().offset();
        int deliveryCount = delivery.deliveryCount() + 1;
        if (delivery.position != PendingIndex.NONE) {
            index.putBack(delivery.position);
        } else if (source.takenAhead.remove(offset) != null) {
            source.deliveryCountsAhead.put(offset, deliveryCount);
        }
        if (isSaved(source)) {
            source.unsavedDeliveryCounts.put(offset, deliveryCount);
        }
    }

    /** Tells the logs in memory from which offset on this queue still needs them. */
    void tellNeeds(Queue queue) {
        for (QueueSource source : sourcesById.values()) {
            if (source.topic.spec().inMemory()) {
                long firstOffset = index.firstOffset(source.index);
                long neededFrom = firstOffset == PendingIndex.NONE ? source.routedThrough : firstOffset;
                source.topic.needs(queue, source.partition, neededFrom);
            }
        }
    }

    /** Settles all that nobody holds; returns how many. */
    long purge() {
        long count = index.readyCount();
        for (long position = index.firstReady(); position != PendingIndex.NONE; position = index.firstReady()) {
            settle(position, SettleReason.PURGED);
        }
        return count;
    }

    /** Forgets the messages of a topic that has been deleted. */
    void drop(Topic topic) {
        index.forEach((position, source, offset) -> {
            if (sources.get(source).topic.equals(topic)) {
                index.settle(position);
            }
        });
        for (QueueSource source : sources) {
            if (source.topic.equals(topic)) {
                sourcesById.remove(source.id);
                source.unsavedSettled.clear();
                source.unsavedDeliveryCounts.clear();
            }
        }
    }

    /** Hands over what the state log does not say yet. */
    List<StateRecord> takeUnsaved() {
        List<StateRecord> unsaved = new ArrayList<>();
        for (QueueSource source : sources) {
            source.unsavedSettled.forEach(
                    (reason, offsets) -> unsaved.add(new StateRecord.Settled(queueNumber, source.id, reason, offsets)));
            source.unsavedSettled.clear();
            source.unsavedDeliveryCounts.forEach(
                    (offset, count) -> unsaved.add(new StateRecord.Returned(queueNumber, source.id, offset, count)));
            source.unsavedDeliveryCounts.clear();
        }
        return unsaved;
    }

    /** What the queue holds now, to replace all that the state log said before. */
    List<StateRecord> snapshot(boolean stoppedInOrder) {
        Map<QueueSource, OffsetRanges> pending = new HashMap<>();
        Map<QueueSource, Map<Long, Integer>> deliveryCounts = new HashMap<>();
        index.forEach((position, sourceIndex, offset) -> {
            QueueSource source = sources.get(sourceIndex);
            pending.computeIfAbsent(source, absent -> new OffsetRanges()).add(offset);
            int count = Math.max(index.deliveryCount(position), offset < source.maybeDeliveredBelow ? 1 : 0);
            if (count > 0) {
                deliveryCounts
                        .computeIfAbsent(source, absent -> new HashMap<>())
                        .put(offset, count);
            }
        });
        List<StateRecord> records = new ArrayList<>();
        for (QueueSource source : sources) {
            if (!isSaved(source)) {
                continue;
            }
            records.add(new StateRecord.Snapshot(
                    queueNumber,
                    source.id,
                    source.routedThrough,
                    pending.getOrDefault(source, new OffsetRanges()),
                    deliveryCounts.getOrDefault(source, Map.of()),
                    !stoppedInOrder));
            if (!source.settledAhead.isEmpty()) {
                records.add(new StateRecord.Settled(
                        queueNumber, source.id, SettleReason.ACKNOWLEDGED, source.settledAhead));
            }
        }
        return records;
    }

    /**
     * Starts again from what the state log says. What consumers hold stays with them as far as the log agrees.
     *
     * @param topicOf finds the topics that still exist
     */
    void restore(QueueFold fold, LongFunction<Optional<Topic>> topicOf) {
        for (QueuedDelivery delivery : index.taken()) {
            delivery.position = PendingIndex.NONE;
            delivery.source().takenAhead.put(delivery.record().offset(), delivery);
        }
        PendingIndex before = index;
        index = new PendingIndex();
        before.forEach((position, sourceIndex, offset) -> {
            // no state log speaks of what is in memory: it stays as it was
            QueueSource source = sources.get(sourceIndex);
            if (!isSaved(source)) {
                source.deliveryCountsAhead.put(offset, before.deliveryCount(position));
                add(source, offset);
            }
        });
        sources.stream().filter(this::isSaved).forEach(source -> restore(source, new QueueFold.SourceFold()));
        fold.sources().forEach((id, sourceFold) -> {
            Optional<Topic> topic = topicOf.apply(id.topicNumber());
            topic.ifPresent(present -> restore(source(present, id.partition(), 0), sourceFold));
        });
    }

    /**
     * The source for a log that a binding names, after {@link #restore}. What a queue got before its first snapshot is
     * known from its bindings alone.
     */
    QueueSource restoredSource(Topic topic, int partition, long fromOffset, QueueFold fold) {
        QueueSource source = source(topic, partition, fromOffset);
        source.routedThrough = Math.max(source.routedThrough, fromOffset);
        if (!fold.sources().containsKey(source.id)) {
            source.maybeDeliveredBelow = topic.bounds(partition).durableEndOffset();
        }
        return source;
    }

    private void restore(QueueSource source, QueueFold.SourceFold fold) {
        source.routedThrough = fold.routedThrough;
        source.goneBelow = 0;
        source.settledAhead.clear();
        source.settledAhead.addAll(fold.settledAhead);
        source.deliveryCountsAhead.clear();
        source.deliveryCountsAhead.putAll(fold.deliveryCounts);
        source.maybeDeliveredBelow =
                fold.maybeDelivered ? source.topic.bounds(source.partition).durableEndOffset() : 0;
        fold.pending.forEach((first, last) -> {
            for (long offset = first; offset <= last; offset++) {
                add(source, offset);
            }
        });
    }

    private void add(QueueSource source, long offset) {
        Integer deliveryCount = source.deliveryCountsAhead.isEmpty() ? null : source.deliveryCountsAhead.remove(offset);
        long position = index.add(source.index, offset, deliveryCount == null ? 0 : deliveryCount);
        @Nullable QueuedDelivery taker = source.takenAhead.isEmpty() ? null : source.takenAhead.remove(offset);
        if (taker != null) {
            taker.position = position;
            index.take(position, taker);
        }
    }

    private void remember(QueueSource source, long offset, SettleReason reason) {
        if (isSaved(source)) {
            source.rememberSettled(offset, reason);
        }
    }

    /** Whether the state log is to know about a source, which it never does of what ends with the process. */
    private boolean isSaved(QueueSource source) {
        return persistent && !source.topic.spec().inMemory() && sourcesById.containsKey(source.id);
    }
}
