package io.mainstem.log;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Record;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Batches to append, and what is in those that were read. */
final class Batches {

    private Batches() {}

    /** One record for each value, all with one timestamp. */
    static ByteBuffer at(long timestampMillis, String... values) {
        BatchBuilder builder = new BatchBuilder(128);
        for (String value : values) {
            builder.add(timestampMillis, null, utf8(value), BatchBuilder.NO_HEADERS);
        }
        return builder.build();
    }

    /** One record with a key; without a value it deletes the key. */
    static ByteBuffer keyed(long timestampMillis, String key, @Nullable String value) {
        BatchBuilder builder = new BatchBuilder(128);
        builder.add(timestampMillis, utf8(key), value == null ? null : utf8(value), BatchBuilder.NO_HEADERS);
        return builder.build();
    }

    static ByteBuffer of(String... values) {
        return at(0, values);
    }

    /** As an idempotent producer sends it. */
    static ByteBuffer sequenced(long producerId, int epoch, int baseSequence, String... values) {
        return sequenced(of(values), producerId, epoch, baseSequence);
    }

    static ByteBuffer sequencedAt(long timestampMillis, long producerId, int baseSequence, String... values) {
        return sequenced(at(timestampMillis, values), producerId, 0, baseSequence);
    }

    static ByteBuffer sequenced(ByteBuffer batch, long producerId, int epoch, int baseSequence) {
        batch.putLong(RecordBatch.PRODUCER_ID, producerId);
        batch.putShort(RecordBatch.PRODUCER_EPOCH, (short) epoch);
        batch.putInt(RecordBatch.BASE_SEQUENCE, baseSequence);
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(RecordBatch.ATTRIBUTES));
        return batch.putInt(RecordBatch.CRC, (int) crc.getValue());
    }

    static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }

    /** The batches that stand one after the other in the bytes. */
    static List<RecordBatch> split(ByteBuffer bytes) {
        List<RecordBatch> batches = new ArrayList<>();
        int position = bytes.position();
        while (position < bytes.limit()) {
            RecordBatch batch = RecordBatch.at(bytes, position);
            batches.add(batch);
            position = batch.end();
        }
        return batches;
    }

    /** All records as "offset:value". */
    static List<String> records(ByteBuffer bytes) {
        List<String> records = new ArrayList<>();
        for (RecordBatch batch : split(bytes)) {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                ByteBuffer value = record.value();
                records.add(record.offset() + ":"
                        + (value == null ? "null" : StandardCharsets.UTF_8.decode(value.duplicate())));
            }
        }
        return records;
    }

    /** All records as "offset:key=value". */
    static List<String> keyed(ByteBuffer bytes) {
        List<String> records = new ArrayList<>();
        for (RecordBatch batch : split(bytes)) {
            RecordReader reader = new RecordReader(batch);
            while (reader.hasNext()) {
                Record record = reader.next();
                records.add(record.offset() + ":" + text(record.key()) + "=" + text(record.value()));
            }
        }
        return records;
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? "null"
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
