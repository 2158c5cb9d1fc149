package io.mainstem.log;

import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the engine still takes calls. Once it does not, it never does again. */
final class Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    boolean isOpen() {
        return !closed && failure == null;
    }

    /** Takes no more calls, but finishes what it took. */
    void close() {
        closed = true;
    }

    /**
     * Takes no more calls and finishes nothing: what the disk holds is no longer known. Trying again would be worse,
     * for the operating system may report a failed sync only once, and then drop what was to be written.
     */
    synchronized void stop(Throwable cause) {
        if (failure == null) {
            failure = cause;
            LOG.error("the log stops, and takes nothing more until it is opened again: {}", cause.toString(), cause);
        }
    }

    boolean hasStopped() {
        return failure != null;
    }

    EngineException refusal() {
        Throwable cause = failure;
        return cause == null
                ? new EngineException(Kind.CLOSED, "the engine is closed")
                : new EngineException(Kind.CLOSED, "the engine stopped: " + cause.getMessage(), cause);
    }

    EngineException unknownOutcome(Throwable cause) {
        return new EngineException(Kind.UNKNOWN_OUTCOME, "the engine stopped meanwhile: " + cause.getMessage(), cause);
    }
}
