package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of a log: batches from a base offset on, one after the other and nothing else.
 *
 * <p>The thread that commits writes behind the readable bytes and publishes what has become durable; any thread reads
 * what is published. The file is opened when it is first needed, and let go of when the log and the last reader have.
 */
final class Segment {

    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    private static final int INDEX_WORTH_KEEPING_BYTES = 1 << 20;

    /** The log's own reference is the first. */
    private final AtomicInteger references = new AtomicInteger(1);

    private final SegmentFiles files;
    private volatile String path;
    private final long baseOffset;
    private @Nullable DiskFile file;

    /** While the segment is written; afterwards it is on the disk, and the cache has it for whoever reads. */
    private volatile @Nullable SegmentIndex ownIndex;

    private volatile long readableBytes;
    private volatile long maxTimestampMillis = Long.MIN_VALUE;
    private volatile long startMillis;

    /** Bytes of whole batches. */
    record Region(long position, int sizeInBytes) {}

    /**
     * What can be known of a segment without opening its file.
     *
     * @param sizeInBytes of its readable batches
     * @param maxTimestampMillis of these; Long.MIN_VALUE when there is none
     * @param startMillis when it was begun, or long ago when nobody knows
     */
    record Extent(long sizeInBytes, long maxTimestampMillis, long startMillis) {
        static Extent empty(long startMillis) {
            return new Extent(0, Long.MIN_VALUE, startMillis);
        }
    }

    Segment(SegmentFiles files, String path, long baseOffset, Extent extent) {
        this.files = files;
        this.path = path;
        this.baseOffset = baseOffset;
        this.readableBytes = extent.sizeInBytes();
        this.maxTimestampMillis = extent.maxTimestampMillis();
        this.startMillis = extent.startMillis();
    }

    String path() {
        return path;
    }

    /** Of a file beside it with the same base. */
    String path(String suffix) {
        return path.substring(0, path.length() - Layout.SEGMENT.length()) + suffix;
    }

    long baseOffset() {
        return baseOffset;
    }

    synchronized DiskFile file() throws IOException {
        DiskFile open = file;
        if (open == null) {
            open = files.disk().open(path);
            file = open;
        }
        return open;
    }

    private synchronized void close() throws IOException {
        if (file != null) {
            file.close();
        }
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

    Extent extent() {
        return new Extent(readableBytes, maxTimestampMillis, startMillis);
    }

    /** Must have been called before {@link #publish}; reads the file when that was written by an earlier process. */
    void prepareToPublish() throws IOException {
        if (ownIndex == null) {
            ownIndex = readableBytes == 0
                    ? new SegmentIndex(baseOffset)
                    : files.indexFiles().load(this, readableBytes);
            files.indexes().remove(this);
        }
    }

    /** The batch right behind the readable bytes has become durable. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread publishes
    void publish(RecordBatch batch) {
        SegmentIndex index = ownIndex;
        if (index == null) {
            throw new IllegalStateException(path + " is not prepared");
        }
        if (readableBytes == 0) {
            // The clock counts, too, or a stream of old records would begin a segment with every step.
            startMillis = Math.max(startMillis, batch.maxTimestampMillis());
        }
        index.add(batch, readableBytes);
        maxTimestampMillis = Math.max(maxTimestampMillis, batch.maxTimestampMillis());
        readableBytes += batch.sizeInBytes();
    }

    /** Nothing will be published any more. */
    void completeIndex() {
        SegmentIndex index = ownIndex;
        if (index != null) {
            index.complete();
        }
    }

    /** From now on the index is what the disk has. */
    void dropIndex() {
        ownIndex = null;
    }

    /** Whether to find out again what is in memory would take a while. */
    boolean isIndexWorthKeeping() {
        return ownIndex != null && readableBytes >= INDEX_WORTH_KEEPING_BYTES;
    }

    SegmentIndex index() throws IOException {
        SegmentIndex index = ownIndex;
        return index == null ? files.indexes().get(this) : index;
    }

    /** Called by the background. */
    void rename(String newPath) throws IOException {
        file().rename(newPath);
        path = newPath;
    }

    /** Removes, durably, whatever was written behind the readable bytes. */
    void discardUnpublished() throws IOException {
        file().truncate(readableBytes);
        file().sync();
    }

    /** Does nothing when the log has let go of the segment. */
    void sync() throws SyncFailedException {
        if (retain()) {
            try {
                file().sync();
            } catch (SyncFailedException e) {
                throw e;
            } catch (IOException e) {
                throw (SyncFailedException) new SyncFailedException(e.getMessage()).initCause(e);
            } finally {
                release();
            }
        }
    }

    /** Whole readable batches from the one that holds the offset, at least that one; none when it is not there yet. */
    Region region(long offset, int maxBytes) throws IOException {
        long limit = readableBytes;
        HeaderCursor first = cursorFor(offset, limit);
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
        HeaderCursor last = new HeaderCursor(file(), Math.max(end, index().batchAtOrBefore(wantedEnd)), limit);
        while (last.end() <= wantedEnd) {
            end = last.end();
            if (!last.next()) {
                break;
            }
        }
        return new Region(first.position(), Math.toIntExact(end - first.position()));
    }

    /** All readable batches, but for some at the start that end before an offset. */
    HeaderCursor headersFrom(long offset) throws IOException {
        return cursorFor(offset, readableBytes);
    }

    private HeaderCursor cursorFor(long offset, long limit) throws IOException {
        long start = index().positionFor(offset);
        if (start > 0 && ownIndex == null) {
            HeaderCursor probe = new HeaderCursor(file(), start, limit);
            if (!probe.next() || probe.batch().lastOffset() > offset) {
                LOG.warn("the index of {} is damaged", path);
                start = files.indexes().rebuild(this).positionFor(offset);
            }
        }
        return new HeaderCursor(file(), start, limit);
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
            files.indexes().remove(this);
            try {
                close();
            } catch (IOException e) {
                LOG.warn("{} was not closed cleanly: {}", path, e.toString());
            }
        }
    }
}
