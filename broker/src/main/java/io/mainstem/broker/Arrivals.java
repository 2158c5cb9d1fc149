package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a queue makes of a record that is routed to it: its priority, how long it may wait, when it is due, and whether
 * it has been there before. Belongs to the queue's event loop.
 */
final class Arrivals {

    /** A record has arrived now, unless it is older than this: then it is read again after a crash, or was late. */
    private static final long ON_THE_WAY_MILLIS = 1_000;

    private final int maxPriority;
    private final OptionalLong timeToLiveMillis;
    private final Optional<SeenIds> seenIds;

    Arrivals(QueueSettings settings) {
        this.maxPriority = settings.maxPriority();
        this.timeToLiveMillis = settings.number(QueueSettings.MESSAGE_TTL_MS);
        OptionalLong window = settings.number(QueueSettings.DEDUPLICATION_WINDOW_MS);
        this.seenIds = window.isPresent() ? Optional.of(new SeenIds(window.getAsLong())) : Optional.empty();
    }

    int maxPriority() {
        return maxPriority;
    }

    /** Asked once for each record, in their order. */
    boolean isDuplicate(RecordFacts facts, int fact) {
        String id = facts.attributes(fact).deduplicationId();
        return id != null
                && seenIds.map(ids -> ids.isSeen(id, facts.timestampMillis(fact)))
                        .orElse(false);
    }

    /** A record as a message; its due time is 0 if there is none. */
    PendingMessage message(int source, RecordFacts facts, int fact, long nowMillis) {
        MessageAttributes attributes = facts.attributes(fact);
        int priority = Math.min(attributes.priority().orElse(0), maxPriority);
        long arrivedMillis = Math.min(nowMillis, facts.timestampMillis(fact) + ON_THE_WAY_MILLIS);
        long dueMillis = attributes.deliverAtMillis().orElse(0);
        long live = Math.min(
                attributes.timeToLiveMillis().orElse(PendingMessage.NEVER),
                timeToLiveMillis.orElse(PendingMessage.NEVER));
        long from = Math.max(arrivedMillis, dueMillis);
        long expiresAtMillis = live > PendingMessage.NEVER - from ? PendingMessage.NEVER : from + live;
        PendingMessage message =
                new PendingMessage(source, facts.offset(fact), facts.valueBytes(fact), priority, expiresAtMillis);
        message.dueMillis = dueMillis > arrivedMillis ? dueMillis : 0;
        return message;
    }

    /** A record as a message that comes again: its time begins anew, and it is due at once. */
    PendingMessage replayed(int source, RecordFacts facts, int fact, long nowMillis) {
        PendingMessage again = message(source, facts, fact, nowMillis);
        long expiresAtMillis = timeToLiveMillis.isPresent()
                ? Math.min(timeToLiveMillis.getAsLong(), PendingMessage.NEVER - nowMillis) + nowMillis
                : PendingMessage.NEVER;
        PendingMessage message =
                new PendingMessage(source, again.offset, again.valueBytes, again.priority, expiresAtMillis);
        // somebody has had it
        message.deliveryCount = 1;
        return message;
    }

    /** What a snapshot is to say of ids. */
    Optional<ByteBuffer> seenIds() {
        return seenIds.map(SeenIds::encode).filter(ByteBuffer::hasRemaining);
    }

    void restoreSeenIds(List<ByteBuffer> encoded) {
        seenIds.ifPresent(ids -> {
            ids.clear();
            encoded.forEach(ids::addAll);
        });
    }
}
