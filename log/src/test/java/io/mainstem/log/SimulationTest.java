package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The log on its worst days. Run more of them with {@code -Dmainstem.simulation.seeds=N}. */
class SimulationTest {

    private static final int SEEDS = Integer.getInteger("mainstem.simulation.seeds", 1_000);
    private static final int FIRST_SEED = Integer.getInteger("mainstem.simulation.first", 1);

    /** A planted fault must show within this many seeds. */
    private static final int SEEDS_TO_FIND_A_FAULT = 500;

    @Test
    void whateverHappensTheLogKeepsItsWord() {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            int current = seed;
            assertThatCode(() -> new Simulation(current, UnaryOperator.identity(), new RecoveryChecks()).run())
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @EnumSource(PlantedFault.class)
    void aPlantedFaultIsFound(PlantedFault fault) {
        int seed = 1;
        while (seed <= SEEDS_TO_FIND_A_FAULT && !isFound(fault, seed)) {
            seed++;
        }
        assertThat(seed).as("seeds until %s is found", fault).isLessThanOrEqualTo(SEEDS_TO_FIND_A_FAULT);
    }

    private static boolean isFound(PlantedFault fault, int seed) {
        try {
            new Simulation(seed, fault::between, fault.checks()).run();
            return false;
        } catch (AssertionError | IOException | RuntimeException e) {
            return true;
        }
    }
}
