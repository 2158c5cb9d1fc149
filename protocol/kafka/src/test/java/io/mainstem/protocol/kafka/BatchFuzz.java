package io.mainstem.protocol.kafka;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordReader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** For the fuzzer: whatever bytes a producer sends as a batch, they are taken and can be read, or are refused. */
public final class BatchFuzz {

    private static final short PRODUCE_VERSION = 9;

    private BatchFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        read(ByteBuffer.wrap(input));
        if (input.length >= RecordBatch.HEADER_BYTES) {
            read(ByteBuffer.wrap(seal(input)));
        }
    }

    private static void read(ByteBuffer bytes) {
        try {
            ByteBuffer taken = ClientBatch.check(MemoryRecords.readableRecords(bytes), PRODUCE_VERSION);
            RecordReader reader = new RecordReader(RecordBatch.of(taken));
            while (reader.hasNext()) {
                reader.next();
            }
        } catch (ApiException | CorruptRecordException e) {
            // what is wrong with it is said
        }
    }

    /** With the length, magic and sum that no chance would find. */
    private static byte[] seal(byte[] input) {
        ByteBuffer batch = ByteBuffer.wrap(input.clone());
        batch.putLong(0, 0);
        batch.putInt(8, input.length - 12);
        batch.put(16, RecordBatch.CURRENT_MAGIC);
        CRC32C sum = new CRC32C();
        sum.update(input, RecordBatch.CRC + 4, input.length - RecordBatch.CRC - 4);
        batch.putInt(RecordBatch.CRC, (int) sum.getValue());
        return batch.array();
    }
}
