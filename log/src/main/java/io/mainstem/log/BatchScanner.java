package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.engine.batch.RecordBatch.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a segment's batches whole, one after the other, and checks each. Not safe for use by several threads. */
final class BatchScanner {

    private static final int CHUNK_BYTES = 1 << 18;

    private final Segment segment;
    private final long end;
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).limit(0);
    private long position;

    BatchScanner(Segment segment) {
        this.segment = segment;
        this.end = segment.readableBytes();
    }

    /**
     * The next batch, valid until the next call; null behind the last.
     *
     * @throws IOException also when the batch is not what was written
     */
    @Nullable
    RecordBatch next() throws IOException {
        if (position == end) {
            return null;
        }
        fill(RecordBatch.HEADER_BYTES);
        long size = RecordBatch.of(chunk).sizeInBytes();
        if (size < RecordBatch.HEADER_BYTES || size > end - position) {
            throw damaged();
        }
        fill((int) size);
        if (RecordBatch.checkStored(chunk, chunk.position()) != Problem.NONE) {
            throw damaged();
        }
        RecordBatch batch = RecordBatch.at(chunk, chunk.position());
        chunk.position(batch.end());
        position += size;
        return batch;
    }

    private void fill(int bytes) throws IOException {
        if (chunk.remaining() >= bytes) {
            return;
        }
        if (chunk.capacity() < bytes) {
            chunk = ByteBuffer.allocate(bytes).put(chunk);
        } else {
            chunk.compact();
        }
        long from = position + chunk.position();
        chunk.limit((int) Math.min(chunk.capacity(), chunk.position() + end - from));
        segment.file().read(chunk, from);
        chunk.flip();
        if (chunk.remaining() < bytes) {
            throw damaged();
        }
    }

    private IOException damaged() {
        return new IOException(segment.path() + " is damaged at byte " + position);
    }
}
