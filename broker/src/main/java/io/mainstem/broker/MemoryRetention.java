package io.mainstem.broker;

import io.mainstem.engine.Engine;
import io.mainstem.engine.LogId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets go of the records of a log in memory once every queue that was bound to the topic has settled them: memory is
 * for what is still wanted. Safe for use by several threads.
 */
final class MemoryRetention {

    private final Engine engine;
    private final LogId log;
    private final Map<Queue, Long> neededFrom = new HashMap<>();
    private final Runnable trimmed;
    private long trimmedBelow;

    /** @param trimmed called when the log has become smaller */
    MemoryRetention(Engine engine, LogId log, Runnable trimmed) {
        this.engine = engine;
        this.log = log;
        this.trimmed = trimmed;
    }

    /** A queue wants what comes from an offset on; told before anything of that can be routed. */
    synchronized void expect(Queue queue, long fromOffset) {
        neededFrom.merge(queue, fromOffset, Math::min);
    }

    /** A queue has settled everything below an offset. */
    synchronized void needs(Queue queue, long fromOffset) {
        neededFrom.put(queue, fromOffset);
        trim();
    }

    /** Who has not settled everything, as far as is known. */
    synchronized List<Queue> queues() {
        return List.copyOf(neededFrom.keySet());
    }

    /** A queue wants nothing more. */
    synchronized void forget(Queue queue) {
        neededFrom.remove(queue);
        trim();
    }

    /** Nobody is bound, and everything below an offset was passed by. */
    synchronized void passedBy(long endOffset) {
        if (neededFrom.isEmpty()) {
            trim(endOffset);
        }
    }

    private void trim() {
        neededFrom.values().stream().min(Long::compare).ifPresent(this::trim);
    }

    private void trim(long beforeOffset) {
        if (beforeOffset > trimmedBelow) {
            trimmedBelow = beforeOffset;
            engine.trim(log, beforeOffset).thenRun(trimmed);
        }
    }
}
