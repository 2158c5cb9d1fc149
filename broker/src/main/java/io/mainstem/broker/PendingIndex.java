package io.mainstem.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages that are routed to a queue and not settled, in the order in which they came. A message's position is its
 * place in that order for as long as it is pending. Not safe for use by several threads.
 *
 * <pre>
 *   add --> READY --take--> TAKEN --settle--> gone
 *             ^---putBack-----'
 * </pre>
 *
 * Positions live in pages; a page whose messages are all gone is let go.
 */
final class PendingIndex {

    static final long NONE = -1;

    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_SIZE = 1 << PAGE_SHIFT;
    private static final int PAGE_MASK = PAGE_SIZE - 1;

    /** Sees a pending message; may settle it. */
    @FunctionalInterface
    interface Visitor {
        void pending(long position, int source, long offset);
    }

    private static final class Page {
        final long[] offsets = new long[PAGE_SIZE];
        final int[] sources = new int[PAGE_SIZE];
        final byte[] deliveryCounts = new byte[PAGE_SIZE];
        final boolean[] settled = new boolean[PAGE_SIZE];

        /** Who holds what; made only when something is taken. */
        @Nullable
        QueuedDelivery @Nullable [] takers;

        int settledCount;

        @Nullable
        QueuedDelivery taker(int slot) {
            return takers == null ? null : takers[slot];
        }
    }

    /** Pages from the first that is still needed; null where all of a page is gone. */
    private final List<@Nullable Page> pages = new ArrayList<>();

    private long firstPage;
    private long endPosition;

    /** What is READY before it is in {@link #putBack}; what is READY from here on is found by walking. */
    private long freshPosition;

    private final PriorityQueue<Long> putBack = new PriorityQueue<>();
    private long readyCount;
    private long takenCount;

    long readyCount() {
        return readyCount;
    }

    long takenCount() {
        return takenCount;
    }

    /** Adds a message behind all others and returns its position. */
    long add(int source, long offset, int deliveryCount) {
        long position = endPosition++;
        int slot = (int) position & PAGE_MASK;
        if (slot == 0) {
            pages.add(new Page());
        }
        Page page = page(position);
        page.offsets[slot] = offset;
        page.sources[slot] = source;
        page.deliveryCounts[slot] = (byte) Math.min(deliveryCount, Byte.MAX_VALUE);
        readyCount++;
        return position;
    }

    /** The first message that is READY, or NONE. */
    long firstReady() {
        return putBack.isEmpty() ? nextFresh() : putBack.element();
    }

    /** Hands a READY message to a taker. */
    void take(long position, QueuedDelivery taker) {
        if (position < freshPosition) {
            putBack.remove(position);
        }
        Page page = page(position);
        if (page.takers == null) {
            page.takers = new QueuedDelivery[PAGE_SIZE];
        }
        page.takers[slot(position)] = taker;
        readyCount--;
        takenCount++;
    }

    /** A TAKEN message becomes READY in its old place, delivered once more than before. */
    void putBack(long position) {
        Page page = page(position);
        int slot = slot(position);
        untake(page, slot);
        if (page.deliveryCounts[slot] < Byte.MAX_VALUE) {
            page.deliveryCounts[slot]++;
        }
        if (position < freshPosition) {
            putBack.add(position);
        }
        readyCount++;
    }

    /** A message is gone, READY or TAKEN as it was. */
    void settle(long position) {
        Page page = page(position);
        int slot = slot(position);
        if (page.taker(slot) != null) {
            untake(page, slot);
        } else {
            readyCount--;
            if (position < freshPosition) {
                putBack.remove(position);
            }
        }
        page.settled[slot] = true;
        page.settledCount++;
        if (page.settledCount == PAGE_SIZE) {
            letGo(position >>> PAGE_SHIFT);
        }
    }

    int source(long position) {
        return page(position).sources[slot(position)];
    }

    long offset(long position) {
        return page(position).offsets[slot(position)];
    }

    int deliveryCount(long position) {
        return page(position).deliveryCounts[slot(position)];
    }

    /**
     * Settles the READY messages of a source from one offset up to another; returns how many. The offsets of a source
     * grow with the position.
     */
    long settleReady(int source, long fromOffset, long throughOffset) {
        long count = 0;
        for (long position = firstPage << PAGE_SHIFT; position < endPosition; position++) {
            Page page = pageOrNull(position);
            if (page == null) {
                position |= PAGE_MASK;
                continue;
            }
            int slot = slot(position);
            if (page.settled[slot] || page.sources[slot] != source) {
                continue;
            }
            if (page.offsets[slot] >= throughOffset) {
                break;
            }
            if (page.offsets[slot] >= fromOffset && page.taker(slot) == null) {
                settle(position);
                count++;
            }
        }
        return count;
    }

    /** Visits the messages that are pending, in order. */
    void forEach(Visitor visitor) {
        for (long position = firstPage << PAGE_SHIFT; position < endPosition; position++) {
            Page page = pageOrNull(position);
            if (page == null) {
                position |= PAGE_MASK;
            } else if (!page.settled[slot(position)]) {
                visitor.pending(position, page.sources[slot(position)], page.offsets[slot(position)]);
            }
        }
    }

    /** The offset of the first message of a source that is pending, or NONE. */
    long firstOffset(int source) {
        for (long position = firstPage << PAGE_SHIFT; position < endPosition; position++) {
            Page page = pageOrNull(position);
            if (page == null) {
                position |= PAGE_MASK;
            } else if (!page.settled[slot(position)] && page.sources[slot(position)] == source) {
                return page.offsets[slot(position)];
            }
        }
        return NONE;
    }

    /** Everything that is taken, in order. */
    List<QueuedDelivery> taken() {
        List<QueuedDelivery> taken = new ArrayList<>();
        forEach((position, source, offset) -> {
            QueuedDelivery taker = page(position).taker(slot(position));
            if (taker != null) {
                taken.add(taker);
            }
        });
        return taken;
    }

    private long nextFresh() {
        while (freshPosition < endPosition) {
            Page page = pageOrNull(freshPosition);
            if (page == null) {
                freshPosition = (freshPosition | PAGE_MASK) + 1;
            } else if (page.settled[slot(freshPosition)] || page.taker(slot(freshPosition)) != null) {
                freshPosition++;
            } else {
                return freshPosition;
            }
        }
        return NONE;
    }

    private void untake(Page page, int slot) {
        QueuedDelivery[] takers = page.takers;
        if (takers != null) {
            takers[slot] = null;
        }
        takenCount--;
    }

    private void letGo(long pageNumber) {
        pages.set((int) (pageNumber - firstPage), null);
        while (!pages.isEmpty() && pages.get(0) == null) {
            pages.remove(0);
            firstPage++;
        }
    }

    private static int slot(long position) {
        return (int) position & PAGE_MASK;
    }

    private Page page(long position) {
        Page page = pageOrNull(position);
        if (page == null) {
            throw new IllegalStateException("position " + position + " is settled");
        }
        return page;
    }

    private @Nullable Page pageOrNull(long position) {
        long index = (position >>> PAGE_SHIFT) - firstPage;
        return index < 0 ? null : pages.get((int) index);
    }
}
