package io.mainstem.broker;

import java.util.Arrays;
import java.util.List;

/**
 * From which offsets on a queue still needs the logs that it gets messages from. Belongs to the queue's event loop.
 *
 * <p>Logs in memory are told, now and then, because memory cannot wait. Those on disk ask.
 */
final class Needs {

    /** So often logs in memory learn what was settled, which costs a look through the first messages. */
    private static final int SETTLED_BETWEEN_LOOKS = 500;

    /** So much later they learn it at least where publishers wait for it. */
    private static final int SOON_MILLIS = 2;

    private final Queue queue;
    private final QueueState state;
    private int settledSinceTold;
    private int settledBetweenLooks = SETTLED_BETWEEN_LOOKS;
    private boolean tellsSoon;

    Needs(Queue queue, QueueState state) {
        this.queue = queue;
        this.state = state;
    }

    /** A message has been settled. */
    void settled() {
        if (++settledSinceTold >= settledBetweenLooks) {
            settledSinceTold = 0;
            tell();
        } else if (!tellsSoon && isWaitedFor()) {
            tellsSoon = true;
            queue.loop()
                    .schedule(
                            () -> {
                                tellsSoon = false;
                                tell();
                            },
                            SOON_MILLIS + settledBetweenLooks / SETTLED_BETWEEN_LOOKS);
        }
    }

    /** Whether a log in memory has no room before it learns what was settled. */
    private boolean isWaitedFor() {
        for (QueueSource source : state.sources()) {
            if (source.topic.isHeld() && source.topic.spec().inMemory()) {
                return true;
            }
        }
        return false;
    }

    /** Tells the logs in memory. */
    void tell() {
        List<QueueSource> sources = state.sources();
        if (sources.stream().anyMatch(source -> source.topic.spec().inMemory())) {
            long[] lowest = state.lowestPending();
            for (QueueSource source : sources) {
                if (source.topic.spec().inMemory()) {
                    source.topic.needs(queue, source.partition, lowest[source.index]);
                }
            }
            // the look takes as long as there are messages in no order
            settledBetweenLooks = SETTLED_BETWEEN_LOOKS
                    + state.heldCount()
                    + (int) Math.min(state.index().delayedCount(), Integer.MAX_VALUE / 2);
        }
    }

    /**
     * The first offset that is needed of each log of a topic; Long.MAX_VALUE where nothing is.
     *
     * @param routed whether records may still come from the topic to the queue
     */
    long[] of(Topic topic, boolean routed) {
        long[] needed = new long[topic.partitions()];
        Arrays.fill(needed, Long.MAX_VALUE);
        long[] lowest = state.lowestPending();
        for (QueueSource source : state.sources()) {
            boolean concerned = source.topic.equals(topic) && source.partition < needed.length;
            boolean holds = lowest[source.index] < source.routedThrough || !source.heldAhead.isEmpty();
            if (concerned && (holds || (routed && !source.isOfRelocated()))) {
                needed[source.partition] = Math.min(needed[source.partition], lowest[source.index]);
            }
        }
        return needed;
    }
}
