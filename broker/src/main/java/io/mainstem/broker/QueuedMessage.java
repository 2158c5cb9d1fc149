package io.mainstem.broker;

import io.mainstem.engine.batch.Record;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message as somebody sees it who looks through a queue.
 *
 * @param offset of its record, in a partition of the topic
 * @param deliveryCount how often it was delivered and given back
 * @param dueMillis when a delayed message joins the others, in milliseconds since the epoch
 * @param expiresAtMillis until when it may wait
 * @param record empty when it has left its topic meanwhile, or cannot be decoded
 */
public record QueuedMessage(
        Topic topic,
        int partition,
        long offset,
        State state,
        int priority,
        int deliveryCount,
        OptionalLong dueMillis,
        OptionalLong expiresAtMillis,
        Optional<Record> record) {

    /** Whose turn it is. */
    public enum State {
        /** Somebody has it, and has not answered. */
        HELD,
        /** It waits for a consumer. */
        READY,
        /** It joins those that are ready later. */
        DELAYED
    }

    static QueuedMessage of(PendingMessage message, QueueSource source, State state) {
        return new QueuedMessage(
                source.topic,
                source.partition,
                message.offset,
                state,
                message.priority,
                message.deliveryCount,
                state == State.DELAYED ? OptionalLong.of(message.dueMillis) : OptionalLong.empty(),
                message.expiresAtMillis == PendingMessage.NEVER
                        ? OptionalLong.empty()
                        : OptionalLong.of(message.expiresAtMillis),
                Optional.empty());
    }

    QueuedMessage with(Optional<Record> found) {
        return new QueuedMessage(
                topic, partition, offset, state, priority, deliveryCount, dueMillis, expiresAtMillis, found);
    }
}
