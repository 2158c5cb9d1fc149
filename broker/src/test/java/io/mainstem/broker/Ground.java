package io.mainstem.broker;

import io.mainstem.engine.Engine;
import java.util.Set;

/** What a simulated broker stands on, of which a part survives its end. */
interface Ground {

    /**
     * An engine over what is left.
     *
     * @throws RuntimeException when it {@link #hasEnded} again meanwhile
     */
    Engine start(SteppedLoops steps);

    /** The broker ends without a word. */
    void crash();

    /** From now on, or no longer, it behaves as well as it can. */
    void calm(boolean isCalm);

    /** Whether nothing works any more before the next crash. */
    boolean hasEnded();

    /** Whether records may leave their logs before queues have settled them. */
    boolean losesRecords();

    /** Values of records that have left their logs like that. */
    Set<String> lostValues();
}
