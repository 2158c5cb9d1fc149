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
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A log that ends with the process. An append is done when the call returns. Appends and trims hold the log's lock,
 * which is never held while something else is called; reading takes none.
 */
final class MemoryLog implements Log {

    private final String name;
    private final long limitBytes;
    private final InstantSource clock;
    private final Admission admission = new Admission(0);
    private final Watchers watchers = new Watchers();

    /** Read-only batches by base offset. */
    private final ConcurrentSkipListMap<Long, ByteBuffer> batches = new ConcurrentSkipListMap<>();

    private LogPolicy policy;
    private long sizeInBytes;
    private volatile Bounds bounds = new Bounds(0, 0);
    private volatile boolean deleted;

    MemoryLog(String name, LocalOptions options, LogPolicy policy) {
        this.name = name;
        this.policy = policy;
        this.limitBytes = options.memoryLogBytes();
        this.clock = options.clock();
    }

    @Override
    public CompletionStage<Long> append(ByteBuffer batch, @Nullable Term term) {
        return append(batch, header -> admission.admit(header, term));
    }

    @Override
    public CompletionStage<Long> appendFence(ByteBuffer fence) {
        return append(fence, admission::admitFence);
    }

    @Override
    public ByteBuffer read(long fromOffset, int maxBytes) {
        ensureNotDeleted();
        Bounds now = bounds;
        if (fromOffset < now.firstOffset() || fromOffset > now.durableEndOffset()) {
            throw outOfRange(fromOffset);
        }
        if (fromOffset == now.durableEndOffset()) {
            return ByteBuffer.allocate(0);
        }
        Map.Entry<Long, ByteBuffer> first = batches.floorEntry(fromOffset);
        if (first == null) {
            throw outOfRange(fromOffset); // trimmed meanwhile
        }
        List<ByteBuffer> found = new ArrayList<>();
        found.add(first.getValue());
        int size = first.getValue().remaining();
        for (ByteBuffer batch : batches.tailMap(first.getKey(), false).values()) {
            if (size + batch.remaining() > maxBytes) {
                break;
            }
            found.add(batch);
            size += batch.remaining();
        }
        if (found.size() == 1) {
            return first.getValue().duplicate();
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        found.forEach(batch -> all.put(batch.duplicate()));
        return all.flip();
    }

    @Override
    public Optional<FileSlice> slice(long fromOffset, int maxBytes) {
        return Optional.empty();
    }

    @Override
    public Optional<TimedOffset> firstAtOrAfter(long timestampMillis) {
        ensureNotDeleted();
        long first = bounds.firstOffset();
        for (ByteBuffer bytes : batches.values()) {
            RecordBatch batch = RecordBatch.of(bytes);
            if (batch.maxTimestampMillis() >= timestampMillis) {
                Optional<TimedOffset> found = Timestamps.firstAtOrAfter(batch, first, timestampMillis);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<TimedOffset> withMaxTimestamp() {
        long first = bounds.firstOffset();
        long largest = Long.MIN_VALUE;
        for (ByteBuffer bytes : batches.values()) {
            RecordBatch batch = RecordBatch.of(bytes);
            long ofBatch =
                    batch.baseOffset() >= first ? batch.maxTimestampMillis() : Timestamps.maxMillisFrom(batch, first);
            largest = Math.max(largest, ofBatch);
        }
        return firstAtOrAfter(largest);
    }

    @Override
    public Bounds bounds() {
        return bounds;
    }

    @Override
    public synchronized long sizeInBytes() {
        return sizeInBytes;
    }

    @Override
    public Registration watch(DurableListener listener) {
        return watchers.add(listener);
    }

    @Override
    public synchronized CompletionStage<Void> trim(long beforeOffset) {
        Bounds now = bounds;
        if (beforeOffset > now.durableEndOffset()) {
            return CompletableFuture.failedFuture(outOfRange(beforeOffset));
        }
        if (beforeOffset > now.firstOffset()) {
            letGoBefore(beforeOffset);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Void> configure(LogPolicy newPolicy) {
        policy = newPolicy;
        expire(clock.millis());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public List<ProducerState> producers() {
        return admission.producers().states();
    }

    @Override
    public synchronized CompletionStage<Void> delete() {
        deleted = true;
        batches.clear();
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Long> append(ByteBuffer bytes, Function<RecordBatch, Admission.Place> admit) {
        Admission.Place place;
        try {
            place = store(bytes, admit);
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
        watchers.durable(bounds.durableEndOffset());
        return CompletableFuture.completedFuture(place.baseOffset());
    }

    private void letGoBefore(long firstOffset) {
        // Bounds before batches: a reader that finds a batch gone must find the bound moved.
        bounds = new Bounds(firstOffset, bounds.durableEndOffset());
        while (!batches.isEmpty()) {
            ByteBuffer oldest = batches.firstEntry().getValue();
            if (RecordBatch.of(oldest).nextOffset() > firstOffset) {
                return;
            }
            sizeInBytes -= oldest.remaining();
            batches.pollFirstEntry();
        }
    }

    /** Lets go of what the policy does not keep; a batch is to a log in memory what a segment is on the disk. */
    synchronized void expire(long nowMillis) {
        while (!batches.isEmpty()) {
            ByteBuffer bytes = batches.firstEntry().getValue();
            RecordBatch oldest = RecordBatch.of(bytes);
            if (!Expiry.isPast(
                    policy.retention(),
                    nowMillis - oldest.maxTimestampMillis(),
                    sizeInBytes - bytes.remaining(),
                    bounds.durableEndOffset() - oldest.nextOffset())) {
                return;
            }
            letGoBefore(oldest.nextOffset());
        }
    }

    private synchronized Admission.Place store(ByteBuffer bytes, Function<RecordBatch, Admission.Place> admit) {
        ensureNotDeleted();
        Admission.Place place = admit.apply(RecordBatch.of(bytes));
        if (!place.isRetry()) {
            if (sizeInBytes + bytes.remaining() > limitBytes) {
                admission.revert();
                throw new EngineException(Kind.STORE_FULL, name + " holds " + sizeInBytes + " bytes in memory already");
            }
            // A copy, for the buffer is the caller's again when the append is done.
            ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate());
            batches.put(place.baseOffset(), copy.flip().asReadOnlyBuffer());
            sizeInBytes += bytes.remaining();
            admission.settle();
            bounds = new Bounds(bounds.firstOffset(), admission.nextOffset());
        }
        return place;
    }

    private EngineException outOfRange(long offset) {
        return new EngineException(Kind.OFFSET_OUT_OF_RANGE, name + " has " + bounds + ", not " + offset);
    }

    private void ensureNotDeleted() {
        if (deleted) {
            throw new EngineException(Kind.UNKNOWN_LOG, name + " has been deleted");
        }
    }
}
