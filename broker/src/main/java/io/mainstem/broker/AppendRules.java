package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.util.List;

/**
 * What a topic's settings ask of the batches that are appended to it. Looks into the records only where a setting asks
 * for something that the header does not tell.
 *
 * @param beforeMaxMillis how far behind the clock a timestamp may be
 * @param afterMaxMillis how far ahead of the clock a timestamp may be
 */
record AppendRules(
        int maxBatchBytes, boolean appendTime, boolean keysRequired, long beforeMaxMillis, long afterMaxMillis) {

    /** What a producer sends that does not know the time. */
    private static final long NO_TIMESTAMP = -1;

    static AppendRules of(TopicSettings settings) {
        return new AppendRules(
                Math.toIntExact(settings.number(TopicSettingTable.MAX_MESSAGE_BYTES)),
                settings.value(TopicSettingTable.MESSAGE_TIMESTAMP_TYPE).equals(TopicSettingTable.LOG_APPEND_TIME),
                List.of(settings.value(TopicSettingTable.CLEANUP_POLICY).split(","))
                        .contains(TopicSettingTable.COMPACT),
                settings.number(TopicSettingTable.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                settings.number(TopicSettingTable.MESSAGE_TIMESTAMP_AFTER_MAX_MS));
    }

    /**
     * Checks a batch, and gives it the append time if that is wanted.
     *
     * @throws BrokerException when the topic does not take it
     */
    void apply(RecordBatch batch, long nowMillis) {
        if (batch.sizeInBytes() > maxBatchBytes) {
            throw new BrokerException(
                    Kind.MESSAGE_TOO_LARGE,
                    "a batch of " + batch.sizeInBytes() + " bytes; the topic takes " + maxBatchBytes);
        }
        long newest = batch.maxTimestampMillis();
        if (!appendTime && newest > nowMillis && newest - nowMillis > afterMaxMillis) {
            throw invalidTimestamp(newest, nowMillis);
        }
        if (keysRequired || (!appendTime && beforeMaxMillis != Long.MAX_VALUE)) {
            checkRecords(batch, nowMillis);
        }
        stamp(batch, nowMillis);
    }

    /** Gives a batch the append time if that is wanted. */
    void stamp(RecordBatch batch, long nowMillis) {
        if (appendTime) {
            batch.stampAppendTime(nowMillis);
        }
    }

    private void checkRecords(RecordBatch batch, long nowMillis) {
        try {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                if (keysRequired && record.key() == null) {
                    throw noKey();
                }
                long time = record.timestampMillis();
                if (!appendTime && time != NO_TIMESTAMP && time < nowMillis - beforeMaxMillis) {
                    throw invalidTimestamp(time, nowMillis);
                }
            }
        } catch (CorruptRecordException e) {
            throw new BrokerException(Kind.INVALID_RECORD, "a batch that cannot be read: " + e.getMessage());
        }
    }

    static BrokerException noKey() {
        return new BrokerException(Kind.INVALID_RECORD, "a compacted topic takes no record without a key");
    }

    private BrokerException invalidTimestamp(long timestampMillis, long nowMillis) {
        String rule = timestampMillis > nowMillis
                ? afterMaxMillis + " ms ahead (message.timestamp.after.max.ms)"
                : beforeMaxMillis + " ms behind (message.timestamp.before.max.ms)";
        return new BrokerException(
                Kind.INVALID_TIMESTAMP,
                "a record's time is " + timestampMillis + ", at " + nowMillis + "; the topic takes at most " + rule);
    }
}
