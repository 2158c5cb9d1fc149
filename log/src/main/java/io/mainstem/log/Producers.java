package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LocalLogs.ProducerState;
import io.mainstem.engine.batch.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The idempotent producers of one log. Belongs to whoever appends to the log; the lock is for those who only look. */
final class Producers {

    /** Past it the producer that was silent for longest is forgotten. */
    static final int REMEMBERED_PRODUCERS = 10_000;

    /** In the order of their last batch. */
    private final LinkedHashMap<Long, Producer> producers = new LinkedHashMap<>();

    /** What {@link #revert} brings back: producers as they were; empty for one that was unknown. */
    private final Map<Long, Optional<Producer>> before = new HashMap<>();

    /** With producers that are settled, the longest silent first. */
    Producers(Map<Long, Producer> known) {
        producers.putAll(known);
    }

    /** See {@link Producer#firstCopyOf}; an unknown producer may begin anywhere, as Kafka has it. */
    synchronized Optional<Long> firstCopyOf(RecordBatch batch) {
        if (!isSequenced(batch)) {
            return Optional.empty();
        }
        if (batch.baseSequence() < 0) {
            throw new EngineException(Kind.OUT_OF_ORDER_SEQUENCE, "sequence " + batch.baseSequence());
        }
        Producer known = producers.get(batch.producerId());
        return known == null ? Optional.empty() : known.firstCopyOf(batch);
    }

    synchronized void remember(RecordBatch placed) {
        if (isSequenced(placed)) {
            Producer known = producers.remove(placed.producerId());
            before.putIfAbsent(placed.producerId(), Optional.ofNullable(known));
            producers.put(placed.producerId(), known == null ? Producer.startingWith(placed) : known.after(placed));
        }
    }

    /** What was remembered since the last time stays. */
    synchronized void settle() {
        before.clear();
        Iterator<Producer> oldest = producers.values().iterator();
        while (producers.size() > REMEMBERED_PRODUCERS) {
            oldest.next();
            oldest.remove();
        }
    }

    /** What was remembered since {@link #settle} did not happen. */
    synchronized void revert() {
        before.forEach((id, producer) -> {
            producers.remove(id);
            producer.ifPresent(known -> producers.put(id, known));
        });
        before.clear();
    }

    /** Those that are settled. */
    synchronized List<ProducerState> states() {
        List<ProducerState> states = new ArrayList<>();
        settled()
                .forEach((id, producer) -> states.add(new ProducerState(
                        id, producer.epoch(), producer.lastSequence(), producer.lastTimestampMillis())));
        return states;
    }

    /** In the order in which the constructor takes them. */
    synchronized Map<Long, Producer> settled() {
        Map<Long, Producer> settled = new LinkedHashMap<>(producers);
        before.forEach((id, producer) -> {
            if (producer.isPresent()) {
                settled.put(id, producer.get());
            } else {
                settled.remove(id);
            }
        });
        return settled;
    }

    private static boolean isSequenced(RecordBatch batch) {
        return batch.producerId() >= 0 && !batch.isControl();
    }
}
