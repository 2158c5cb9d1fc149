package io.mainstem.broker;

import java.util.ArrayList;
import java.util.List;

/** What a queue holds at one time, as records that replace all that its state log said before. */
final class QueueSnapshot {

    private QueueSnapshot() {}

    /**
     * Of a queue, called in its event loop.
     *
     * @param stoppedInOrder the broker ends with this, so that delivery counts are the whole truth
     * @param moves those that have begun and not ended
     */
    static List<StateRecord> of(
            long queueNumber, QueueState state, boolean stoppedInOrder, List<StateRecord.Moving> moves) {
        List<StateRecord> records = new ArrayList<>();
        records.add(new SnapshotRecord.Begin(queueNumber, stoppedInOrder));
        for (QueueSource source : state.sources()) {
            records.add(new SnapshotRecord.OfSource(
                    queueNumber,
                    source.id,
                    source.routedThrough,
                    source.maybeDeliveredBelow,
                    source.settledAhead.copy()));
        }
        state.index().laneChunks().forEach(chunk -> records.add(new SnapshotRecord.OfLane(queueNumber, chunk)));
        List<PendingMessage> others = outsideLanes(state, stoppedInOrder);
        for (int from = 0; from < others.size(); from += SnapshotRecord.OfMessages.MOST) {
            int to = Math.min(others.size(), from + SnapshotRecord.OfMessages.MOST);
            records.add(new SnapshotRecord.OfMessages(queueNumber, others.subList(from, to)));
        }
        moves.forEach(move -> records.add(new SnapshotRecord.OfMove(move)));
        state.seenIds().ifPresent(ids -> records.add(new SnapshotRecord.OfIds(queueNumber, ids)));
        records.add(new SnapshotRecord.End(queueNumber));
        return records;
    }

    private static List<PendingMessage> outsideLanes(QueueState state, boolean stoppedInOrder) {
        List<PendingMessage> messages = new ArrayList<>();
        state.index().forEachOutsideLanes(message -> messages.add(message.copy()));
        for (PendingMessage message : state.held()) {
            PendingMessage copy = message.copy();
            copy.dueMillis = 0;
            // whoever holds it after the end of the broker has been given it
            copy.deliveryCount += stoppedInOrder ? 1 : 0;
            messages.add(copy);
        }
        return messages;
    }
}
