package io.mainstem.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that have lost records, with kafka-clients as the judge. */
class BatchFilterTest {

    private static final long BASE_OFFSET = 1_000;
    private static final long HORIZON = 77_000;

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void kafkaReadsTheRecordsThatAreLeftAsTheyWere(CompressionType type) {
        Random random = new Random(type.id);
        for (int round = 0; round < 200; round++) {
            ByteBuffer original = batch(type, random);
            boolean[] keeps = new boolean[RecordBatch.of(original).recordCount()];
            int keptCount = 0;
            for (int i = 0; i < keeps.length; i++) {
                keeps[i] = random.nextBoolean();
                keptCount += keeps[i] ? 1 : 0;
            }
            ByteBuffer filtered = filter(original, record -> keeps[(int) (record.offset() - BASE_OFFSET)]);
            if (keptCount == 0) {
                assertThat(filtered.hasRemaining()).isFalse();
                continue;
            }
            assertThat(RecordBatch.checkStored(filtered, 0)).isEqualTo(RecordBatch.Problem.NONE);
            List<String> expected = new ArrayList<>();
            for (String record : describe(original)) {
                int offset = Integer.parseInt(record, 0, record.indexOf(' '), 10);
                if (keeps[(int) (offset - BASE_OFFSET)]) {
                    expected.add(record);
                }
            }
            assertThat(describe(filtered)).as("round %d", round).isEqualTo(expected);
            assertSameFrame(filtered, original);
        }
    }

    @Test
    void aBatchThatKeepsEverythingKeepsItsBytes() {
        ByteBuffer original = withValues("a", "b");
        assertThat(filter(original, record -> true)).isEqualTo(original);
    }

    @Test
    void theFirstFilteringThatKeepsATombstoneSetsTheHorizon() {
        ByteBuffer filtered = filter(withValues("a", null), record -> true);
        assertThat(kafkas(filtered).deleteHorizonMs()).hasValue(HORIZON);
        assertThat(RecordBatch.of(filtered).deleteHorizonMillis()).isEqualTo(HORIZON);
        assertThat(describe(filtered)).isEqualTo(describe(withValues("a", null)));
        assertThat(timestampsByUs(filtered)).isEqualTo(timestampsByUs(withValues("a", null)));
    }

    @Test
    void aLaterFilteringLeavesTheHorizonAsItIs() {
        ByteBuffer once = filter(withValues("a", null, "c"), record -> true);
        ByteBuffer twice =
                BatchFilter.apply(RecordBatch.of(once), record -> record.offset() != BASE_OFFSET, HORIZON + 1);
        assertThat(kafkas(twice).deleteHorizonMs()).hasValue(HORIZON);
        assertThat(describe(twice))
                .isEqualTo(describe(withValues("a", null, "c")).subList(1, 3));
    }

    @Test
    void withoutATombstoneThereIsNoHorizon() {
        ByteBuffer filtered = filter(withValues("a", null, "c"), record -> record.value() != null);
        assertThat(kafkas(filtered).deleteHorizonMs()).isEmpty();
    }

    @Test
    void theLargestTimestampIsOfARecordThatIsLeft() {
        ByteBuffer filtered = filter(withValues("a", "b", "c"), record -> record.offset() < BASE_OFFSET + 2);
        assertThat(kafkas(filtered).maxTimestamp()).isEqualTo(101);
    }

    @Test
    void theTimeOfAppendingStaysTheTimeOfAll() {
        ByteBuffer original = withValues("a", null, "c");
        MemoryRecords.readableRecords(original)
                .batches()
                .iterator()
                .next()
                .setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 5_000);
        ByteBuffer filtered = filter(original, record -> record.offset() < BASE_OFFSET + 2);
        assertThat(kafkas(filtered).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(describe(filtered)).isEqualTo(describe(original).subList(0, 2));
    }

    @Test
    void noProducerMaySendABatchWithGaps() {
        ByteBuffer filtered = filter(withValues("a", "b"), record -> record.offset() == BASE_OFFSET);
        assertThat(RecordBatch.check(filtered, 0)).isEqualTo(RecordBatch.Problem.INVALID_COUNT);
    }

    private static ByteBuffer filter(ByteBuffer batch, Predicate<Record> keeps) {
        return BatchFilter.apply(RecordBatch.of(batch), keeps, HORIZON);
    }

    private static void assertSameFrame(ByteBuffer filtered, ByteBuffer original) {
        DefaultRecordBatch ours = kafkas(filtered);
        DefaultRecordBatch before = kafkas(original);
        assertThat(ours.baseOffset()).isEqualTo(before.baseOffset());
        assertThat(ours.lastOffset()).isEqualTo(before.lastOffset());
        assertThat(ours.producerId()).isEqualTo(before.producerId());
        assertThat(ours.producerEpoch()).isEqualTo(before.producerEpoch());
        assertThat(ours.baseSequence()).isEqualTo(before.baseSequence());
        assertThat(ours.lastSequence()).isEqualTo(before.lastSequence());
        assertThat(ours.partitionLeaderEpoch()).isEqualTo(before.partitionLeaderEpoch());
        assertThat(ours.compressionType()).isEqualTo(before.compressionType());
    }

    private static DefaultRecordBatch kafkas(ByteBuffer batch) {
        return (DefaultRecordBatch) MemoryRecords.readableRecords(batch.duplicate())
                .batches()
                .iterator()
                .next();
    }

    private static List<String> describe(ByteBuffer batch) {
        DefaultRecordBatch kafkas = kafkas(batch);
        kafkas.ensureValid();
        List<String> records = new ArrayList<>();
        for (org.apache.kafka.common.record.internal.Record record : kafkas) {
            record.ensureValid();
            records.add(record.offset() + " " + record.timestamp() + " " + record.sequence() + " " + text(record.key())
                    + " " + text(record.value()) + " " + List.of(record.headers()));
        }
        assertThat(records).hasSize(kafkas.countOrNull());
        return records;
    }

    private static List<Long> timestampsByUs(ByteBuffer batch) {
        RecordReader reader = new RecordReader(RecordBatch.of(batch));
        List<Long> timestamps = new ArrayList<>();
        while (reader.hasNext()) {
            timestamps.add(reader.next().timestampMillis());
        }
        return timestamps;
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null ? "none" : Utils.utf8(bytes.duplicate());
    }

    private static ByteBuffer batch(CompressionType type, Random random) {
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(20)];
        for (int i = 0; i < records.length; i++) {
            byte[] key = random.nextInt(5) == 0 ? null : bytes("key" + random.nextInt(5));
            byte[] value = random.nextInt(4) == 0 ? null : bytes("v".repeat(random.nextInt(300)));
            Header[] headers = random.nextBoolean()
                    ? new Header[0]
                    : new Header[] {new RecordHeader("colour", bytes("blue")), new RecordHeader("none", null)};
            records[i] = new SimpleRecord(1_000_000 + random.nextInt(5_000), key, value, headers);
        }
        return MemoryRecords.withIdempotentRecords(
                        BASE_OFFSET,
                        org.apache.kafka.common.compress.Compression.of(type).build(),
                        42L,
                        (short) 3,
                        random.nextInt(Integer.MAX_VALUE),
                        7,
                        records)
                .buffer();
    }

    private static ByteBuffer withValues(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(100 + i, bytes("key" + i), values[i] == null ? null : bytes(values[i]));
        }
        ByteBuffer batch = MemoryRecords.withRecords(
                        BASE_OFFSET, org.apache.kafka.common.compress.Compression.NONE, records)
                .buffer();
        assertThat(StreamSupport.stream(kafkas(batch).spliterator(), false)).hasSize(values.length);
        return batch;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
