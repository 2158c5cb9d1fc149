package io.mainstem.engine.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * How the records of a batch are compressed. The codecs are those of kafka-clients, and this is the only class of the
 * house outside the Kafka adapter that knows them.
 */
public enum Compression {
    NONE(0),
    GZIP(1),
    SNAPPY(2),
    LZ4(3),
    ZSTD(4),
    /** An id that nobody has defined; its batches can be stored and fetched but not decoded. */
    UNKNOWN(7);

    private final int id;

    Compression(int id) {
        this.id = id;
    }

    static Compression ofId(int id) {
        return id <= ZSTD.id ? values()[id] : UNKNOWN;
    }

    /**
     * Decompresses the records of a batch.
     *
     * @throws CorruptRecordException when the bytes are no valid compressed data, or become longer than the limit
     */
    ByteBuffer decompress(ByteBuffer compressed, int limitBytes) {
        if (this == NONE) {
            return compressed;
        }
        if (this == UNKNOWN) {
            throw new CorruptRecordException("unknown compression");
        }
        try (InputStream in =
                codec().wrapForInput(compressed.duplicate(), RecordBatch.CURRENT_MAGIC, BufferSupplier.NO_CACHING)) {
            return readAll(in, Math.max(1024, 4 * compressed.remaining()), limitBytes);
        } catch (IOException | RuntimeException e) {
            throw new CorruptRecordException("cannot decompress " + this + " records: " + e.getMessage());
        }
    }

    /** Compresses the records of a batch. Not for UNKNOWN, of which nothing can be decoded. */
    ByteBuffer compress(ByteBuffer records) {
        if (this == NONE) {
            return records;
        }
        ByteBufferOutputStream compressed = new ByteBufferOutputStream(Math.max(512, records.remaining() / 2));
        try (OutputStream out = codec().wrapForOutput(compressed, RecordBatch.CURRENT_MAGIC)) {
            out.write(records.array(), records.arrayOffset() + records.position(), records.remaining());
        } catch (IOException e) {
            throw new UncheckedIOException("compressing in memory", e);
        }
        return compressed.buffer().flip();
    }

    private org.apache.kafka.common.compress.Compression codec() {
        return org.apache.kafka.common.compress.Compression.of(CompressionType.forId(id))
                .build();
    }

    private static ByteBuffer readAll(InputStream in, int expectedBytes, int limitBytes) throws IOException {
        byte[] bytes = new byte[Math.min(expectedBytes, limitBytes)];
        int length = 0;
        while (true) {
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return ByteBuffer.wrap(bytes, 0, length);
            }
            length += read;
            if (length == bytes.length) {
                if (length >= limitBytes) {
                    throw new EOFException("more than " + limitBytes + " bytes");
                }
                bytes = Arrays.copyOf(bytes, (int) Math.min(2L * length, limitBytes));
            }
        }
    }
}
