package io.mainstem.broker;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a queue keeps of one log that it takes messages from. Belongs to the queue's event loop. */
final class QueueSource {

    private static final int MOST_REFUSED = 10_000;

    /** How often a message was given back, and when it may be delivered again. */
    record Returned(int deliveryCount, long dueMillis) {}

    final Topic topic;
    final int partition;
    final Source id;

    /** Its number within the queue. */
    final int index;

    /** Offsets below it have been routed to this queue, or passed by. */
    long routedThrough;

    /** The log was seen to begin here; what is pending below it has been settled. */
    long goneBelow;

    /** Of the batch that could not be decoded last. */
    long lostBatchOffset = -1;

    /** Nothing below it is pending, as last found. */
    long lowestPending;

    /** Settled offsets that the router has yet to come by. */
    final OffsetRanges settledAhead = new OffsetRanges();

    /** Messages that the router has yet to come by, and somebody holds or has held. */
    final Map<Long, Returned> returnedAhead = new HashMap<>();

    final Map<Long, PendingMessage> heldAhead = new HashMap<>();

    /** Messages below it may have been delivered by a broker that ended without a word. */
    long maybeDeliveredBelow;

    /** What is pending of what was relocated: it stands in the lanes in no order of its offsets. */
    final OffsetRanges relocated = new OffsetRanges();

    /** Settled, but not in the state log yet. */
    final Map<SettleReason, OffsetRanges> unsavedSettled = new EnumMap<>(SettleReason.class);

    /** Put back, but not in the state log yet. */
    final Map<Long, Returned> unsavedReturned = new HashMap<>();

    /** What the queue was too full for, until their publishers have been told. */
    final OffsetRanges refused = new OffsetRanges();

    /** Where the last record was found; the next one is probably close. */
    @Nullable
    RecordCursor cursor;

    QueueSource(int index, Topic topic, Source id) {
        this.index = index;
        this.topic = topic;
        this.partition = id.isOfRelocated() ? 0 : id.partition();
        this.id = id;
    }

    /** Whether its messages were published elsewhere, so that no router brings them. */
    boolean isOfRelocated() {
        return id.isOfRelocated();
    }

    /** A message that was published elsewhere stands here now, behind all others. */
    void takeOver(long offset, boolean maybeDelivered) {
        relocated.add(offset);
        routedThrough = Math.max(routedThrough, offset + 1);
        if (maybeDelivered) {
            maybeDeliveredBelow = Math.max(maybeDeliveredBelow, offset + 1);
        }
    }

    /** A message stands elsewhere now. */
    void takenOver(long offset) {
        relocated.remove(offset, offset);
        unsavedReturned.remove(offset);
    }

    void refuse(long offset) {
        refused.add(offset);
        if (refused.rangeCount() > MOST_REFUSED) {
            // records of those who are not told
            refused.removeFirst();
        }
    }

    /** What was refused below an offset, of which nobody is told again. */
    OffsetRanges takeRefused(long endOffset) {
        OffsetRanges taken = refused.copy();
        taken.remove(endOffset, Long.MAX_VALUE);
        refused.remove(0, endOffset - 1);
        return taken;
    }

    void rememberSettled(long offset, SettleReason reason) {
        unsavedSettled.computeIfAbsent(reason, absent -> new OffsetRanges()).add(offset);
        unsavedReturned.remove(offset);
        relocated.remove(offset, offset);
    }

    void rememberExpired(long firstOffset, long lastOffset) {
        unsavedSettled
                .computeIfAbsent(SettleReason.EXPIRED, absent -> new OffsetRanges())
                .add(firstOffset, lastOffset);
        unsavedReturned.keySet().removeIf(offset -> offset >= firstOffset && offset <= lastOffset);
        relocated.remove(firstOffset, lastOffset);
    }
}
