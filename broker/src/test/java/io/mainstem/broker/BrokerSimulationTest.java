package io.mainstem.broker;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The broker keeps its word on an engine that keeps no more than its contract. */
class BrokerSimulationTest {

    private static final int OPERATIONS = 120;

    @Test
    void theInvariantsHoldForEverySeed() {
        long first = Long.getLong("mainstem.simulation.first", 0);
        long seeds = Long.getLong("mainstem.simulation.seeds", 300);
        LongStream.range(first, first + seeds).forEach(seed -> {
            try {
                new BrokerSimulation(seed).run(OPERATIONS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        });
    }
}
