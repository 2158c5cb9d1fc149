package io.mainstem.broker;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the router found for one queue between two offsets of a log.
 *
 * @param facts of the records there that any queue gets, shared with other queues
 * @param selection which of them the queue gets, ascending; null for all
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Routed(
        Topic topic,
        int partition,
        long fromOffset,
        long throughOffset,
        RecordFacts facts,
        int @Nullable [] selection) {

    /** Visits the records that the queue gets, by their index in the facts. */
    void forEach(IntConsumer visitor) {
        int count = selection == null ? facts.count() : selection.length;
        for (int index = 0; index < count; index++) {
            visitor.accept(selection == null ? index : selection[index]);
        }
    }
}
