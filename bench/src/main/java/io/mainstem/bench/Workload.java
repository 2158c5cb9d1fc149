package io.mainstem.bench;

import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Sample;

/**
 * One thing that every contestant is asked to do in the same way.
 *
 * @param name names it for ever, such as {@code produce-100}
 * @param title what it does, in words
 * @param once whether it takes so long that it is done once, and without a warm-up
 */
record Workload(String name, String title, boolean once, Measurement measurement) {

    Workload(String name, String title, Measurement measurement) {
        this(name, title, false, measurement);
    }

    /** Does it once; the round distinguishes names of topics and queues. */
    interface Measurement {
        Sample run(RunningServer server, int round);
    }
}
