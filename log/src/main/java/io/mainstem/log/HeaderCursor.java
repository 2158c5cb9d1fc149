package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Hops from batch to batch through a file, reading little more than the headers. Not safe for several threads. */
final class HeaderCursor {

    /** A header costs a read call whatever its size; this catches several small batches with one. */
    private static final int WINDOW_BYTES = 4096;

    private final DiskFile file;
    private final long limit;
    private final ByteBuffer window;
    private long windowStart;
    private long position;
    private long end;
    private RecordBatch batch;

    HeaderCursor(DiskFile file, long position, long limit) {
        this.file = file;
        this.limit = limit;
        this.end = position;
        this.position = position;
        this.window = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, Math.max(0, limit - position)))
                .limit(0);
        this.batch = RecordBatch.of(window);
    }

    /** Moves to the next batch; false when nothing that could be one begins there before the limit. */
    boolean next() throws IOException {
        if (end + RecordBatch.HEADER_BYTES > limit) {
            return false;
        }
        if (end < windowStart || end + RecordBatch.HEADER_BYTES > windowStart + window.limit()) {
            windowStart = end;
            window.clear().limit((int) Math.min(window.capacity(), limit - end));
            file.read(window, windowStart);
            window.flip();
            if (window.limit() < RecordBatch.HEADER_BYTES) {
                return false;
            }
        }
        RecordBatch candidate = RecordBatch.at(window, (int) (end - windowStart));
        long size = candidate.sizeInBytes();
        if (size < RecordBatch.HEADER_BYTES || size > limit - end || candidate.magic() != RecordBatch.CURRENT_MAGIC) {
            return false;
        }
        batch = candidate;
        position = end;
        end += size;
        return true;
    }

    /** The current batch, of which only the header may be looked at, until the next move. */
    RecordBatch batch() {
        return batch;
    }

    /** Where the current batch begins in the file. */
    long position() {
        return position;
    }

    /** Where the current batch ends in the file: before the first move, where it was told to begin. */
    long end() {
        return end;
    }
}
