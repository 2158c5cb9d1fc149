package io.mainstem.bench;

import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Sample;

/**
 * One thing that every contestant is asked to do in the same way.
 *
 * @param name names it for ever, such as {@code produce-100}
 * @param title what it does, in words
 * @param group the contestants that do it
 */
record Workload(String name, String title, Group group, Measurement measurement) {

    /** Does it once; the round distinguishes names of topics and queues. */
    interface Measurement {
        Sample run(RunningServer server, int round);
    }
}
