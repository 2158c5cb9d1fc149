package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a batch may enter a log, and gives it its offset. Belongs to whoever appends to the log, and is one
 * step ahead of durability: {@link #settle} says that the step was made, {@link #revert} that it was not.
 */
final class Admission {

    private static final long NO_FENCE = -1;

    /** One writer, so that nothing asks for leader epochs; a batch with another one was torn. */
    static final int LEADER_EPOCH = 0;

    private final Producers producers;
    private long nextOffset;
    private long settledNextOffset;
    private long fence = NO_FENCE;
    private long settledFence = NO_FENCE;

    /**
     * Where a batch stands.
     *
     * @param isRetry it stands there already and is not to be stored again
     */
    record Place(long baseOffset, boolean isRetry) {}

    Admission(long nextOffset) {
        this(nextOffset, Map.of());
    }

    Admission(long nextOffset, Map<Long, Producer> knownProducers) {
        this.producers = new Producers(knownProducers);
        this.nextOffset = nextOffset;
        this.settledNextOffset = nextOffset;
    }

    /** The offset of the next batch. */
    long nextOffset() {
        return nextOffset;
    }

    /**
     * Gives the batch its place.
     *
     * @param term the term it is written in, if any
     * @throws EngineException when it may not enter
     */
    Place admit(RecordBatch batch, @Nullable Term term) {
        if (term != null && term.epoch() != fence) {
            throw new EngineException(Kind.FENCED, "term " + term.epoch() + " of " + term.stateLog() + " has ended");
        }
        Optional<Long> firstCopy = producers.firstCopyOf(batch);
        if (firstCopy.isPresent()) {
            return new Place(firstCopy.get(), true);
        }
        long offset = nextOffset;
        batch.place(offset, LEADER_EPOCH);
        producers.remember(batch);
        nextOffset = batch.nextOffset();
        return new Place(offset, false);
    }

    /** Begins a term with its fence; every earlier term ends. */
    Place admitFence(RecordBatch batch) {
        Place place = admit(batch, null);
        fence = place.baseOffset();
        return place;
    }

    /** Learns at start that compaction has left nothing before an offset. */
    void skipTo(long offset) {
        nextOffset = Math.max(nextOffset, offset);
    }

    /**
     * Learns at start of a batch that is in the log.
     *
     * @param producersKnownBefore what came before this offset, the producers know
     */
    void replay(RecordBatch stored, long producersKnownBefore) {
        if (stored.baseOffset() >= producersKnownBefore) {
            producers.remember(stored);
        }
        nextOffset = stored.nextOffset();
    }

    /** May be called by any thread. */
    Producers producers() {
        return producers;
    }

    void settle() {
        producers.settle();
        settledNextOffset = nextOffset;
        settledFence = fence;
    }

    void revert() {
        producers.revert();
        nextOffset = settledNextOffset;
        fence = settledFence;
    }
}
