package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a fold which messages a queue still has, in their order. What stood in lanes loses its position there, so
 * what stood between them is told its place anew.
 */
final class QueueRestore {

    /** Receives a message whose source is known and that is not settled. */
    interface Visitor {
        /** @param message whose place may be NOWHERE, if it is to stand in a lane, or BEHIND */
        void pending(QueueSource source, PendingMessage message);
    }

    private final QueueFold fold;
    private final Function<Source, @Nullable QueueSource> sourceOf;

    /** Which sources the numbers in the snapshot mean. */
    private final List<@Nullable QueueSource> numbered = new ArrayList<>();

    /** Stood outside the lanes, by priority and in order. */
    private final Map<Integer, ArrayDeque<PendingMessage>> between = new HashMap<>();

    /** Of the message in the lanes of each priority that comes next. */
    private final Map<Integer, Long> lanePositions = new HashMap<>();

    /** @param sourceOf gives null for a source that there is no more */
    QueueRestore(QueueFold fold, Function<Source, @Nullable QueueSource> sourceOf) {
        this.fold = fold;
        this.sourceOf = sourceOf;
        fold.snapshot().sources.forEach(source -> numbered.add(sourceOf.apply(source.source())));
    }

    /** Visits all; lets go of the fold's lanes while it goes through them, for they may be long. */
    void forEach(Visitor visitor) {
        QueueFold.Snapshot snapshot = fold.snapshot();
        for (Lane.Chunk chunk : snapshot.chunks) {
            lanePositions.putIfAbsent(chunk.priority(), chunk.firstPosition());
        }
        snapshot.messages.sort(PendingMessage.IN_ORDER);
        for (PendingMessage message : snapshot.messages) {
            if (message.position > lanePositions.getOrDefault(message.priority, Long.MAX_VALUE)) {
                between.computeIfAbsent(message.priority, absent -> new ArrayDeque<>())
                        .add(message);
            } else {
                visit(message, visitor);
            }
        }
        while (!snapshot.chunks.isEmpty()) {
            snapshot.chunks.remove().forEach(message -> {
                long position = lanePositions.merge(message.priority, Lane.POSITION_STEP, Long::sum);
                visitBetween(message.priority, position - Lane.POSITION_STEP, visitor);
                visit(message, visitor);
            });
        }
        between.keySet().forEach(priority -> visitBetween(priority, Long.MAX_VALUE, visitor));
        snapshot.ranges.values().forEach(ranges -> visit(ranges, visitor));
        snapshot.replayed.forEach((id, messages) -> {
            QueueSource source = sourceOf.apply(id);
            if (source != null) {
                messages.values().forEach(message -> visitReplayed(source, message, visitor));
            }
        });
        // what was routed since the snapshot, and is not routed again
        snapshot.relocated.forEach((source, places) -> List.copyOf(places.keySet())
                .forEach(offset -> visitRelocated(source, offset, PendingMessage.NOWHERE, visitor)));
    }

    private void visitBetween(int priority, long beforePosition, Visitor visitor) {
        ArrayDeque<PendingMessage> messages = between.get(priority);
        while (messages != null && !messages.isEmpty() && messages.element().position < beforePosition) {
            PendingMessage message = messages.remove();
            message.position = PendingMessage.BEHIND;
            visit(message, visitor);
        }
    }

    private void visit(PendingMessage message, Visitor visitor) {
        QueueSource source = message.source < numbered.size() ? numbered.get(message.source) : null;
        if (source != null) {
            visit(source, message, visitor);
        }
    }

    private void visit(QueueSource source, PendingMessage message, Visitor visitor) {
        QueueFold.SourceFold known = fold.sources().get(source.id);
        if (known != null && known.replayed.contains(message.offset)) {
            return;
        }
        if (known != null && known.settled.contains(message.offset)) {
            visitRelocated(source.id, message.offset, message.position, visitor);
        } else {
            visitor.pending(source, message);
        }
    }

    /** A message that was settled where it stood takes its place with it, if it stands elsewhere. */
    private void visitRelocated(Source from, long offset, long position, Visitor visitor) {
        Map<Long, QueueFold.Relocation> places = fold.snapshot().relocated.getOrDefault(from, Map.of());
        QueueFold.Relocation relocation = places.get(offset);
        if (relocation == null) {
            return;
        }
        places.remove(offset);
        QueueSource source = sourceOf.apply(relocation.source());
        if (source != null) {
            PendingMessage message = relocation.message().at(source.index, relocation.message().offset);
            message.position = position;
            visit(source, message, visitor);
        }
    }

    /** Of what was settled and came back, only the last time counts. */
    private void visitReplayed(QueueSource source, PendingMessage message, Visitor visitor) {
        QueueFold.SourceFold known = fold.sources().get(source.id);
        if (known == null) {
            return;
        }
        message.position = PendingMessage.BEHIND;
        if (known.settled.contains(message.offset)) {
            visitRelocated(source.id, message.offset, message.position, visitor);
        } else {
            visitor.pending(source, message);
        }
    }

    private void visit(SnapshotRecord.OfRanges ranges, Visitor visitor) {
        QueueSource source = sourceOf.apply(ranges.source());
        if (source != null) {
            ranges.pending().forEach((first, last) -> {
                for (long offset = first; offset <= last; offset++) {
                    PendingMessage message = new PendingMessage(source.index, offset);
                    message.deliveryCount = ranges.deliveryCounts().getOrDefault(offset, 0);
                    visit(source, message, visitor);
                }
            });
        }
    }
}
