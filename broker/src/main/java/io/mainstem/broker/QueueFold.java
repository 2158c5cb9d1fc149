package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the state log says of one queue: the pure fold of its state records. What was routed since the last snapshot is
 * not in it; the router adds that from {@code routedThrough} on.
 */
final class QueueFold {

    /** What is known of one source. */
    static final class SourceFold {
        /** Offsets below it have been routed: they are pending or settled. */
        long routedThrough;

        /** Messages below it may have been delivered by a broker that ended without a word, before the last one. */
        long maybeDeliveredBelow;

        /** Since the snapshot; also offsets that had not been routed by then. */
        final OffsetRanges settled = new OffsetRanges();

        /** Since the snapshot; those of them that are pending, pending since then. */
        final OffsetRanges replayed = new OffsetRanges();

        /** Since the snapshot, by offset; the last one counts. */
        final Map<Long, StateRecord.Returned> returned = new HashMap<>();
    }

    /** What a snapshot says. */
    static final class Snapshot {
        /** In the order of their numbers. */
        final List<SnapshotRecord.OfSource> sources = new ArrayList<>();

        final Deque<Lane.Chunk> chunks = new ArrayDeque<>();
        final List<PendingMessage> messages = new ArrayList<>();
        final List<ByteBuffer> ids = new ArrayList<>();

        /** Moves that had not ended by then, and those that have begun since. */
        final List<StateRecord.Moving> moves = new ArrayList<>();

        /** Came back since, in this order; by source and offset. */
        final Map<Source, Map<Long, PendingMessage>> replayed = new LinkedHashMap<>();

        /** Stand elsewhere since; by the source and the offset that they had. */
        final Map<Source, Map<Long, Relocation>> relocated = new LinkedHashMap<>();

        /** In the form that is no longer written. */
        final Map<Source, SnapshotRecord.OfRanges> ranges = new LinkedHashMap<>();

        private boolean stoppedInOrder;

        private Snapshot(boolean stoppedInOrder) {
            this.stoppedInOrder = stoppedInOrder;
        }
    }

    /** A message as it stands in another source. */
    record Relocation(Source source, PendingMessage message) {}

    private final Map<Source, SourceFold> sources = new LinkedHashMap<>();
    private Snapshot snapshot = new Snapshot(false);

    /** One whose End has not come yet. */
    private @Nullable Snapshot unfinished;

    private boolean maybeDelivered = true;

    Map<Source, SourceFold> sources() {
        return sources;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** What is pending may have been delivered by a broker that ended without a word. */
    boolean maybeDelivered() {
        return maybeDelivered;
    }

    /** A FENCE: whoever wrote before it has ended, in order if a snapshot of that term says so. */
    void beginTerm() {
        maybeDelivered = !snapshot.stoppedInOrder;
        snapshot.stoppedInOrder = false;
        unfinished = null;
    }

    void apply(StateRecord change) {
        if (change instanceof StateRecord.Settled settled) {
            OffsetRanges known = source(settled.source()).settled;
            settled.offsets().forEach(known::add);
        } else if (change instanceof StateRecord.Returned returned) {
            source(returned.source()).returned.put(returned.offset(), returned);
        } else if (change instanceof StateRecord.Moving moving) {
            // also of a source of which nothing else is known
            source(moving.source());
            snapshot.moves.add(moving);
        } else if (change instanceof StateRecord.Replayed replayed) {
            replay(source(replayed.source()), replayed);
        } else if (change instanceof StateRecord.Relocated relocated) {
            relocate(source(relocated.source()), relocated);
        } else if (change instanceof SnapshotRecord.OfRanges ranges) {
            replace(ranges);
        } else if (change instanceof SnapshotRecord.Begin begin) {
            unfinished = new Snapshot(begin.stoppedInOrder());
        } else if (change instanceof SnapshotRecord part && unfinished != null) {
            apply(part, unfinished);
        }
    }

    private void apply(SnapshotRecord part, Snapshot to) {
        if (part instanceof SnapshotRecord.OfSource source) {
            to.sources.add(source);
        } else if (part instanceof SnapshotRecord.OfLane lane) {
            to.chunks.add(lane.chunk());
        } else if (part instanceof SnapshotRecord.OfMessages messages) {
            to.messages.addAll(messages.messages());
        } else if (part instanceof SnapshotRecord.OfMove move) {
            to.moves.add(move.move());
        } else if (part instanceof SnapshotRecord.OfIds ids) {
            to.ids.add(ids.ids());
        } else if (part instanceof SnapshotRecord.End) {
            sources.clear();
            for (SnapshotRecord.OfSource source : to.sources) {
                SourceFold fold = source(source.source());
                fold.routedThrough = source.routedThrough();
                fold.maybeDeliveredBelow = source.maybeDeliveredBelow();
                fold.settled.addAll(source.settledAhead());
            }
            snapshot = to;
            unfinished = null;
        }
    }

    private void replay(SourceFold fold, StateRecord.Replayed replayed) {
        for (PendingMessage message : replayed.messages()) {
            fold.settled.remove(message.offset, message.offset);
            snapshot.relocated
                    .computeIfAbsent(replayed.source(), absent -> new LinkedHashMap<>())
                    .remove(message.offset);
            if (message.offset < fold.routedThrough) {
                fold.replayed.add(message.offset);
                snapshot.replayed
                        .computeIfAbsent(replayed.source(), absent -> new LinkedHashMap<>())
                        .put(message.offset, message);
            } // otherwise the router brings it
        }
    }

    private void relocate(SourceFold from, StateRecord.Relocated relocated) {
        SourceFold to = source(relocated.newSource());
        Map<Long, Relocation> places =
                snapshot.relocated.computeIfAbsent(relocated.source(), absent -> new LinkedHashMap<>());
        for (int index = 0; index < relocated.messages().size(); index++) {
            long offset = relocated.offsets().get(index);
            PendingMessage message = relocated.messages().get(index);
            from.settled.add(offset);
            if (message.offset < to.routedThrough) {
                // the snapshot knows it
                continue;
            }
            places.put(offset, new Relocation(relocated.newSource(), message));
            to.routedThrough = message.offset + 1;
            if (offset < from.maybeDeliveredBelow) {
                to.maybeDeliveredBelow = Math.max(to.maybeDeliveredBelow, message.offset + 1);
            }
        }
    }

    private void replace(SnapshotRecord.OfRanges ranges) {
        snapshot.ranges.put(ranges.source(), ranges);
        snapshot.stoppedInOrder = !ranges.allDelivered();
        sources.remove(ranges.source());
        source(ranges.source()).routedThrough = ranges.routedThrough();
    }

    private SourceFold source(Source source) {
        return sources.computeIfAbsent(source, absent -> new SourceFold());
    }
}
