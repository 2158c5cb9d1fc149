package io.mainstem.broker;

import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The broker keeps its word on an engine that keeps no more than its contract. */
class BrokerSimulationTest {

    private static final int OPERATIONS = 120;

    @Test
    void theInvariantsHoldForEverySeed() {
        simulate(300, HostileGround::new);
    }

    @Test
    void theyHoldOnADiskWithBadDays() {
        simulate(100, FaultyDiskGround::new);
    }

    private static void simulate(int usualSeeds, Function<Random, Ground> groundOf) {
        long first = Long.getLong("mainstem.simulation.first", 0);
        long seeds = Long.getLong("mainstem.simulation.seeds", usualSeeds);
        LongStream.range(first, first + seeds).forEach(seed -> {
            try {
                new BrokerSimulation(seed, groundOf).run(OPERATIONS);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        });
    }
}
