package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of a log: batches from a base offset on, one after the other and nothing else.
 *
 * <p>The thread that commits writes behind the readable bytes and publishes what has become durable; any thread reads
 * what is published. The file stays open until the log and the last reader have let go of it.
 */
final class Segment {

    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    /** The log's own reference is the first. */
    private final AtomicInteger references = new AtomicInteger(1);

    private final String path;
    private final long baseOffset;
    private final DiskFile file;
    private final OffsetIndex index = new OffsetIndex();
    private volatile long readableBytes;
    private volatile long maxTimestampMillis = Long.MIN_VALUE;
    private volatile long startMillis;

    /** Bytes of whole batches. */
    record Region(long position, int sizeInBytes) {}

    /**
     * An empty segment.
     *
     * @param startMillis when it was begun, or long ago when nobody knows
     */
    Segment(String path, long baseOffset, DiskFile file, long startMillis) {
        this.startMillis = startMillis;
        this.path = path;
        this.baseOffset = baseOffset;
        this.file = file;
    }

    String path() {
        return path;
    }

    long baseOffset() {
        return baseOffset;
    }

    DiskFile file() {
        return file;
    }

    /** Everything before this is durable, and whole batches. */
    long readableBytes() {
        return readableBytes;
    }

    /** Of the readable batches; Long.MIN_VALUE when there is none. */
    long maxTimestampMillis() {
        return maxTimestampMillis;
    }

    /** When its first record came: by the clock or by the record, whichever is later. */
    long startMillis() {
        return startMillis;
    }

    /** The batch right behind the readable bytes has become durable. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread publishes
    void publish(RecordBatch batch) {
        if (readableBytes == 0) {
            // The clock counts, too, or a stream of old records would begin a segment with every step.
            startMillis = Math.max(startMillis, batch.maxTimestampMillis());
        }
        index.add(batch.baseOffset(), readableBytes);
        maxTimestampMillis = Math.max(maxTimestampMillis, batch.maxTimestampMillis());
        readableBytes += batch.sizeInBytes();
    }

    /** Removes, durably, whatever was written behind the readable bytes. */
    void discardUnpublished() throws IOException {
        file.truncate(readableBytes);
        file.sync();
    }

    /** Does nothing when the log has let go of the segment. */
    void sync() throws SyncFailedException {
        if (retain()) {
            try {
                file.sync();
            } finally {
                release();
            }
        }
    }

    /** Whole readable batches from the one that holds the offset, at least that one; none when it is not there yet. */
    Region region(long offset, int maxBytes) throws IOException {
        long limit = readableBytes;
        HeaderCursor first = new HeaderCursor(file, index.positionFor(offset), limit);
        do {
            if (first.end() == limit) {
                return new Region(limit, 0);
            }
            if (!first.next()) {
                throw new IOException(path + " has no batch at byte " + first.end());
            }
        } while (first.batch().lastOffset() < offset);
        long wantedEnd = first.position() + Math.max(0, maxBytes);
        if (wantedEnd >= limit) {
            return new Region(first.position(), Math.toIntExact(limit - first.position()));
        }
        long end = first.end();
        HeaderCursor last = new HeaderCursor(file, Math.max(end, index.batchAtOrBefore(wantedEnd)), limit);
        while (last.end() <= wantedEnd) {
            end = last.end();
            if (!last.next()) {
                break;
            }
        }
        return new Region(first.position(), Math.toIntExact(end - first.position()));
    }

    /** All readable batches. */
    HeaderCursor headers() {
        return new HeaderCursor(file, 0, readableBytes);
    }

    /** Keeps the file open until {@link #release}; false when it is too late for that. */
    boolean retain() {
        int count = references.get();
        while (count > 0) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
            count = references.get();
        }
        return false;
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("{} was not closed cleanly: {}", path, e.toString());
            }
        }
    }
}
