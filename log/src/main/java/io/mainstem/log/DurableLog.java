package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine.DurableListener;
import io.mainstem.engine.Engine.Registration;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs.ProducerState;
import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Of it and of everything before it nothing can be read any more. Grows before segments go. */
    private volatile long firstOffset;

    /** Written after the segment that holds the records is readable so far. */
    private volatile long durableEndOffset;

    /** What compaction has come to; see {@link Marks}. Written by the background. */
    private volatile long compactedBefore;

    /** Written by the compactor. */
    private volatile long dirtyFrom;

    /** Segments that are no longer the log's, and whose files must stay a while. Written by the background. */
    private volatile List<Segment> keptBack = List.of();

    private volatile LogPolicy policy = LogPolicy.KEEP;
    private volatile boolean deleted;

    /** Set and read by the background: the directory no longer has its name. */
    private volatile boolean removed;

    DurableLog(String directory, LogStore store, List<Segment> segments, Admission admission, Marks marks) {
        this.directory = directory;
        this.store = store;
        this.segments = List.copyOf(segments);
        this.admission = admission;
        this.firstOffset = marks.firstOffset();
        this.compactedBefore = marks.compactedBefore();
        this.dirtyFrom = marks.dirtyFrom();
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
    public CompletionStage<Void> configure(LogPolicy newPolicy) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.submit(new Command.Task(() -> store.configure(this, newPolicy, done), done));
        return done;
    }

    @Override
    public List<ProducerState> producers() {
        return admission.producers().states();
    }

    @Override
    public CompletionStage<Void> delete() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        store.submit(new Command.Task(() -> store.delete(this, done), done));
        return done;
    }

    @Override
    public Bounds bounds() {
        // The first offset must be read first: it never passes an end that was read later.
        long first = firstOffset;
        return new Bounds(first, durableEndOffset);
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
        return onRegion(fromOffset, maxBytes, DurableLog::read);
    }

    @Override
    public Optional<FileSlice> slice(long fromOffset, int maxBytes) {
        return onRegion(fromOffset, maxBytes, SegmentSlice::of);
    }

    @Override
    public Optional<TimedOffset> firstAtOrAfter(long timestampMillis) {
        long first = firstOffset;
        for (Segment segment : segments) {
            if (segment.maxTimestampMillis() >= timestampMillis) {
                Optional<TimedOffset> found = firstAtOrAfter(segment, first, timestampMillis);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<TimedOffset> withMaxTimestamp() {
        long first = firstOffset;
        long largest = Long.MIN_VALUE;
        for (Segment segment : segments) {
            // Of a segment that the log begins in, what is gone must not count.
            long ofSegment = segment.baseOffset() >= first
                    ? segment.maxTimestampMillis()
                    : maxTimestampMillisFrom(segment, first);
            largest = Math.max(largest, ofSegment);
        }
        return firstAtOrAfter(largest);
    }

    long compactedBefore() {
        return compactedBefore;
    }

    void compactedBefore(long offset) {
        compactedBefore = offset;
    }

    long dirtyFrom() {
        return dirtyFrom;
    }

    void dirtyFrom(long offset) {
        dirtyFrom = offset;
    }

    /** Oldest first, up to the log's first segment. */
    List<Segment> keptBack() {
        return keptBack;
    }

    void keepBack(List<Segment> kept) {
        keptBack = List.copyOf(kept);
    }

    /** Whether files are there that hold nothing of the log any more. */
    boolean hasLeftovers() {
        List<Segment> current = segments;
        return !keptBack.isEmpty() || (current.size() > 1 && current.get(1).baseOffset() <= firstOffset);
    }

    LogPolicy policy() {
        return policy;
    }

    /** Called by the thread that commits. */
    void follow(LogPolicy newPolicy) {
        policy = newPolicy;
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

    /** Called when nothing else runs any more. */
    Checkpoint.ClosedLog closedLog() {
        Map<Long, Segment.Extent> extents = new LinkedHashMap<>();
        keptBack.forEach(segment -> extents.put(segment.baseOffset(), segment.extent()));
        segments.forEach(segment -> extents.put(segment.baseOffset(), segment.extent()));
        return new Checkpoint.ClosedLog(
                directory,
                new Marks(firstOffset, compactedBefore, dirtyFrom),
                durableEndOffset,
                extents,
                admission.producers().settled());
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

    /** Called by the thread that commits; false, and nothing happens, when the log has let go of one of the sources. */
    boolean exchange(List<Segment> sources, Segment target) {
        List<Segment> all = segments;
        int from = all.indexOf(sources.get(0));
        int to = from + sources.size();
        if (from < 0 || to > all.size() || !all.subList(from, to).equals(sources)) {
            return false;
        }
        List<Segment> exchanged = new ArrayList<>(all.subList(0, from));
        exchanged.add(target);
        exchanged.addAll(all.subList(to, all.size()));
        segments = List.copyOf(exchanged);
        return true;
    }

    /** Called by the thread that commits; returns the segments that have nothing left to read. */
    List<Segment> letGoBefore(long newFirstOffset) {
        List<Segment> all = segments;
        int count = 0;
        while (count < all.size() - 1 && all.get(count + 1).baseOffset() <= newFirstOffset) {
            count++;
        }
        firstOffset = newFirstOffset;
        segments = List.copyOf(all.subList(count, all.size()));
        return List.copyOf(all.subList(0, count));
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

    /** What is done with whole batches of a segment that cannot go meanwhile. */
    @FunctionalInterface
    private interface RegionReader<T> {
        T read(Segment segment, Segment.Region region) throws IOException;
    }

    /** With the batches from an offset on; when a segment has none left behind it, with those of the next one. */
    private <T> T onRegion(long fromOffset, int maxBytes, RegionReader<T> reader) {
        long offset = fromOffset;
        while (true) {
            List<Segment> current = segments;
            Segment segment = retainSegmentWith(offset);
            try {
                Segment.Region region = segment.region(offset, maxBytes);
                int index = current.indexOf(segment);
                if (region.sizeInBytes() > 0 || index == current.size() - 1) {
                    return reader.read(segment, region);
                }
                // Compaction took the rest of the segment; or there is another list of segments by now: look again.
                offset = index < 0 ? offset : current.get(index + 1).baseOffset();
            } catch (IOException e) {
                if (segments.contains(segment)) {
                    throw unreadable(e);
                }
                // It went before its file was opened: look again.
            } finally {
                segment.release();
            }
        }
    }

    /** The segment with an offset, or the last one at the durable end; to be released by the caller. */
    private Segment retainSegmentWith(long offset) {
        while (true) {
            List<Segment> current = segments;
            long end = durableEndOffset;
            if (deleted) {
                throw new EngineException(Kind.UNKNOWN_LOG, directory + " has been deleted");
            }
            long first = firstOffset;
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

    private Optional<TimedOffset> firstAtOrAfter(Segment segment, long fromOffset, long timestampMillis) {
        if (!segment.retain()) {
            return Optional.empty();
        }
        try {
            long noneBefore = segment.index().offsetFor(timestampMillis);
            HeaderCursor headers = segment.headersFrom(Math.max(fromOffset, noneBefore));
            while (headers.next()) {
                RecordBatch header = headers.batch();
                if (header.lastOffset() >= fromOffset && header.maxTimestampMillis() >= timestampMillis) {
                    Optional<TimedOffset> found =
                            Timestamps.firstAtOrAfter(read(segment, headers), fromOffset, timestampMillis);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        } finally {
            segment.release();
        }
    }

    private long maxTimestampMillisFrom(Segment segment, long fromOffset) {
        long largest = Long.MIN_VALUE;
        if (segment.retain()) {
            try {
                HeaderCursor headers = segment.headersFrom(fromOffset);
                while (headers.next()) {
                    RecordBatch header = headers.batch();
                    if (header.baseOffset() >= fromOffset) {
                        largest = Math.max(largest, header.maxTimestampMillis());
                    } else if (header.lastOffset() >= fromOffset) {
                        largest = Math.max(largest, Timestamps.maxMillisFrom(read(segment, headers), fromOffset));
                    }
                }
            } catch (IOException e) {
                throw unreadable(e);
            } finally {
                segment.release();
            }
        }
        return largest;
    }

    private static RecordBatch read(Segment segment, HeaderCursor headers) throws IOException {
        int size = headers.batch().sizeInBytes();
        return RecordBatch.of(read(segment, new Segment.Region(headers.position(), size)));
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
                : new EngineException(Kind.UNREADABLE, directory + " cannot be read: " + cause.getMessage(), cause);
    }
}
