package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be true of a log that is compacted: records may be missing, if their keys have newer ones. */
final class CompactedLogModel extends LogModel {

    /** A record as it was sent, at the offset that it has in its batch. */
    private record SentRecord(Sent sent, Record record) {}

    private final Compaction compaction;

    /** By the headers, which no other record has. */
    private final Map<ByteBuffer, SentRecord> sentRecords = new HashMap<>();

    /** Where batches were found. */
    private final Map<Sent, Long> places = new HashMap<>();

    /** Records that somebody was told of, or has read. */
    private final NavigableMap<Long, Record> known = new TreeMap<>();

    private final Map<ByteBuffer, NavigableMap<Long, Record>> knownByKey = new HashMap<>();

    /** Until when a record without value must stay at least. */
    private final Map<Long, Long> horizonsMillis = new HashMap<>();

    CompactedLogModel(LogId id, Compaction compaction) {
        super(id);
        this.compaction = compaction;
    }

    @Override
    Optional<Compaction> compaction() {
        return Optional.of(compaction);
    }

    @Override
    Sent sent(long contentId, ByteBuffer pristine, @Nullable Term term) {
        Sent sent = super.sent(contentId, pristine, term);
        RecordReader reader = new RecordReader(RecordBatch.of(pristine));
        while (reader.hasNext()) {
            Record record = reader.next();
            sentRecords.put(record.headers(), new SentRecord(sent, record));
        }
        return sent;
    }

    @Override
    void learn(long offset, ByteBuffer bytes, String invariant) {
        RecordBatch batch = RecordBatch.of(bytes);
        RecordReader reader = new RecordReader(batch);
        while (reader.hasNext()) {
            Record record = reader.next();
            verifySent(record);
            Record before = known.putIfAbsent(record.offset(), record);
            if (before != null) {
                assertThat(record)
                        .as("%s: %s at %s", invariant, id(), record.offset())
                        .isEqualTo(before);
            }
            if (record.key() != null) {
                knownByKey.computeIfAbsent(record.key(), key -> new TreeMap<>()).put(record.offset(), record);
            }
            if (record.value() == null) {
                long horizonMillis = batch.hasDeleteHorizon()
                        ? batch.deleteHorizonMillis()
                        : record.timestampMillis() + compaction.tombstoneMillis();
                horizonsMillis.merge(record.offset(), horizonMillis, Math::max);
            }
        }
    }

    @Override
    boolean mayBegin(long first, long end, long nowMillis) {
        // A log that would begin with segments that compaction has emptied begins behind them.
        Map.Entry<Long, Record> before = known.lowerEntry(first);
        while (before != null && mayBeMissing(before.getValue(), nowMillis)) {
            before = known.lowerEntry(before.getKey());
        }
        return before == null || super.mayBegin(before.getKey() + 1, end, nowMillis);
    }

    @Override
    boolean letsGo(Retention policy, long first, long end, long nowMillis) {
        boolean isLimited = policy.bytes() != LogPolicy.UNLIMITED || policy.millis() != LogPolicy.UNLIMITED;
        if (!isLimited) {
            return policy.records() != LogPolicy.UNLIMITED && end - first >= policy.records();
        }
        // How many bytes there were when it was decided, nobody knows: batches shrink.
        return policy.bytes() != LogPolicy.UNLIMITED
                || known.headMap(first, false).values().stream()
                        .allMatch(record -> nowMillis - record.timestampMillis() > policy.millis()
                                || mayBeMissing(record, nowMillis));
    }

    @Override
    void verifyRead(long fromOffset, List<RecordBatch> batches, long nowMillis) {
        assertThat(batches.get(0).lastOffset())
                .as("readStartsWithItsOffset in %s", id())
                .isGreaterThanOrEqualTo(fromOffset);
        verifyRange(fromOffset, batches, nowMillis);
    }

    @Override
    void verifyContent(Bounds bounds, List<RecordBatch> batches, long nowMillis) {
        long first = bounds.firstOffset();
        long end = verifyRange(first, batches, nowMillis);
        assertThat(end).as("bounds in %s", id()).isEqualTo(bounds.durableEndOffset());
        Set<Long> present = offsets(batches);
        knownByKey.forEach((key, ofKey) -> {
            List<Long> left = ofKey.tailMap(first).keySet().stream()
                    .filter(present::contains)
                    .toList();
            // What is missing may have been a deletion: it takes along whatever is older.
            assertThat(left.isEmpty() ? List.of() : ofKey.tailMap(left.get(0)).keySet())
                    .as("deletedStaysDeleted in %s", id())
                    .containsExactlyElementsOf(left);
        });
    }

    /** Returns where the batches end. */
    private long verifyRange(long fromOffset, List<RecordBatch> batches, long nowMillis) {
        long next = 0;
        for (RecordBatch batch : batches) {
            assertThat(batch.baseOffset()).as("offsetsGrow in %s", id()).isGreaterThanOrEqualTo(next);
            next = batch.nextOffset();
            learn(batch.baseOffset(), batch.bytes(), "recordsAreUnchanged");
        }
        long end = Math.max(fromOffset, next);
        Set<Long> present = offsets(batches);
        for (Record record : known.subMap(fromOffset, end).values()) {
            assertThat(present.contains(record.offset()) || mayBeMissing(record, nowMillis))
                    .as("newestOfEachKeyIsKept in %s: %s at %s ms", id(), record, nowMillis)
                    .isTrue();
        }
        return end;
    }

    private static Set<Long> offsets(List<RecordBatch> batches) {
        Set<Long> offsets = new HashSet<>();
        for (RecordBatch batch : batches) {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                offsets.add(reader.next().offset());
            }
        }
        return offsets;
    }

    private void verifySent(Record record) {
        SentRecord origin = sentRecords.get(record.headers());
        assertThat(origin)
                .as("nothingIsInvented in %s at %s", id(), record.offset())
                .isNotNull();
        Record pristine = origin.record();
        assertThat(origin.sent().mayBeStored())
                .as("refusedIsNotStored in %s at %s", id(), record.offset())
                .isTrue();
        long place = record.offset() - pristine.offset();
        assertThat(places.computeIfAbsent(origin.sent(), sent -> place))
                .as("retryIsStoredOnce in %s at %s", id(), record.offset())
                .isEqualTo(place);
        assertThat(new Record(
                        record.offset(),
                        pristine.timestampMillis(),
                        pristine.key(),
                        pristine.value(),
                        pristine.headers()))
                .as("recordsAreUnchanged in %s at %s", id(), record.offset())
                .isEqualTo(record);
    }

    private boolean mayBeMissing(Record record, long nowMillis) {
        ByteBuffer key = record.key();
        if (!isBehindTheLag(record, nowMillis)) {
            return false;
        }
        if (key == null) {
            return true;
        }
        boolean isOutdated = knownByKey.get(key).tailMap(record.offset(), false).values().stream()
                .anyMatch(newer -> isBehindTheLag(newer, nowMillis));
        return isOutdated || (record.value() == null && nowMillis >= horizonsMillis.get(record.offset()));
    }

    private boolean isBehindTheLag(Record record, long nowMillis) {
        return record.timestampMillis() <= nowMillis - compaction.minLagMillis();
    }
}
