package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One change of what a queue still holds, in the state log of its shard. A record counts only if its epoch is the
 * offset of the last FENCE before it, and applying it twice is applying it once.
 *
 * <p>A record is epoch, type, queue number, and then its fields.
 */
sealed interface StateRecord {

    long queue();

    void encode(FieldWriter out);

    default ByteBuffer encode(long epoch) {
        FieldWriter out = new FieldWriter().number(epoch);
        encode(out);
        return out.bytes();
    }

    static long epochOf(ByteBuffer bytes) {
        return new FieldReader(bytes).number();
    }

    static StateRecord decode(ByteBuffer bytes) {
        FieldReader in = new FieldReader(bytes);
        in.number(); // the epoch
        int type = in.intNumber();
        long queue = in.number();
        return switch (type) {
            case Settled.TYPE -> Settled.decode(queue, in);
            case Returned.TYPE -> new Returned(queue, Source.decode(in), in.number(), in.intNumber());
            case Snapshot.TYPE -> Snapshot.decode(queue, in);
            default -> throw new IllegalStateException("state record of type " + type + ": made by a newer version?");
        };
    }

    /** These messages are gone from the queue. */
    record Settled(long queue, Source source, SettleReason reason, OffsetRanges offsets) implements StateRecord {
        static final int TYPE = 0;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue)).number(reason.id()).ranges(offsets);
        }

        static Settled decode(long queue, FieldReader in) {
            return new Settled(queue, Source.decode(in), SettleReason.ofId(in.intNumber()), in.ranges());
        }
    }

    /** A message went back to its place; it has now been delivered this often. */
    record Returned(long queue, Source source, long offset, int deliveryCount) implements StateRecord {
        static final int TYPE = 1;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue)).number(offset).number(deliveryCount);
        }
    }

    /**
     * What the queue holds of one source, replacing all that came before: everything routed below {@code routedThrough}
     * but what is not {@code pending} is settled.
     *
     * @param deliveryCounts of the pending messages that were delivered before
     * @param allDelivered false only when the broker stopped in order, so that the counts are the whole truth
     */
    record Snapshot(
            long queue,
            Source source,
            long routedThrough,
            OffsetRanges pending,
            Map<Long, Integer> deliveryCounts,
            boolean allDelivered)
            implements StateRecord {
        static final int TYPE = 2;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue)).number(routedThrough).ranges(pending);
            out.number(deliveryCounts.size());
            deliveryCounts.forEach((offset, count) -> out.number(offset).number(count));
            out.flag(allDelivered);
        }

        static Snapshot decode(long queue, FieldReader in) {
            Source source = Source.decode(in);
            long routedThrough = in.number();
            OffsetRanges pending = in.ranges();
            Map<Long, Integer> deliveryCounts = new LinkedHashMap<>();
            for (int remaining = in.intNumber(); remaining > 0; remaining--) {
                deliveryCounts.put(in.number(), in.intNumber());
            }
            return new Snapshot(queue, source, routedThrough, pending, deliveryCounts, in.flag());
        }
    }
}
