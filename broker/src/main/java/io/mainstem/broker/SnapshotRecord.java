package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * A part of what a queue holds at one time, from Begin to End. Once the End is there it replaces all that the state log
 * said of the queue before, and without it, it says nothing.
 */
sealed interface SnapshotRecord extends StateRecord {

    /**
     * The first part.
     *
     * @param stoppedInOrder the broker has ended with this, so that the delivery counts are the whole truth
     */
    record Begin(long queue, boolean stoppedInOrder) implements SnapshotRecord {
        static final int TYPE = 5;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(queue).flag(stoppedInOrder);
        }
    }

    /**
     * One log that the queue takes messages from; their order is their numbers in the other parts.
     *
     * @param routedThrough offsets below it are pending, as the other parts say, or settled
     * @param maybeDeliveredBelow messages below it may have been delivered by a broker that ended without a word
     * @param settledAhead settled offsets from routedThrough on
     */
    record OfSource(long queue, Source source, long routedThrough, long maybeDeliveredBelow, OffsetRanges settledAhead)
            implements SnapshotRecord {
        static final int TYPE = 6;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue)).number(routedThrough);
            out.number(maybeDeliveredBelow).ranges(settledAhead);
        }

        static OfSource decode(long queue, FieldReader in) {
            return new OfSource(queue, Source.decode(in), in.number(), in.number(), in.ranges());
        }
    }

    /** Messages that follow those of the parts before. */
    record OfLane(long queue, Lane.Chunk chunk) implements SnapshotRecord {
        static final int TYPE = 7;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(queue).number(chunk.priority()).number(chunk.firstPosition());
            out.bytes(chunk.entries());
        }

        static OfLane decode(long queue, FieldReader in) {
            return new OfLane(queue, new Lane.Chunk(in.intNumber(), in.number(), in.bytes()));
        }
    }

    /** Messages that stand in no lane: in somebody's hands, given back, or not due yet. */
    record OfMessages(long queue, List<PendingMessage> messages) implements SnapshotRecord {
        static final int TYPE = 8;

        /** So many go into one record. */
        static final int MOST = 1_000;

        @Override
        public void encode(FieldWriter out) {
            PendingMessage.encodeAll(messages, out.number(TYPE).number(queue));
        }

        static OfMessages decode(long queue, FieldReader in) {
            return new OfMessages(queue, PendingMessage.decodeAll(in));
        }
    }

    /** A move that has begun and not ended. */
    record OfMove(StateRecord.Moving move) implements SnapshotRecord {
        static final int TYPE = 11;

        @Override
        public long queue() {
            return move.queue();
        }

        @Override
        public void encode(FieldWriter out) {
            move.encode(TYPE, out);
        }
    }

    /** Deduplication ids that the queue has seen, by their hash, and when. */
    record OfIds(long queue, ByteBuffer ids) implements SnapshotRecord {
        static final int TYPE = 9;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(queue).bytes(ids);
        }

        static OfIds decode(long queue, FieldReader in) {
            return new OfIds(queue, in.bytes());
        }
    }

    /** The last part. */
    record End(long queue) implements SnapshotRecord {
        static final int TYPE = 10;

        @Override
        public void encode(FieldWriter out) {
            out.number(TYPE).number(queue);
        }
    }

    /**
     * All that a queue holds of one source, as it was written before there were parts; no longer written.
     *
     * @param deliveryCounts of the pending messages that were delivered before
     * @param allDelivered false only when the broker stopped in order
     */
    record OfRanges(
            long queue,
            Source source,
            long routedThrough,
            OffsetRanges pending,
            Map<Long, Integer> deliveryCounts,
            boolean allDelivered)
            implements SnapshotRecord {
        static final int TYPE = 2;

        @Override
        public void encode(FieldWriter out) {
            throw new UnsupportedOperationException("no longer written");
        }

        static OfRanges decode(long queue, FieldReader in) {
            return new OfRanges(
                    queue, Source.decode(in), in.number(), in.ranges(), StateRecord.readCounts(in), in.flag());
        }
    }
}
