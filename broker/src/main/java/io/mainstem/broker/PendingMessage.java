package io.mainstem.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A message of a queue that is not settled, while it is more than an entry in a {@link Lane}. Belongs to the queue's
 * event loop.
 */
final class PendingMessage {

    /** For a message that has no place yet. */
    static final long NOWHERE = 0;

    /** For a message that is to get a place behind all others, and outside the lane. */
    static final long BEHIND = -1;

    /** For a message that may wait for ever. */
    static final long NEVER = Long.MAX_VALUE;

    /** The order in which messages are delivered. */
    static final Comparator<PendingMessage> IN_ORDER = Comparator.comparingInt((PendingMessage it) -> -it.priority)
            .thenComparingLong(it -> it.position)
            .thenComparingLong(it -> it.offset);

    /** The number of its source within the queue. */
    final int source;

    final long offset;

    /** What its record says, which is not known yet of one that is held before the router has come by. */
    int valueBytes;

    int priority;
    long expiresAtMillis;

    /** Its place among the messages of its priority, for as long as it is pending. */
    long position;

    /** How often it was delivered and given back. */
    int deliveryCount;

    /** It joins the others then; 0 if it was never to be delayed. */
    long dueMillis;

    PendingMessage(int source, long offset, int valueBytes, int priority, long expiresAtMillis) {
        this.source = source;
        this.offset = offset;
        this.valueBytes = valueBytes;
        this.priority = priority;
        this.expiresAtMillis = expiresAtMillis;
    }

    /** A message that may wait for ever, without a value that counts. */
    PendingMessage(int source, long offset) {
        this(source, offset, 0, 0, NEVER);
    }

    /** Takes over what its record says, and its place. */
    void learn(PendingMessage routed) {
        position = routed.position;
        valueBytes = routed.valueBytes;
        priority = routed.priority;
        expiresAtMillis = routed.expiresAtMillis;
    }

    PendingMessage copy() {
        return inSource(source, priority);
    }

    /** The same message, when its record stands elsewhere. */
    PendingMessage at(int newSource, long newOffset) {
        PendingMessage moved = new PendingMessage(newSource, newOffset, valueBytes, priority, expiresAtMillis);
        moved.position = position;
        moved.deliveryCount = deliveryCount;
        moved.dueMillis = dueMillis;
        return moved;
    }

    /** A copy with another number of its source, and at most this priority. */
    PendingMessage inSource(int newSource, int maxPriority) {
        PendingMessage copy =
                new PendingMessage(newSource, offset, valueBytes, Math.min(priority, maxPriority), expiresAtMillis);
        copy.position = position;
        copy.deliveryCount = deliveryCount;
        copy.dueMillis = dueMillis;
        return copy;
    }

    static void encodeAll(List<PendingMessage> messages, FieldWriter out) {
        out.number(messages.size());
        for (PendingMessage message : messages) {
            out.number(message.source).number(message.offset).number(message.valueBytes);
            out.number(message.priority).number(message.expiresAtMillis).number(message.position);
            out.number(message.deliveryCount).number(message.dueMillis);
        }
    }

    static List<PendingMessage> decodeAll(FieldReader in) {
        List<PendingMessage> messages = new ArrayList<>();
        for (int remaining = in.intNumber(); remaining > 0; remaining--) {
            PendingMessage message =
                    new PendingMessage(in.intNumber(), in.number(), in.intNumber(), in.intNumber(), in.number());
            message.position = in.number();
            message.deliveryCount = in.intNumber();
            message.dueMillis = in.number();
            messages.add(message);
        }
        return messages;
    }

    /** What stands behind all messages of a priority. */
    static PendingMessage lastOf(int priority) {
        PendingMessage last = new PendingMessage(0, Long.MAX_VALUE, 0, priority, NEVER);
        last.position = Long.MAX_VALUE;
        return last;
    }

    @Override
    public String toString() {
        return source + "@" + offset;
    }
}
