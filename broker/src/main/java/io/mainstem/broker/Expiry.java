package io.mainstem.broker;

import io.mainstem.engine.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles the messages of one queue that have left their logs before anybody took them: retention, trimming and
 * compaction win over queues. All that went together is settled together. Belongs to the queue's event loop.
 */
final class Expiry {

    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final Queue queue;
    private final QueueState state;

    Expiry(Queue queue, QueueState state) {
        this.queue = queue;
        this.state = state;
    }

    /** Looks whether a log begins later than when this was asked last. */
    void check(QueueSource source) {
        try {
            long firstOffset = source.topic.bounds(source.partition).firstOffset();
            if (firstOffset > source.goneBelow) {
                long knownGoneBelow = source.goneBelow;
                source.goneBelow = firstOffset;
                gone(source, knownGoneBelow, firstOffset);
            }
        } catch (EngineException e) {
            // Of a log that is closed or deleted nobody needs to know where it begins.
        }
    }

    /** A message was not found because its log begins later; the router may have told of it after others had gone. */
    void outOfRange(QueueSource source, long offset) {
        source.goneBelow = 0;
        check(source);
        gone(source, offset, offset + 1);
    }

    void checkAll() {
        state.sources().forEach(this::check);
    }

    /** There are no records any more from one offset up to another. */
    void gone(QueueSource source, long fromOffset, long throughOffset) {
        long count = state.expire(source, fromOffset, throughOffset);
        if (count > 0) {
            LOG.warn(
                    "Queue '{}': {} messages expire, because offsets {} to {} of {}-{} have left the log",
                    queue.name(),
                    count,
                    fromOffset,
                    throughOffset - 1,
                    source.topic.name(),
                    source.partition);
            queue.expired(count);
        }
    }
}
