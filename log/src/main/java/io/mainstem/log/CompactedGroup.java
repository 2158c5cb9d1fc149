package io.mainstem.log;

import io.mainstem.engine.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Segments that follow each other, and the one that is written to take their place. */
final class CompactedGroup {

    private static final int BUFFER_BYTES = 1 << 20;

    /** So often what was written is synced, for a long sync would hold up those that appends wait for. */
    private static final int SYNC_BYTES = 8 << 20;

    private final CompactionFiles files;
    private final DurableLog log;
    private final List<Segment> sources;
    private final long end;
    private final Function<RecordBatch, ByteBuffer> filter;
    private final Segment target;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long writtenBytes;
    private long syncedBytes;
    private int nextSource;
    private @Nullable BatchScanner source;
    private boolean hasChanged;
    private volatile boolean inPlace;

    /**
     * Begins the file.
     *
     * @param end the base of the segment behind them
     * @param filter makes of a batch what is left of it, which may be nothing
     */
    CompactedGroup(
            CompactionFiles files,
            DurableLog log,
            List<Segment> sources,
            long end,
            Function<RecordBatch, ByteBuffer> filter)
            throws IOException {
        this.files = files;
        this.log = log;
        this.sources = sources;
        this.end = end;
        this.filter = filter;
        this.target = files.createCleaned(log, sources.get(0).baseOffset());
        this.hasChanged = sources.size() > 1;
    }

    List<Segment> sources() {
        return sources;
    }

    long base() {
        return target.baseOffset();
    }

    /** The base of the segment behind the group. */
    long end() {
        return end;
    }

    Segment target() {
        return target;
    }

    /** Goes on for so many bytes of the sources; false when they have ended. */
    boolean write(int sliceBytes) throws IOException {
        for (int bytes = 0; bytes < sliceBytes; ) {
            RecordBatch batch = source == null ? null : source.next();
            if (batch != null) {
                bytes += batch.sizeInBytes();
                add(batch);
            } else if (nextSource == sources.size()) {
                flush();
                return false;
            } else {
                source = new BatchScanner(sources.get(nextSource++));
            }
        }
        return true;
    }

    /** Called by the thread that commits: readers find the target instead of the sources. */
    void markInPlace() {
        inPlace = true;
    }

    boolean isInPlace() {
        return inPlace;
    }

    /** Whether anything is other than before. */
    boolean isWorthIt() {
        return hasChanged;
    }

    /** Makes durable what the journal has no say about once a mark lies behind it, whether it is replaced or not. */
    void syncSources() throws IOException {
        for (Segment segment : sources) {
            segment.file().sync();
        }
    }

    /** Makes ready what is to take the sources' place. */
    void finish() throws IOException {
        target.file().sync();
        target.completeIndex();
    }

    void discard() throws IOException {
        target.release();
        files.delete(log, target);
    }

    private void add(RecordBatch batch) throws IOException {
        ByteBuffer left = filter.apply(batch);
        hasChanged |=
                left.remaining() != batch.sizeInBytes() || RecordBatch.of(left).crc() != batch.crc();
        if (!left.hasRemaining()) {
            return;
        }
        if (left.remaining() > buffer.remaining()) {
            flush();
        }
        if (left.remaining() > buffer.capacity()) {
            buffer = ByteBuffer.allocate(left.remaining());
        }
        buffer.put(left.duplicate());
        target.publish(RecordBatch.of(left));
    }

    private void flush() throws IOException {
        buffer.flip();
        int bytes = buffer.remaining();
        target.file().write(buffer, writtenBytes);
        buffer.clear();
        writtenBytes += bytes;
        if (writtenBytes - syncedBytes >= SYNC_BYTES) {
            target.file().sync();
            syncedBytes = writtenBytes;
        }
    }
}
