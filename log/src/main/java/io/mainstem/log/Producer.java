package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.batch.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a log remembers of one idempotent producer: its epoch and its last batches. Immutable.
 *
 * @param lastBatches at least one, oldest first
 * @param hasForgotten whether batches of this epoch came before the remembered ones
 * @param lastTimestampMillis largest timestamp of the newest batch
 */
record Producer(short epoch, List<Sent> lastBatches, boolean hasForgotten, long lastTimestampMillis) {

    /** As many as a Kafka producer may have in flight. */
    static final int REMEMBERED_BATCHES = 5;

    /** Sequence numbers run from 0 to Integer.MAX_VALUE and begin again at 0. */
    private static final int SEQUENCE_MASK = Integer.MAX_VALUE;

    /** One batch that was stored. */
    record Sent(int baseSequence, int lastSequence, long baseOffset) {
        static Sent of(RecordBatch batch) {
            int base = batch.baseSequence();
            return new Sent(base, (base + batch.lastOffsetDelta()) & SEQUENCE_MASK, batch.baseOffset());
        }
    }

    static Producer startingWith(RecordBatch placed) {
        return new Producer(placed.producerEpoch(), List.of(Sent.of(placed)), false, placed.maxTimestampMillis());
    }

    /** The producer after a batch that follows the remembered ones. */
    Producer after(RecordBatch placed) {
        if (placed.producerEpoch() != epoch) {
            return startingWith(placed);
        }
        boolean isFull = lastBatches.size() == REMEMBERED_BATCHES;
        List<Sent> batches = new ArrayList<>(isFull ? lastBatches.subList(1, REMEMBERED_BATCHES) : lastBatches);
        batches.add(Sent.of(placed));
        return new Producer(epoch, List.copyOf(batches), hasForgotten || isFull, placed.maxTimestampMillis());
    }

    int lastSequence() {
        return lastBatches.get(lastBatches.size() - 1).lastSequence();
    }

    /**
     * Tells a retry from a batch that comes next.
     *
     * @return the offset of the first copy; empty when the batch comes next
     * @throws EngineException when it is neither
     */
    Optional<Long> firstCopyOf(RecordBatch batch) {
        if (batch.producerEpoch() < epoch) {
            throw refusal(Kind.STALE_PRODUCER_EPOCH, batch, "epoch " + epoch + " was seen");
        }
        Sent sent = Sent.of(batch);
        if (batch.producerEpoch() > epoch) {
            if (sent.baseSequence() != 0) {
                throw refusal(Kind.OUT_OF_ORDER_SEQUENCE, batch, "a new epoch begins at sequence 0");
            }
            return Optional.empty();
        }
        for (Sent earlier : lastBatches) {
            if (earlier.baseSequence() == sent.baseSequence() && earlier.lastSequence() == sent.lastSequence()) {
                return Optional.of(earlier.baseOffset());
            }
        }
        int expected = (lastSequence() + 1) & SEQUENCE_MASK;
        if (sent.baseSequence() == expected) {
            return Optional.empty();
        }
        if (hasForgotten && isBefore(sent.lastSequence(), lastBatches.get(0).baseSequence())) {
            throw refusal(Kind.DUPLICATE_SEQUENCE, batch, "it was stored long ago");
        }
        throw refusal(Kind.OUT_OF_ORDER_SEQUENCE, batch, "sequence " + expected + " comes next");
    }

    /** Whether a sequence number lies in the half of the circle that ends right before another. */
    private static boolean isBefore(int sequence, int other) {
        int distance = (other - sequence) & SEQUENCE_MASK;
        return distance != 0 && distance <= SEQUENCE_MASK / 2;
    }

    private static EngineException refusal(Kind kind, RecordBatch batch, String why) {
        String what = "batch of producer " + batch.producerId() + " epoch " + batch.producerEpoch() + " from sequence "
                + batch.baseSequence();
        return new EngineException(kind, what + ": " + why);
    }
}
