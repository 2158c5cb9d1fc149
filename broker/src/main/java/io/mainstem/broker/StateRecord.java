package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.LongStream;

/**
 * One change of what a queue still holds, in the state log of its shard. A record counts only if its epoch is the
 * offset of the last FENCE before it, and applying it twice is applying it once.
 *
 * <p>A record is epoch, type, queue number, and then its fields.
 */
sealed interface StateRecord
        permits StateRecord.Settled,
                StateRecord.Returned,
                StateRecord.Moving,
                StateRecord.Replayed,
                StateRecord.Relocated,
                SnapshotRecord {

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
            case Returned.TYPE_WITHOUT_DUE_TIME ->
                new Returned(queue, Source.decode(in), in.number(), in.intNumber(), 0);
            case Returned.TYPE -> new Returned(queue, Source.decode(in), in.number(), in.intNumber(), in.number());
            case Moving.TYPE -> Moving.decode(queue, in);
            case Replayed.TYPE -> new Replayed(queue, Source.decode(in), PendingMessage.decodeAll(in));
            case Relocated.TYPE -> Relocated.decode(queue, in);
            case SnapshotRecord.OfRanges.TYPE -> SnapshotRecord.OfRanges.decode(queue, in);
            case SnapshotRecord.Begin.TYPE -> new SnapshotRecord.Begin(queue, in.flag());
            case SnapshotRecord.OfSource.TYPE -> SnapshotRecord.OfSource.decode(queue, in);
            case SnapshotRecord.OfLane.TYPE -> SnapshotRecord.OfLane.decode(queue, in);
            case SnapshotRecord.OfMessages.TYPE -> SnapshotRecord.OfMessages.decode(queue, in);
            case SnapshotRecord.OfMove.TYPE -> new SnapshotRecord.OfMove(Moving.decode(queue, in));
            case SnapshotRecord.OfIds.TYPE -> SnapshotRecord.OfIds.decode(queue, in);
            case SnapshotRecord.End.TYPE -> new SnapshotRecord.End(queue);
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

    /**
     * A message went back to its place; it has now been delivered this often.
     *
     * @param dueMillis it is not delivered before
     */
    record Returned(long queue, Source source, long offset, int deliveryCount, long dueMillis) implements StateRecord {
        /** Of before there were delays; no longer written. */
        static final int TYPE_WITHOUT_DUE_TIME = 1;

        static final int TYPE = 3;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue)).number(offset).number(deliveryCount);
            out.number(dueMillis);
        }
    }

    /**
     * Copies of these messages are about to be appended to another topic, so that after a crash one looks there before
     * anything is appended again.
     *
     * @param targetTopic its number
     * @param targetOffsets where its logs ended before: no copy stands below
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Moving(long queue, Source source, OffsetRanges offsets, long targetTopic, long[] targetOffsets)
            implements StateRecord {
        static final int TYPE = 4;

        @Override
        public void encode(FieldWriter out) {
            encode(TYPE, out);
        }

        void encode(int type, FieldWriter out) {
            source.encode(out.number(type).number(queue)).ranges(offsets);
            out.number(targetTopic).numbers(targetOffsets);
        }

        static Moving decode(long queue, FieldReader in) {
            return new Moving(queue, Source.decode(in), in.ranges(), in.number(), in.numbers());
        }
    }

    /**
     * These messages, which had been settled, are pending again.
     *
     * @param messages by whatever number of their source
     */
    record Replayed(long queue, Source source, List<PendingMessage> messages) implements StateRecord {
        static final int TYPE = 12;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue));
            PendingMessage.encodeAll(messages, out);
        }
    }

    /**
     * The records of these messages stand elsewhere from now on, and the messages are the same.
     *
     * @param source where they stood
     * @param offsets where each of them stood, ascending
     * @param newSource where they stand
     * @param messages what they are now, by whatever number of their source
     */
    record Relocated(long queue, Source source, List<Long> offsets, Source newSource, List<PendingMessage> messages)
            implements StateRecord {
        static final int TYPE = 13;

        /** So many go into one record. */
        static final int MOST = 1_000;

        @Override
        public void encode(FieldWriter out) {
            source.encode(out.number(TYPE).number(queue));
            newSource.encode(out.numbers(offsets.stream().mapToLong(it -> it).toArray()));
            PendingMessage.encodeAll(messages, out);
        }

        /** As many as it takes; by the offset that each message had. */
        static List<StateRecord> of(
                long queue, Source source, Source newSource, SortedMap<Long, PendingMessage> relocated) {
            List<Long> offsets = List.copyOf(relocated.keySet());
            List<PendingMessage> messages = List.copyOf(relocated.values());
            List<StateRecord> records = new ArrayList<>();
            for (int from = 0; from < offsets.size(); from += MOST) {
                int end = Math.min(offsets.size(), from + MOST);
                records.add(new Relocated(
                        queue, source, offsets.subList(from, end), newSource, messages.subList(from, end)));
            }
            return records;
        }

        static Relocated decode(long queue, FieldReader in) {
            Source source = Source.decode(in);
            List<Long> offsets = LongStream.of(in.numbers()).boxed().toList();
            return new Relocated(queue, source, offsets, Source.decode(in), PendingMessage.decodeAll(in));
        }
    }

    /** By offset, in the order of writing. */
    static Map<Long, Integer> readCounts(FieldReader in) {
        Map<Long, Integer> counts = new LinkedHashMap<>();
        for (int remaining = in.intNumber(); remaining > 0; remaining--) {
            counts.put(in.number(), in.intNumber());
        }
        return counts;
    }
}
