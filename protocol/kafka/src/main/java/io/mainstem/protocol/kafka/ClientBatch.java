package io.mainstem.protocol.kafka;

import io.mainstem.engine.batch.Compression;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** What a batch must be to be taken from a client. Looks at its header and its sum, never at its records. */
final class ClientBatch {

    /** The oldest produce request that may hold zstd. */
    private static final short ZSTD_VERSION = 7;

    private ClientBatch() {}

    /**
     * The one batch of a partition, as it lies in the frame.
     *
     * @throws ApiException when Kafka would refuse it too
     */
    static ByteBuffer check(@Nullable BaseRecords records, short version) {
        if (!(records instanceof MemoryRecords memory) || memory.sizeInBytes() == 0) {
            throw new InvalidRecordException("there must be one record batch per partition");
        }
        ByteBuffer bytes = memory.buffer();
        switch (RecordBatch.check(bytes, bytes.position())) {
            case NONE -> {}
            case UNSUPPORTED_MAGIC -> throw unsupported(RecordBatch.of(bytes).magic());
            case CORRUPT_CRC -> throw new CorruptRecordException("the sum of the record batch does not match");
            case TRUNCATED -> throw truncated(bytes);
            case INVALID_COUNT -> throw new InvalidRecordException("the count of records contradicts their offsets");
        }
        RecordBatch batch = RecordBatch.of(bytes);
        if (batch.end() != bytes.limit()) {
            throw new InvalidRecordException("there must be exactly one record batch per partition");
        }
        checkHeader(batch);
        checkCompression(batch, version);
        return bytes;
    }

    /** An old format is a mistake that stays one; another number may be damage on the way. */
    private static ApiException unsupported(byte magic) {
        String problem = "only record batches of magic 2 are taken";
        return magic >= 0 && magic < RecordBatch.CURRENT_MAGIC
                ? new InvalidRecordException(problem)
                : new CorruptRecordException(problem);
    }

    /** A length that no batch has is damage; a plausible one says that the producer sent less than it announced. */
    private static ApiException truncated(ByteBuffer bytes) {
        String problem = "the record batch ends early";
        boolean isPlausible = bytes.remaining() >= RecordBatch.HEADER_BYTES
                && RecordBatch.of(bytes).sizeInBytes() > bytes.remaining();
        return isPlausible ? new InvalidRecordException(problem) : new CorruptRecordException(problem);
    }

    static ApiException noTransactions() {
        return new InvalidTxnStateException("transactions are not supported");
    }

    private static void checkHeader(RecordBatch batch) {
        if (batch.isControl()) {
            throw new InvalidRecordException("clients may not write control records");
        }
        if (batch.isTransactional()) {
            throw noTransactions();
        }
        if (batch.baseOffset() != 0) {
            throw new InvalidRecordException("the base offset is " + batch.baseOffset() + ", it should be 0");
        }
        if (batch.hasLogAppendTime()) {
            throw new InvalidTimestampException("clients may not set the log append time");
        }
        if (batch.producerId() != RecordBatch.NO_PRODUCER_ID
                && (batch.producerId() < 0 || batch.producerEpoch() < 0 || batch.baseSequence() < 0)) {
            throw new InvalidRecordException("producer id, epoch and sequence must go together");
        }
    }

    private static void checkCompression(RecordBatch batch, short version) {
        Compression compression = batch.compression();
        if (compression == Compression.UNKNOWN || (compression == Compression.ZSTD && version < ZSTD_VERSION)) {
            throw new UnsupportedCompressionTypeException("compression " + compression + " in produce " + version);
        }
    }
}
