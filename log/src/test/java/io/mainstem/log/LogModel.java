package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.Fence;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be true of one log, from what its callers were told. */
class LogModel {

    /** A batch with a content that no other has. */
    static final class Sent {
        private final long id;
        private final ByteBuffer pristine;
        private final @Nullable Term term;

        /** Attempts that were not refused. */
        private int possibleCopies;

        private long offset = -1;

        Sent(long id, ByteBuffer pristine, @Nullable Term term) {
            this.id = id;
            this.pristine = pristine;
            this.term = term;
        }

        ByteBuffer copy() {
            return Batches.copy(pristine);
        }

        long offset() {
            return offset;
        }

        boolean mayBeStored() {
            return possibleCopies > 0;
        }
    }

    private final LogId id;
    private final Map<Integer, Sent> sentByCrc = new HashMap<>();

    /** Batches that somebody was told of, or has read: they are there for ever. */
    private final NavigableMap<Long, ByteBuffer> known = new TreeMap<>();

    private final List<Term> terms = new ArrayList<>();
    private final List<Retention> policies = new ArrayList<>();
    private long promisedEnd;
    private long trimRequested;
    private long firstOffset;

    LogModel(LogId id) {
        this.id = id;
    }

    LogId id() {
        return id;
    }

    List<Term> terms() {
        return terms;
    }

    long promisedEnd() {
        return promisedEnd;
    }

    /** How the log is compacted, if it is; always the same way. */
    Optional<Compaction> compaction() {
        return Optional.empty();
    }

    Sent sent(long contentId, ByteBuffer pristine, @Nullable Term term) {
        Sent sent = new Sent(contentId, pristine, term);
        assertThat(sentByCrc.put(RecordBatch.of(pristine).crc(), sent)).isNull();
        return sent;
    }

    void attempt(Sent sent) {
        sent.possibleCopies++;
    }

    /** The stage of an attempt completed. */
    void outcome(Sent sent, @Nullable Long offset, @Nullable Throwable failure) {
        if (offset != null) {
            if (sent.offset >= 0) {
                assertThat(offset)
                        .as("retryIsStoredOnce: %s in %s", sent.id, id)
                        .isEqualTo(sent.offset);
            }
            sent.offset = offset;
            promisedEnd =
                    Math.max(promisedEnd, offset + RecordBatch.of(sent.pristine).recordCount());
            learn(offset, placed(sent, offset), "acknowledgedIsKept");
        } else if (failure instanceof EngineException refusal && refusal.kind() != Kind.UNKNOWN_OUTCOME) {
            sent.possibleCopies--;
        }
    }

    void durable(long end) {
        assertThat(end).as("durableEndsGrow in %s", id).isGreaterThanOrEqualTo(promisedEnd);
        promisedEnd = Math.max(promisedEnd, end);
    }

    void trimming(long beforeOffset) {
        trimRequested = Math.max(trimRequested, beforeOffset);
    }

    /** The stage of a trim completed. */
    void trimmed(long beforeOffset) {
        firstOffset = Math.max(firstOffset, beforeOffset);
    }

    /** A policy was set; it, too, may have let go of records from now on. */
    void mayLetGo(Retention policy) {
        policies.add(policy);
    }

    /** Whether a policy allows that the log begins at an offset. */
    boolean letsGo(Retention policy, long first, long end, long nowMillis) {
        boolean isLimited = policy.bytes() != LogPolicy.UNLIMITED || policy.millis() != LogPolicy.UNLIMITED;
        if (!isLimited) {
            return policy.records() != LogPolicy.UNLIMITED && end - first >= policy.records();
        }
        if (policy.bytes() != LogPolicy.UNLIMITED) {
            long fences = terms.stream()
                    .filter(term -> term.epoch() >= first && !known.containsKey(term.epoch()))
                    .count();
            long bytes = known.tailMap(first, true).values().stream()
                    .mapToLong(ByteBuffer::remaining)
                    .sum();
            return bytes + fences * Fence.batch(0).remaining() >= policy.bytes();
        }
        return known.headMap(first, false).values().stream()
                .allMatch(batch -> nowMillis - RecordBatch.of(batch).maxTimestampMillis() > policy.millis());
    }

    /** Some bytes that a reader got for an offset. */
    void read(long fromOffset, ByteBuffer bytes, long nowMillis) {
        List<RecordBatch> batches = Batches.split(bytes);
        if (!batches.isEmpty()) {
            verifyRead(fromOffset, batches, nowMillis);
            promisedEnd = Math.max(promisedEnd, batches.get(batches.size() - 1).nextOffset());
        }
    }

    void verifyRead(long fromOffset, List<RecordBatch> batches, long nowMillis) {
        long next = -1;
        for (RecordBatch batch : batches) {
            if (next < 0) {
                assertThat(fromOffset)
                        .as("readStartsWithItsOffset in %s", id)
                        .isBetween(batch.baseOffset(), batch.lastOffset());
            } else {
                assertThat(batch.baseOffset())
                        .as("offsetsAreContiguous in %s", id)
                        .isEqualTo(next);
            }
            next = batch.nextOffset();
            learn(batch.baseOffset(), batch.bytes(), "noReaderSeesTheUndurable");
        }
    }

    /** All of the log, as it is after a restart. */
    void verify(Bounds bounds, List<RecordBatch> batches, long nowMillis) {
        long first = bounds.firstOffset();
        long end = bounds.durableEndOffset();
        assertThat(mayBegin(first, end, nowMillis))
                .as("whatIsToBeKeptStays in %s: it begins at %s", id, first)
                .isTrue();
        assertThat(first).as("trimmedIsGone in %s", id).isGreaterThanOrEqualTo(firstOffset);
        assertThat(end).as("acknowledgedIsKept in %s: end", id).isGreaterThanOrEqualTo(promisedEnd);
        verifyContent(bounds, batches, nowMillis);
        promisedEnd = end;
        firstOffset = first;
    }

    boolean mayBegin(long first, long end, long nowMillis) {
        return first <= trimRequested || policies.stream().anyMatch(policy -> letsGo(policy, first, end, nowMillis));
    }

    void verifyContent(Bounds bounds, List<RecordBatch> batches, long nowMillis) {
        long first = bounds.firstOffset();
        NavigableMap<Long, ByteBuffer> expected = known.tailMap(first, true);
        // The log may begin in the middle of a batch.
        long start = batches.isEmpty() ? first : batches.get(0).baseOffset();
        assertThat(start).as("readStartsWithItsOffset in %s", id).isLessThanOrEqualTo(first);
        Set<Integer> seen = new HashSet<>();
        long next = start;
        long fence = -1;
        int expectedCount = 0;
        for (RecordBatch batch : batches) {
            assertThat(batch.baseOffset()).as("offsetsAreContiguous in %s", id).isEqualTo(next);
            next = batch.nextOffset();
            ByteBuffer promised = known.get(batch.baseOffset());
            if (promised != null) {
                expectedCount += batch.baseOffset() >= first ? 1 : 0;
                assertThat(batch.bytes())
                        .as("bytesAreUnchanged in %s at %s", id, batch.baseOffset())
                        .isEqualTo(promised);
            }
            Sent sent = sentByCrc.get(batch.crc());
            if (sent == null) {
                assertThat(SimulatedClient.isFence(batch))
                        .as("nothingIsInvented in %s at %s", id, batch.baseOffset())
                        .isTrue();
                fence = batch.baseOffset();
                continue;
            }
            assertThat(batch.bytes())
                    .as("bytesAreUnchanged in %s at %s", id, batch.baseOffset())
                    .isEqualTo(placed(sent, batch.baseOffset()));
            assertThat(sent.possibleCopies)
                    .as("refusedIsNotStored: %s in %s", sent.id, id)
                    .isPositive();
            assertThat(seen.add(batch.crc()))
                    .as("retryIsStoredOnce: %s in %s", sent.id, id)
                    .isTrue();
            if (sent.term != null && sent.offset >= 0 && sent.term.epoch() >= first) {
                assertThat(fence)
                        .as("fencedNeverSucceeds: %s in %s", sent.id, id)
                        .isEqualTo(sent.term.epoch());
            }
        }
        assertThat(next).as("bounds in %s", id).isEqualTo(bounds.durableEndOffset());
        assertThat(expectedCount).as("acknowledgedIsKept in %s", id).isEqualTo(expected.size());
        batches.forEach(batch -> learn(batch.baseOffset(), batch.bytes(), "noReaderSeesTheUndurable"));
    }

    void learn(long offset, ByteBuffer bytes, String invariant) {
        ByteBuffer before = known.putIfAbsent(offset, bytes);
        if (before != null) {
            assertThat(bytes).as("%s: %s at %s", invariant, id, offset).isEqualTo(before);
        }
    }

    static ByteBuffer placed(Sent sent, long offset) {
        ByteBuffer copy = sent.copy();
        RecordBatch.of(copy).place(offset, 0);
        return copy;
    }
}
