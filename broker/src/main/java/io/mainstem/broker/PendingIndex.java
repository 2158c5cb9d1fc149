package io.mainstem.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that nobody holds: those that are ready, in the order of their delivery, and those that are
 * to join them later. Not safe for use by several threads.
 *
 * <pre>
 *   add ------> READY --takeFirst--> held by somebody
 *                ^ ^-----------------giveBack'
 *   delay -> DELAYED (until it is due)
 * </pre>
 *
 * The bulk of what is ready stands in {@link Lane}s, one for each priority, where the offsets of a source only grow.
 * Loose messages are the first of all, once somebody has looked at it, what was given back, and what has become due.
 */
final class PendingIndex {

    private static final Comparator<PendingMessage> BY_DUE_TIME = Comparator.comparingLong(
                    (PendingMessage it) -> it.dueMillis)
            .thenComparingInt(it -> it.source)
            .thenComparingLong(it -> it.offset);

    private final @Nullable Lane[] lanes;
    private final PriorityQueue<PendingMessage> loose = new PriorityQueue<>(PendingMessage.IN_ORDER);
    private final PriorityQueue<PendingMessage> delayed = new PriorityQueue<>(BY_DUE_TIME);
    private final long firstPosition;

    /** No lane above it has messages. */
    private int highestPriority;

    private long readyCount;
    private long readyBytes;

    /**
     * @param maxPriority the highest that a message has
     * @param behindPosition what is added stands behind it, and what is given back may stand before it
     */
    PendingIndex(int maxPriority, long behindPosition) {
        this.lanes = new Lane[maxPriority + 1];
        this.firstPosition = behindPosition + Lane.POSITION_STEP;
    }

    long readyCount() {
        return readyCount;
    }

    /** Of the values of all that are ready. */
    long readyBytes() {
        return readyBytes;
    }

    long delayedCount() {
        return delayed.size();
    }

    /**
     * Adds a message behind all others of its priority. It has never been delivered, and its offset is higher than
     * those of all that were added before from its source.
     */
    void add(PendingMessage message) {
        lane(message.priority).add(message);
        highestPriority = Math.max(highestPriority, message.priority);
        count(message, 1);
    }

    /** Adds a message of which the conditions of {@link #add} are not known behind all others of its priority. */
    void addLoose(PendingMessage message) {
        message.position = positionBehind(message.priority);
        giveBack(message);
    }

    /** A position behind all messages of a priority. */
    long positionBehind(int priority) {
        return lane(priority).positionBehind();
    }

    /** Adds a message that was taken before, in its old place. */
    void giveBack(PendingMessage message) {
        loose.add(message);
        count(message, 1);
    }

    /** Adds a message that is not ready before its due time. */
    void delay(PendingMessage message) {
        delayed.add(message);
    }

    /** When the next delayed message is due; NEVER if there is none. */
    long nextDueMillis() {
        PendingMessage next = delayed.peek();
        return next == null ? PendingMessage.NEVER : next.dueMillis;
    }

    /** Makes ready what is due; says whether there was anything. */
    boolean release(long nowMillis) {
        boolean released = false;
        while (nextDueMillis() <= nowMillis) {
            PendingMessage due = delayed.remove();
            if (due.deliveryCount > 0) {
                giveBack(due);
            } else {
                addLoose(due);
            }
            released = true;
        }
        return released;
    }

    /** The message that is to be delivered next; null when none is ready. */
    @Nullable
    PendingMessage first() {
        Lane lane = highestLane();
        PendingMessage first = loose.peek();
        if (lane != null && (first == null || comesBefore(lane, first))) {
            first = lane.takeFirst();
            loose.add(first);
        }
        return first;
    }

    private boolean comesBefore(Lane lane, PendingMessage message) {
        return highestPriority > message.priority
                || (highestPriority == message.priority && lane.firstPosition() < message.position);
    }

    /** Takes the first message out. There must be one. */
    PendingMessage takeFirst() {
        first();
        PendingMessage taken = loose.remove();
        count(taken, -1);
        return taken;
    }

    /** Visits copies of all messages, the ready ones in order and then the delayed ones. */
    void forEach(Consumer<PendingMessage> visitor) {
        forEachWhile(message -> {
            visitor.accept(message);
            return true;
        });
    }

    /** Does what {@link #forEach} does until the visitor has had enough. */
    void forEachWhile(Predicate<PendingMessage> visitor) {
        ArrayDeque<PendingMessage> waiting = new ArrayDeque<>(looseInOrder());
        for (int priority = lanes.length - 1; priority >= 0; priority--) {
            Lane lane = lanes[priority];
            boolean more = lane == null
                    || lane.forEachWhile(message -> visitBefore(message, waiting, visitor) && visitor.test(message));
            if (!more || !visitBefore(PendingMessage.lastOf(priority), waiting, visitor)) {
                return;
            }
        }
        for (PendingMessage message : delayed.stream().sorted(BY_DUE_TIME).toList()) {
            if (!visitor.test(message)) {
                return;
            }
        }
    }

    private static boolean visitBefore(
            PendingMessage end, ArrayDeque<PendingMessage> waiting, Predicate<PendingMessage> visitor) {
        while (!waiting.isEmpty() && PendingMessage.IN_ORDER.compare(waiting.element(), end) < 0) {
            if (!visitor.test(waiting.remove())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Visits messages, among which is the one with the lowest offset of each source; says whether that is so, for it
     * does not look for ever.
     */
    boolean visitLowest(Consumer<PendingMessage> visitor, int sources) {
        forEachOutsideLanes(visitor);
        boolean complete = true;
        for (Lane lane : lanes) {
            complete &= lane == null || lane.visitFirstOfEach(sources, visitor);
        }
        return complete;
    }

    /**
     * Takes out all that fit, in the order of {@link #forEach}; costs a look at every message.
     *
     * @param fits gives the same answer whenever it is asked
     */
    List<PendingMessage> removeIf(Predicate<PendingMessage> fits) {
        List<PendingMessage> removed =
                new ArrayList<>(looseInOrder().stream().filter(fits).toList());
        loose.removeIf(fits);
        for (int priority = lanes.length - 1; priority >= 0; priority--) {
            Lane lane = lanes[priority];
            if (lane != null) {
                removed.addAll(lane.removeIf(fits));
            }
        }
        removed.sort(PendingMessage.IN_ORDER);
        removed.forEach(message -> count(message, -1));
        List<PendingMessage> removedDelayed =
                delayed.stream().filter(fits).sorted(BY_DUE_TIME).toList();
        delayed.removeIf(fits);
        removed.addAll(removedDelayed);
        return removed;
    }

    /**
     * Puts other messages in the places of those that have one, which differ in source and offset only; costs a look at
     * every message.
     */
    void replace(Function<PendingMessage, @Nullable PendingMessage> other) {
        replace(loose, other);
        replace(delayed, other);
        for (Lane lane : lanes) {
            if (lane != null) {
                lane.replace(other);
            }
        }
    }

    private static void replace(
            PriorityQueue<PendingMessage> messages, Function<PendingMessage, @Nullable PendingMessage> other) {
        List<PendingMessage> before = List.copyOf(messages);
        messages.clear();
        for (PendingMessage message : before) {
            PendingMessage substitute = other.apply(message);
            messages.add(substitute == null ? message : substitute);
        }
    }

    /** What stands in lanes, in order, as it is now. */
    List<Lane.Chunk> laneChunks() {
        List<Lane.Chunk> chunks = new ArrayList<>();
        for (Lane lane : lanes) {
            if (lane != null) {
                chunks.addAll(lane.snapshot());
            }
        }
        return chunks;
    }

    /** All that do not stand in lanes. */
    void forEachOutsideLanes(Consumer<PendingMessage> visitor) {
        loose.forEach(visitor);
        delayed.forEach(visitor);
    }

    /** No message has a position beyond it yet. */
    long endPosition() {
        long end = firstPosition;
        for (Lane lane : lanes) {
            end = lane == null ? end : Math.max(end, lane.endPosition());
        }
        return end;
    }

    private Lane lane(int priority) {
        Lane lane = lanes[priority];
        if (lane == null) {
            lane = new Lane(priority, firstPosition);
            lanes[priority] = lane;
        }
        return lane;
    }

    private @Nullable Lane highestLane() {
        for (; highestPriority >= 0; highestPriority--) {
            Lane lane = lanes[highestPriority];
            if (lane != null && !lane.isEmpty()) {
                return lane;
            }
        }
        highestPriority = 0;
        return null;
    }

    private List<PendingMessage> looseInOrder() {
        return loose.stream().sorted(PendingMessage.IN_ORDER).toList();
    }

    private void count(PendingMessage message, int sign) {
        readyCount += sign;
        readyBytes += (long) sign * message.valueBytes;
    }
}
