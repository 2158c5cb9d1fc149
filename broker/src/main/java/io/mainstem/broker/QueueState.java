package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * What one queue holds: which offsets of which logs are routed to it and not settled, and what of that its state log
 * does not say yet. Belongs to the queue's event loop.
 *
 * <p>The same events in any process lead to the same state: it is built from a {@link QueueFold}, what the router
 * tells, and what consumers answer, and {@link #takeUnsaved} gives those answers to the state log.
 */
final class QueueState {

    /**
     * Messages of which copies may have been appended to a topic.
     *
     * @param targetOffsets no copy stands below
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record UndecidedMove(QueueSource source, long targetTopic, long[] targetOffsets, List<PendingMessage> messages) {}

    private final long queueNumber;
    private final boolean persistent;
    private final Arrivals arrivals;
    private final Map<Source, QueueSource> sourcesById = new HashMap<>();
    private final List<QueueSource> sources = new ArrayList<>();
    private final Set<PendingMessage> held = new LinkedHashSet<>();
    private final List<StateRecord> unsavedRelocated = new ArrayList<>();
    private PendingIndex index;

    QueueState(long queueNumber, QueueSpec spec) {
        this.queueNumber = queueNumber;
        this.persistent = spec.isPersistent();
        this.arrivals = new Arrivals(spec.settings());
        this.index = new PendingIndex(arrivals.maxPriority(), PendingMessage.NOWHERE);
    }

    PendingIndex index() {
        return index;
    }

    QueueSource source(PendingMessage message) {
        return sources.get(message.source);
    }

    List<QueueSource> sources() {
        return sources;
    }

    /** Messages in somebody's hands. */
    int heldCount() {
        return held.size();
    }

    /** What is in somebody's hands, in the order in which it was taken. */
    Set<PendingMessage> held() {
        return held;
    }

    /**
     * The source for a log, which is new when nothing was ever taken from it; then what precedes the offset is passed
     * by.
     */
    QueueSource source(Topic topic, int partition, long fromOffset) {
        return source(topic, new Source(topic.number(), partition), fromOffset);
    }

    private QueueSource source(Topic topic, Source id, long fromOffset) {
        QueueSource known = sourcesById.get(id);
        if (known != null) {
            return known;
        }
        QueueSource added = new QueueSource(sources.size(), topic, id);
        added.routedThrough = fromOffset;
        sources.add(added);
        sourcesById.put(added.id, added);
        return added;
    }

    Optional<QueueSource> find(Topic topic, int partition) {
        return Optional.ofNullable(sourcesById.get(new Source(topic.number(), partition)));
    }

    /** The source that a routing speaks of; empty when it tells nothing new or does not follow what is known. */
    Optional<QueueSource> next(Routed routed) {
        QueueSource source = sourcesById.get(new Source(routed.topic().number(), routed.partition()));
        return source == null
                        || routed.fromOffset() > source.routedThrough
                        || routed.throughOffset() <= source.routedThrough
                ? Optional.empty()
                : Optional.of(source);
    }

    /** Adds one of the messages that the router found. Their offsets grow. */
    void arrive(QueueSource source, RecordFacts facts, int fact, long nowMillis) {
        long offset = facts.offset(fact);
        if (!isNew(source, offset)) {
            return;
        }
        if (arrivals.isDuplicate(facts, fact)) {
            remember(source, offset, SettleReason.DUPLICATE);
            return;
        }
        PendingMessage message = arrivals.message(source.index, facts, fact, nowMillis);
        if (!rejoin(source, message)) {
            place(message, nowMillis);
        }
    }

    /** Settles one of the messages that the router found, because there is no room for it. */
    void refuse(QueueSource source, RecordFacts facts, int fact) {
        long offset = facts.offset(fact);
        if (isNew(source, offset)) {
            source.refuse(offset);
            remember(source, offset, SettleReason.DROPPED);
        }
    }

    /** As {@link #refuse} does, but the message is not settled yet: it is in somebody's hands. */
    Optional<PendingMessage> refuseAndHold(QueueSource source, RecordFacts facts, int fact, long nowMillis) {
        if (!isNew(source, facts.offset(fact))) {
            return Optional.empty();
        }
        source.refuse(facts.offset(fact));
        PendingMessage message = arrivals.message(source.index, facts, fact, nowMillis);
        message.position = index.positionBehind(message.priority);
        held.add(message);
        return Optional.of(message);
    }

    private static boolean isNew(QueueSource source, long offset) {
        return offset >= source.routedThrough && !source.settledAhead.contains(offset);
    }

    /** All that the router found has arrived. */
    void arrived(QueueSource source, long throughOffset) {
        source.settledAhead.remove(source.routedThrough, throughOffset - 1);
        source.routedThrough = throughOffset;
        if (!source.returnedAhead.isEmpty()) {
            // of records that are gone
            source.returnedAhead.keySet().removeIf(offset -> offset < throughOffset);
        }
    }

    /** Takes the first message into somebody's hands; there must be one. */
    PendingMessage hold() {
        PendingMessage first = index.takeFirst();
        held.add(first);
        return first;
    }

    /** Settles a message that is in somebody's hands. */
    void settle(PendingMessage message, SettleReason reason) {
        QueueSource source = source(message);
        if (!held.remove(message)
                && source.heldAhead.remove(message.offset) != null
                && message.offset >= source.routedThrough) {
            source.settledAhead.add(message.offset);
        }
        remember(source, message.offset, reason);
    }

    /** A message that was in somebody's hands is ready again, as if it had not been. */
    void letGo(PendingMessage message, long nowMillis) {
        if (held.remove(message)) {
            place(message, nowMillis);
        } else {
            source(message).heldAhead.remove(message.offset);
        }
    }

    /** Settles the first message; there must be one. */
    void settleFirst(SettleReason reason) {
        PendingMessage first = index.takeFirst();
        remember(source(first), first.offset, reason);
    }

    /**
     * Settles the messages of a source from one offset up to another that nobody holds, because their records are gone;
     * returns how many.
     */
    long expire(QueueSource source, long fromOffset, long throughOffset) {
        long count = index.removeIf(message -> message.source == source.index
                        && fromOffset <= message.offset
                        && message.offset < throughOffset)
                .size();
        if (count > 0 && isSaved(source)) {
            // in one range, gaps included: a message that somebody holds is gone as well once it is put back
            source.rememberExpired(fromOffset, Math.min(throughOffset, source.routedThrough) - 1);
        }
        return count;
    }

    /** A message goes back to its place; it is not delivered before a time. */
    void putBack(PendingMessage message, long dueMillis, long nowMillis) {
        QueueSource source = source(message);
        message.deliveryCount++;
        message.dueMillis = dueMillis;
        QueueSource.Returned returned = new QueueSource.Returned(message.deliveryCount, dueMillis);
        if (held.remove(message)) {
            place(message, nowMillis);
        } else if (source.heldAhead.remove(message.offset) != null) {
            source.returnedAhead.put(message.offset, returned);
        }
        if (isSaved(source)) {
            source.unsavedReturned.put(message.offset, returned);
        }
    }

    /**
     * The lowest offset of each source that is pending, by the source's index; where nothing is, routedThrough. One
     * that is too costly to find is what it was before, or lower.
     */
    long[] lowestPending() {
        long[] lowest = new long[sources.size()];
        sources.forEach(source -> lowest[source.index] = source.routedThrough);
        boolean complete = index.visitLowest(message -> lower(lowest, message.source, message.offset), sources.size());
        held.forEach(message -> lower(lowest, message.source, message.offset));
        for (QueueSource source : sources) {
            source.heldAhead.keySet().forEach(offset -> lower(lowest, source.index, offset));
            if (!complete) {
                lower(lowest, source.index, source.lowestPending);
            }
            if (source.isOfRelocated()) {
                lowest[source.index] = source.relocated.first().orElse(source.routedThrough);
            }
            source.lowestPending = lowest[source.index];
        }
        return lowest;
    }

    private static void lower(long[] lowest, int source, long offset) {
        lowest[source] = Math.min(lowest[source], offset);
    }

    /** The offsets of a source that are pending. */
    OffsetRanges pendingOf(QueueSource source) {
        OffsetRanges pending = new OffsetRanges();
        index.forEach(message -> addIfOf(source, message, pending));
        held.forEach(message -> addIfOf(source, message, pending));
        source.heldAhead.keySet().forEach(pending::add);
        return pending;
    }

    private static void addIfOf(QueueSource source, PendingMessage message, OffsetRanges offsets) {
        if (message.source == source.index) {
            offsets.add(message.offset);
        }
    }

    /** Messages that had been settled, as they come back. */
    List<PendingMessage> replayed(QueueSource source, RecordFacts facts, long nowMillis) {
        List<PendingMessage> messages = new ArrayList<>();
        for (int fact = 0; fact < facts.count(); fact++) {
            messages.add(arrivals.replayed(source.index, facts, fact, nowMillis));
        }
        return messages;
    }

    /** Makes ready again, behind all others, what had been settled; the state log knows. */
    void replay(List<PendingMessage> messages) {
        messages.forEach(index::addLoose);
    }

    /** Settles all that nobody holds; returns how many. */
    long purge() {
        long count = index.readyCount();
        while (index.first() != null) {
            settleFirst(SettleReason.PURGED);
        }
        return count;
    }

    /** Forgets the messages of a topic that has been deleted. */
    void drop(Topic topic) {
        index.removeIf(message -> source(message).topic.equals(topic));
        for (QueueSource source : sources) {
            if (source.topic.equals(topic)) {
                sourcesById.remove(source.id);
                source.unsavedSettled.clear();
                source.unsavedReturned.clear();
            }
        }
    }

    /**
     * The records of messages stand in another topic from now on; those that are no longer here, or in somebody's
     * hands, are left out.
     *
     * @param newOffsets by the offset in the source; ascending with it, and behind all that were relocated before
     */
    void relocate(QueueSource source, Topic to, Map<Long, Long> newOffsets) {
        QueueSource target = source(to, Source.ofRelocated(to), 0);
        SortedMap<Long, PendingMessage> relocated = new TreeMap<>();
        index.replace(message -> {
            Long newOffset = message.source == source.index ? newOffsets.get(message.offset) : null;
            if (newOffset == null) {
                return null;
            }
            PendingMessage moved = message.at(target.index, newOffset);
            relocated.put(message.offset, moved.copy());
            return moved;
        });
        relocated.forEach((offset, message) -> {
            source.takenOver(offset);
            target.takeOver(message.offset, offset < source.maybeDeliveredBelow);
        });
        unsavedRelocated.addAll(StateRecord.Relocated.of(queueNumber, source.id, target.id, relocated));
    }

    /** What a snapshot is to say of ids. */
    Optional<ByteBuffer> seenIds() {
        return arrivals.seenIds();
    }

    /** Hands over what the state log does not say yet. */
    List<StateRecord> takeUnsaved() {
        List<StateRecord> unsaved = new ArrayList<>(unsavedRelocated);
        unsavedRelocated.clear();
        for (QueueSource source : sources) {
            source.unsavedSettled.forEach(
                    (reason, offsets) -> unsaved.add(new StateRecord.Settled(queueNumber, source.id, reason, offsets)));
            source.unsavedSettled.clear();
            source.unsavedReturned.forEach((offset, returned) -> unsaved.add(new StateRecord.Returned(
                    queueNumber, source.id, offset, returned.deliveryCount(), returned.dueMillis())));
            source.unsavedReturned.clear();
        }
        return unsaved;
    }

    /**
     * Starts again from what the state log says. What consumers hold stays with them as far as the log agrees.
     *
     * @param topicOf finds the topics that still exist
     * @return what an earlier process had begun to move, held until somebody knows what became of it
     */
    List<UndecidedMove> restore(QueueFold fold, LongFunction<Optional<Topic>> topicOf, long nowMillis) {
        for (PendingMessage message : held) {
            source(message).heldAhead.put(message.offset, message);
        }
        held.clear();
        PendingIndex before = index;
        QueueFold.Snapshot snapshot = fold.snapshot();
        long endPosition = before.endPosition();
        for (PendingMessage message : snapshot.messages) {
            endPosition = Math.max(endPosition, message.position);
        }
        index = new PendingIndex(arrivals.maxPriority(), endPosition);
        // no state log speaks of what is in memory: it stays as it was
        before.forEach(message -> {
            if (!isSaved(source(message)) && !rejoin(source(message), message)) {
                place(message, nowMillis);
            }
        });
        sources.stream().filter(this::isSaved).forEach(source -> restore(source, new QueueFold.SourceFold(), fold));
        fold.sources()
                .forEach((id, sourceFold) -> topicOf.apply(id.topicNumber())
                        .ifPresent(topic -> restore(source(topic, id, 0), sourceFold, fold)));
        arrivals.restoreSeenIds(snapshot.ids);
        List<UndecidedMove> undecided = holdUndecided(fold);
        restoreMessages(fold, nowMillis);
        return undecided;
    }

    private List<UndecidedMove> holdUndecided(QueueFold fold) {
        List<UndecidedMove> undecided = new ArrayList<>();
        List<StateRecord.Moving> moves = fold.snapshot().moves;
        // from the last one: a message that is moved again has not been moved before
        for (int index = moves.size() - 1; index >= 0; index--) {
            StateRecord.Moving moving = moves.get(index);
            QueueSource source = sourcesById.get(moving.source());
            QueueFold.SourceFold sourceFold = fold.sources().get(moving.source());
            if (source == null || sourceFold == null) {
                continue;
            }
            List<PendingMessage> messages = new ArrayList<>();
            moving.offsets().forEach((first, last) -> {
                for (long offset = first; offset <= last; offset++) {
                    if (!sourceFold.settled.contains(offset) && !source.heldAhead.containsKey(offset)) {
                        PendingMessage message = new PendingMessage(source.index, offset);
                        source.heldAhead.put(offset, message);
                        messages.add(message);
                    }
                }
            });
            if (!messages.isEmpty()) {
                undecided.add(new UndecidedMove(source, moving.targetTopic(), moving.targetOffsets(), messages));
            }
        }
        return undecided;
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

    private void restore(QueueSource source, QueueFold.SourceFold sourceFold, QueueFold fold) {
        source.routedThrough = sourceFold.routedThrough;
        source.goneBelow = 0;
        source.relocated.clear();
        source.settledAhead.clear();
        source.settledAhead.addAll(sourceFold.settled);
        source.settledAhead.remove(0, sourceFold.routedThrough - 1);
        source.returnedAhead.clear();
        sourceFold.returned.forEach((offset, returned) -> source.returnedAhead.put(
                offset, new QueueSource.Returned(returned.deliveryCount(), returned.dueMillis())));
        source.maybeDeliveredBelow = fold.maybeDelivered()
                ? source.topic.bounds(source.partition).durableEndOffset()
                : sourceFold.maybeDeliveredBelow;
    }

    private void restoreMessages(QueueFold fold, long nowMillis) {
        new QueueRestore(fold, id -> sourcesById.get(id)).forEach((source, stored) -> {
            if (!isSaved(source)) {
                return;
            }
            if (source.isOfRelocated()) {
                source.relocated.add(stored.offset);
            }
            PendingMessage message = stored.inSource(source.index, arrivals.maxPriority());
            if (message.position == PendingMessage.BEHIND) {
                message.position = index.positionBehind(message.priority);
            }
            if (!rejoin(source, message)) {
                place(message, nowMillis);
            }
        });
    }

    /** Lets a message be what it was before the state was lost: held by somebody, or given back. */
    private boolean rejoin(QueueSource source, PendingMessage message) {
        PendingMessage holder = source.heldAhead.isEmpty() ? null : source.heldAhead.remove(message.offset);
        if (holder != null) {
            if (message.position == PendingMessage.NOWHERE) {
                message.position = index.positionBehind(message.priority);
            }
            holder.learn(message);
            held.add(holder);
            return true;
        }
        QueueSource.Returned returned =
                source.returnedAhead.isEmpty() ? null : source.returnedAhead.remove(message.offset);
        if (returned == null) {
            return false;
        }
        message.deliveryCount = returned.deliveryCount();
        message.dueMillis = returned.dueMillis();
        return false;
    }

    /** Puts a message that nobody holds where it belongs. */
    private void place(PendingMessage message, long nowMillis) {
        boolean known = message.deliveryCount > 0;
        if (known && message.position == PendingMessage.NOWHERE) {
            message.position = index.positionBehind(message.priority);
        }
        if (message.dueMillis > nowMillis) {
            index.delay(message);
        } else if (message.position != PendingMessage.NOWHERE) {
            index.giveBack(message);
        } else if (message.dueMillis > 0) {
            index.addLoose(message);
        } else {
            index.add(message);
        }
    }

    private void remember(QueueSource source, long offset, SettleReason reason) {
        if (isSaved(source)) {
            source.rememberSettled(offset, reason);
        }
    }

    /** Whether the state log is to know about a source, which it never does of what ends with the process. */
    boolean isSaved(QueueSource source) {
        return persistent && !source.topic.spec().inMemory() && sourcesById.containsKey(source.id);
    }
}
