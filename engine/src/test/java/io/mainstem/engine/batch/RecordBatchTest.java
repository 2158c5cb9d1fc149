package io.mainstem.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The batch format, with kafka-clients as the judge. */
class RecordBatchTest {

    @Test
    void whatWeWriteKafkaReads() {
        HeaderWriter headers = new HeaderWriter();
        headers.add("colour", utf8("blue"));
        headers.add("empty", null);
        BatchBuilder builder = new BatchBuilder(16);
        builder.add(1_000, utf8("k1"), utf8("v1"), headers.section());
        builder.add(900, null, null, BatchBuilder.NO_HEADERS);
        builder.add(1_100, utf8(""), utf8("x".repeat(5_000)), BatchBuilder.NO_HEADERS);
        ByteBuffer bytes = builder.build();
        RecordBatch.of(bytes).place(42, 7);

        MemoryRecords records = MemoryRecords.readableRecords(bytes);
        assertThat(RecordBatch.check(bytes, 0)).isEqualTo(RecordBatch.Problem.NONE);
        records.batches().forEach(batch -> {
            batch.ensureValid();
            assertThat(batch.baseOffset()).isEqualTo(42);
            assertThat(batch.lastOffset()).isEqualTo(44);
            assertThat(batch.partitionLeaderEpoch()).isEqualTo(7);
            assertThat(batch.maxTimestamp()).isEqualTo(1_100);
        });
        List<org.apache.kafka.common.record.internal.Record> read = new ArrayList<>();
        records.records().forEach(read::add);
        assertThat(read).extracting(r -> r.timestamp()).containsExactly(1_000L, 900L, 1_100L);
        assertThat(read.get(0).key()).isEqualTo(utf8("k1"));
        assertThat(read.get(0).headers()).extracting(Header::key).containsExactly("colour", "empty");
        assertThat(read.get(0).headers()[1].value()).isNull();
        assertThat(read.get(1).hasKey()).isFalse();
        assertThat(read.get(1).hasValue()).isFalse();
        assertThat(read.get(2).valueSize()).isEqualTo(5_000);
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatKafkaWritesWeRead(CompressionType type) {
        ByteBuffer bytes = MemoryRecords.withRecords(
                        org.apache.kafka.common.compress.Compression.of(type).build(),
                        new SimpleRecord(
                                5,
                                "a".getBytes(StandardCharsets.UTF_8),
                                "1".repeat(9_000).getBytes(StandardCharsets.UTF_8)),
                        new SimpleRecord(3, (byte[]) null, null, new Header[] {new RecordHeader("h", new byte[] {1, 2})
                        }))
                .buffer();

        assertThat(RecordBatch.check(bytes, 0)).isEqualTo(RecordBatch.Problem.NONE);
        RecordReader reader = new RecordReader(RecordBatch.of(bytes));
        Record first = reader.next();
        Record second = reader.next();
        assertThat(reader.hasNext()).isFalse();
        assertThat(first.key()).isEqualTo(utf8("a"));
        assertThat(first.value()).isEqualTo(utf8("1".repeat(9_000)));
        assertThat(first.timestampMillis()).isEqualTo(5);
        assertThat(second.offset()).isEqualTo(first.offset() + 1);
        assertThat(second.key()).isNull();
        assertThat(second.value()).isNull();
        HeaderReader headers = new HeaderReader(second.headers());
        assertThat(headers.next()).isTrue();
        assertThat(headers.name()).isEqualTo(utf8("h"));
        assertThat(headers.value()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(headers.next()).isFalse();
    }

    @Test
    void everyFlippedBitBehindTheLeaderEpochIsFound() {
        ByteBuffer good = oneRecord();
        for (int bit = RecordBatch.MAGIC * 8; bit < good.limit() * 8; bit++) {
            ByteBuffer bad = copy(good);
            bad.put(bit / 8, (byte) (bad.get(bit / 8) ^ (1 << (bit % 8))));
            assertThat(RecordBatch.check(bad, 0)).as("bit %d", bit).isNotEqualTo(RecordBatch.Problem.NONE);
        }
    }

    @Test
    void everyTruncationIsFound() {
        ByteBuffer good = oneRecord();
        for (int length = 0; length < good.limit(); length++) {
            assertThat(RecordBatch.check(copy(good).limit(length), 0)).isEqualTo(RecordBatch.Problem.TRUNCATED);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nonsenseInsideABatchIsACorruptRecordAndNothingElse(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            ByteBuffer bytes = oneRecord();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int index = RecordBatch.HEADER_BYTES + random.nextInt(bytes.limit() - RecordBatch.HEADER_BYTES);
                bytes.put(index, (byte) random.nextInt());
            }
            bytes.putShort(RecordBatch.ATTRIBUTES, (short) random.nextInt(8));
            try {
                RecordReader reader = new RecordReader(RecordBatch.of(bytes));
                while (reader.hasNext()) {
                    HeaderReader headers = new HeaderReader(reader.next().headers());
                    while (headers.next()) {
                        headers.name();
                    }
                }
            } catch (CorruptRecordException expected) {
                assertThat(expected).hasMessageMatching(".+");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                -1,
                1,
                63,
                64,
                -64,
                -65,
                8191,
                8192,
                Integer.MAX_VALUE,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                Long.MIN_VALUE
            })
    void varintsReadBackAndTellTheirSize(long value) {
        ByteBuffer buffer = ByteBuffer.allocate(10);
        Varint.writeLong(value, buffer);
        assertThat(buffer.position()).isEqualTo(Varint.sizeInBytes(value));
        assertThat(Varint.readLong(buffer.flip())).isEqualTo(value);
    }

    @Test
    void aCompressedBombIsRefused() {
        ByteBuffer bytes = MemoryRecords.withRecords(
                        org.apache.kafka.common.compress.Compression.gzip().build(),
                        new SimpleRecord(new byte[1 << 20]))
                .buffer();
        RecordBatch batch = RecordBatch.of(bytes);
        assertThatThrownBy(() -> batch.compression().decompress(batch.recordBytes(), 1 << 16))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("more than 65536 bytes");
    }

    private static ByteBuffer oneRecord() {
        HeaderWriter headers = new HeaderWriter();
        headers.add("name", utf8("value"));
        BatchBuilder builder = new BatchBuilder(16);
        builder.add(1, utf8("key"), utf8("some value"), headers.section());
        return builder.build();
    }

    private static ByteBuffer copy(ByteBuffer from) {
        return ByteBuffer.allocate(from.remaining()).put(from.duplicate()).flip();
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
