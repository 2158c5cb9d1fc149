package io.mainstem.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

    private static final int MOST = 100;

    @Test
    void howeverManyThereAreABoundedNumberIsKeptFromBeginToEnd() {
        Samples samples = new Samples(MOST);
        int taken = 10_000;
        for (int second = 0; second < taken; second++) {
            samples.add(new Sample(second, 0, 0, 0, 0, 0, 0, 0, 0));
        }
        List<Double> seconds = samples.all().stream().map(Sample::second).toList();
        assertThat(seconds).hasSizeBetween(MOST / 2, MOST).isSorted();
        assertThat(seconds.get(0)).isLessThan(taken / 20.0);
        assertThat(seconds.get(seconds.size() - 1)).isGreaterThan(taken * 0.95);
    }
}
