package io.mainstem.protocol.amqp;

import io.mainstem.broker.Topic;
import io.mainstem.engine.Bounds;
import io.mainstem.engine.LocalLogs;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.FieldTable;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where a consumer begins to read a stream, as {@value #ARGUMENT} says it. */
@FunctionalInterface
interface StreamOffset {

    /** The name of the consumer's argument, and of the header of each delivery. */
    String ARGUMENT = "x-stream-offset";

    /** The offset to begin at in one log; may be beyond its end. */
    long in(Topic topic, int partition);

    /**
     * What the arguments of a consumer ask for; throws 406 when that is nothing.
     *
     * @param queue as the virtual host words it
     */
    static StreamOffset of(Map<String, @Nullable Object> arguments, String queue, long nowMillis) {
        Object asked = arguments.getOrDefault(ARGUMENT, "next");
        if (asked instanceof FieldTable.Timestamp timestamp) {
            return since(TimeUnit.SECONDS.toMillis(timestamp.seconds()));
        }
        if (asked instanceof Byte || asked instanceof Short || asked instanceof Integer || asked instanceof Long) {
            long offset = ((Number) asked).longValue();
            return (topic, partition) ->
                    Math.max(offset, topic.bounds(partition).firstOffset());
        }
        if (asked instanceof String text) {
            return named(text, queue, nowMillis);
        }
        throw invalid(queue, String.valueOf(asked));
    }

    private static StreamOffset named(String text, String queue, long nowMillis) {
        return switch (text) {
            case "first" -> (topic, partition) -> topic.bounds(partition).firstOffset();
            case "last" -> StreamOffset::last;
            case "next" -> (topic, partition) -> topic.bounds(partition).durableEndOffset();
            default -> since(nowMillis - ageMillis(text, queue));
        };
    }

    private static long ageMillis(String text, String queue) {
        OptionalLong age = Age.millis(text);
        if (age.isEmpty()) {
            throw invalid(queue, "{longstr,<<\"" + text + "\">>}");
        }
        return age.getAsLong();
    }

    private static StreamOffset since(long timestampMillis) {
        return (topic, partition) -> topic.firstAtOrAfter(partition, timestampMillis)
                .map(LocalLogs.TimedOffset::offset)
                .orElseGet(() -> topic.bounds(partition).durableEndOffset());
    }

    private static long last(Topic topic, int partition) {
        Bounds bounds = topic.bounds(partition);
        return Math.max(bounds.firstOffset(), bounds.durableEndOffset() - 1);
    }

    private static AmqpException invalid(String queue, String value) {
        return Failures.precondition(
                "invalid arg '" + ARGUMENT + "' for " + queue + ": {invalid_stream_offset_arg," + value + "}");
    }
}
