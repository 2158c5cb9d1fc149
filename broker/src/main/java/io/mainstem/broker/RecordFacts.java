package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What queues want to know of the records in one stretch of a log. It is read once, however many queues get the
 * records, and is not changed after the router has handed it out.
 */
final class RecordFacts {

    /** For a stretch in which there is nothing for anybody. */
    static final RecordFacts NONE = new RecordFacts();

    private static final int INITIAL_COUNT = 64;

    private int count;
    private long[] offsets = new long[INITIAL_COUNT];
    private int[] valueBytes = new int[INITIAL_COUNT];
    private long[] timestampsMillis = new long[INITIAL_COUNT];

    /** Made when the first record asks for something. */
    private @Nullable MessageAttributes @Nullable [] attributes;

    int count() {
        return count;
    }

    long offset(int index) {
        return offsets[index];
    }

    int valueBytes(int index) {
        return valueBytes[index];
    }

    long timestampMillis(int index) {
        return timestampsMillis[index];
    }

    MessageAttributes attributes(int index) {
        MessageAttributes asked = attributes == null ? null : attributes[index];
        return asked == null ? MessageAttributes.NONE : asked;
    }

    void add(Record record) {
        int index = next(record.offset());
        valueBytes[index] = record.value() == null ? 0 : record.value().remaining();
        timestampsMillis[index] = record.timestampMillis();
        MessageAttributes asked = MessageAttributes.of(record.headers());
        if (!asked.equals(MessageAttributes.NONE)) {
            if (attributes == null) {
                attributes = new MessageAttributes[offsets.length];
            }
            attributes[index] = asked;
        }
    }

    /** A record that cannot be decoded. */
    void addUnreadable(long offset, long timestampMillis) {
        timestampsMillis[next(offset)] = timestampMillis;
    }

    private int next(long offset) {
        if (count == offsets.length) {
            int larger = 2 * count;
            offsets = Arrays.copyOf(offsets, larger);
            valueBytes = Arrays.copyOf(valueBytes, larger);
            timestampsMillis = Arrays.copyOf(timestampsMillis, larger);
            if (attributes != null) {
                attributes = Arrays.copyOf(attributes, larger);
            }
        }
        offsets[count] = offset;
        return count++;
    }
}
