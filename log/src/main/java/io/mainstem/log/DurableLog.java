package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine.DurableListener;
import io.mainstem.engine.Engine.Registration;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A log on the disk: segments in the order of their offsets, of which the last one grows.
 *
 * <p>Whatever changes it is a command to the thread that commits; that thread calls the methods that say so. Reading is
 * for any thread and never waits for that one.
 */
final class DurableLog implements Log {

    private final String directory;
    private final LogStore store;
    private final Admission admission;
    private final Watchers watchers = new Watchers();

    /** Never empty; replaced as a whole. */
    private volatile List<Segment> segments;

    /** Written after the segment that holds the records is readable so far. */
    private volatile long durableEndOffset;

    private volatile boolean deleted;

    /** Set and read by the background: the directory no longer has its name. */
    private volatile boolean removed;

    DurableLog(String directory, LogStore store, List<Segment> segments, Admission admission) {
        this.directory = directory;
        this.store = store;
        this.segments = List.copyOf(segments);
        this.admission = admission;
        this.durableEndOffset = admission.nextOffset();
        admission.settle();
    }

    String directory() {
        return directory;
    }

    @Override
    public CompletionStage<Long> append(ByteBuffer batch, @Nullable Term term) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        store.submit(new Command.Append(this, batch, term, false, done));
        return done;
    }

    @Override
    public CompletionStage<Long> appendFence(ByteBuffer fence) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        store.submit(new Command.Append(this, fence, null, true, done));
        return done;
    }

    @Override
    public CompletionStage<Void> trim(long beforeOffset) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.submit(new Command.Task(() -> store.trim(this, beforeOffset, done), done));
        return done;
    }

    @Override
    public CompletionStage<Void> delete() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.submit(new Command.Task(() -> store.delete(this, done), done));
        return done;
    }

    @Override
    public Bounds bounds() {
        long firstOffset = segments.get(0).baseOffset();
        return new Bounds(firstOffset, durableEndOffset);
    }

    @Override
    public long sizeInBytes() {
        return segments.stream().mapToLong(Segment::readableBytes).sum();
    }

    @Override
    public Registration watch(DurableListener listener) {
        return watchers.add(listener);
    }

    @Override
    public ByteBuffer read(long fromOffset, int maxBytes) {
        Segment segment = retainSegmentWith(fromOffset);
        try {
            return read(segment, segment.region(fromOffset, maxBytes));
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            segment.release();
        }
    }

    @Override
    public Optional<FileSlice> slice(long fromOffset, int maxBytes) {
        Segment segment = retainSegmentWith(fromOffset);
        boolean kept = false;
        try {
            Segment.Region region = segment.region(fromOffset, maxBytes);
            Optional<FileSlice> slice = segment.file()
                    .channel()
                    .map(channel -> new SegmentSlice(segment, channel, region.position(), region.sizeInBytes()));
            kept = slice.isPresent();
            return slice;
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            if (!kept) {
                segment.release();
            }
        }
    }

    @Override
    public Optional<TimedOffset> firstAtOrAfter(long timestampMillis) {
        for (Segment segment : segments) {
            if (segment.maxTimestampMillis() >= timestampMillis) {
                Optional<TimedOffset> found = firstAtOrAfter(segment, timestampMillis);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<TimedOffset> withMaxTimestamp() {
        long largest = Long.MIN_VALUE;
        for (Segment segment : segments) {
            largest = Math.max(largest, segment.maxTimestampMillis());
        }
        return firstAtOrAfter(largest);
    }

    /** Called by the thread that commits. */
    Admission admission() {
        return admission;
    }

    /** Called by the thread that commits. */
    boolean isDeleted() {
        return deleted;
    }

    /** Called by the thread that commits; from now on everything fails. */
    List<Segment> markDeleted() {
        deleted = true;
        return segments;
    }

    /** Called by the background. */
    void markRemoved() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }

    List<Segment> segments() {
        return segments;
    }

    Segment lastSegment() {
        List<Segment> current = segments;
        return current.get(current.size() - 1);
    }

    /** Called by the thread that commits. */
    void replaceSegments(List<Segment> newSegments) {
        segments = List.copyOf(newSegments);
    }

    /** Called by the thread that commits, when its segments are readable to the end. */
    void publishEnd() {
        admission.settle();
        durableEndOffset = admission.nextOffset();
    }

    /** Called by the thread that commits, after {@link #publishEnd}. */
    void tellWatchers() {
        watchers.durable(durableEndOffset);
    }

    /** The segment with an offset, or the last one at the durable end; to be released by the caller. */
    private Segment retainSegmentWith(long offset) {
        while (true) {
            List<Segment> current = segments;
            long end = durableEndOffset;
            if (deleted) {
                throw new EngineException(Kind.UNKNOWN_LOG, directory + " has been deleted");
            }
            long first = current.get(0).baseOffset();
            if (offset < first || offset > end) {
                throw new EngineException(
                        Kind.OFFSET_OUT_OF_RANGE, directory + " has " + first + " to " + end + ", not " + offset);
            }
            Segment segment = segmentWith(current, offset);
            if (segment.retain()) {
                return segment;
            }
            // Trimmed meanwhile: look again.
        }
    }

    private static Segment segmentWith(List<Segment> candidates, long offset) {
        int low = 0;
        int high = candidates.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (candidates.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return candidates.get(low);
    }

    private Optional<TimedOffset> firstAtOrAfter(Segment segment, long timestampMillis) {
        if (!segment.retain()) {
            return Optional.empty();
        }
        try {
            HeaderCursor headers = segment.headers();
            while (headers.next()) {
                if (headers.batch().maxTimestampMillis() >= timestampMillis) {
                    Segment.Region whole = new Segment.Region(
                            headers.position(), headers.batch().sizeInBytes());
                    RecordBatch batch = RecordBatch.of(read(segment, whole));
                    return Optional.of(Timestamps.firstAtOrAfter(batch, timestampMillis));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            segment.release();
        }
    }

    private static ByteBuffer read(Segment segment, Segment.Region region) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(region.sizeInBytes());
        segment.file().read(bytes, region.position());
        if (bytes.hasRemaining()) {
            throw new IOException(segment.path() + " ends early");
        }
        return bytes.flip();
    }

    private EngineException unreadable(IOException cause) {
        return deleted
                ? new EngineException(Kind.UNKNOWN_LOG, directory + " has been deleted", cause)
                : new EngineException(Kind.CLOSED, directory + " cannot be read: " + cause.getMessage(), cause);
    }
}
