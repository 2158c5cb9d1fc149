package io.mainstem.bench;

import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Sample;

/**
 * One thing that every contestant is asked to do in the same way.
 *
 * @param name names it for ever, such as {@code produce-100}
 * @param title what it does, in words
 */
record Workload(String name, String title, Repetition repetition, Measurement measurement) {

    /** How often it is done. */
    enum Repetition {
        /** In every round, and before the first once more, which is not counted. */
        WARM_UP_AND_ROUNDS,
        /** In every round, and it warms up by itself. */
        ROUNDS,
        /** Once, since it takes long. */
        ONCE
    }

    Workload(String name, String title, Measurement measurement) {
        this(name, title, Repetition.WARM_UP_AND_ROUNDS, measurement);
    }

    /** Does it once; the round distinguishes names of topics and queues. */
    interface Measurement {
        Sample run(RunningServer server, int round);
    }
}
