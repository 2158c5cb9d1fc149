package io.mainstem.protocol.amqp;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of a channel that wait for an acknowledgement, in the order of their tags. A settled one leaves a gap,
 * and gaps go when there are more of them than deliveries, so that one message that is never settled does not hold room
 * for all that came after it.
 */
final class UnsettledDeliveries {

    private long[] tags = new long[16];
    private @Nullable OutgoingDelivery[] deliveries = new OutgoingDelivery[16];
    private int start;
    private int end;
    private int count;

    int count() {
        return count;
    }

    /** @param delivery its tag is larger than all before */
    void add(OutgoingDelivery delivery) {
        if (end == tags.length) {
            makeRoom();
        }
        tags[end] = delivery.tag();
        deliveries[end] = delivery;
        end++;
        count++;
    }

    boolean contains(long tag) {
        int index = Arrays.binarySearch(tags, start, end, tag);
        return index >= 0 && deliveries[index] != null;
    }

    /** Takes one out; null when there is none of this tag. */
    @Nullable
    OutgoingDelivery remove(long tag) {
        int index = Arrays.binarySearch(tags, start, end, tag);
        return index < 0 ? null : removeAt(index);
    }

    void forEach(Consumer<OutgoingDelivery> action) {
        for (int index = start; index < end; index++) {
            OutgoingDelivery delivery = deliveries[index];
            if (delivery != null) {
                action.accept(delivery);
            }
        }
    }

    /** Takes out all up to a tag, in order. */
    void removeUpTo(long tag, Consumer<OutgoingDelivery> taker) {
        while (start < end && tags[start] <= tag) {
            OutgoingDelivery delivery = removeAt(start);
            if (delivery != null) {
                taker.accept(delivery);
            }
        }
    }

    private @Nullable OutgoingDelivery removeAt(int index) {
        OutgoingDelivery delivery = deliveries[index];
        deliveries[index] = null;
        if (delivery != null) {
            count--;
        }
        while (start < end && deliveries[start] == null) {
            start++;
        }
        if (start == end) {
            start = 0;
            end = 0;
        }
        return delivery;
    }

    private void makeRoom() {
        long[] newTags = tags;
        @Nullable OutgoingDelivery[] newDeliveries = deliveries;
        if (count > tags.length / 2) {
            newTags = new long[2 * tags.length];
            newDeliveries = new OutgoingDelivery[2 * tags.length];
        }
        int kept = 0;
        for (int index = start; index < end; index++) {
            if (deliveries[index] != null) {
                newTags[kept] = tags[index];
                newDeliveries[kept] = deliveries[index];
                kept++;
            }
        }
        if (newDeliveries == deliveries) {
            Arrays.fill(deliveries, kept, end, null);
        }
        tags = newTags;
        deliveries = newDeliveries;
        start = 0;
        end = kept;
    }
}
