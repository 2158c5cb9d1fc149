package io.mainstem.server.admin;

import io.mainstem.broker.Topic;
import io.mainstem.engine.Bounds;
import io.mainstem.engine.LocalLogs;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/** A place in every log of a topic. */
@FunctionalInterface
interface Position {

    /** A number, which means something else in each log. */
    record Offset(long offset) implements Position {
        @Override
        public long offsetIn(Topic topic, int partition) {
            return offset;
        }
    }

    /** The offset that it means in one log, as known now; it may lie outside the bounds. */
    long offsetIn(Topic topic, int partition);

    /** The same, or what there is next to it. */
    default long within(Topic topic, int partition) {
        long offset = offsetIn(topic, partition);
        Bounds bounds = topic.bounds(partition);
        return Math.max(bounds.firstOffset(), Math.min(offset, bounds.durableEndOffset()));
    }

    /** @throws Problem when it is neither beginning nor end nor a number nor a time with its offset from UTC */
    static Position parse(String text) {
        if (text.equals("beginning")) {
            return (topic, partition) -> topic.bounds(partition).firstOffset();
        }
        if (text.equals("end")) {
            return (topic, partition) -> topic.bounds(partition).durableEndOffset();
        }
        try {
            long offset = Long.parseLong(text);
            if (offset >= 0) {
                return new Offset(offset);
            }
        } catch (NumberFormatException e) {
            // perhaps a time
        }
        try {
            long millis = OffsetDateTime.parse(text).toInstant().toEpochMilli();
            return (topic, partition) -> firstAtOrAfter(topic, partition, millis);
        } catch (DateTimeException | ArithmeticException e) {
            throw Problem.badRequest("'" + text + "' is no position; it is beginning, end, an offset such as 42, or a"
                    + " time such as 2026-01-31T08:30:00Z");
        }
    }

    private static long firstAtOrAfter(Topic topic, int partition, long millis) {
        // The end is taken first: what is stored meanwhile may be older than the time, and is then left out all the
        // same.
        Bounds bounds = topic.bounds(partition);
        return topic.firstAtOrAfter(partition, millis)
                .map(LocalLogs.TimedOffset::offset)
                .orElse(bounds.durableEndOffset());
    }
}
