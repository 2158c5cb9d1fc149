package io.mainstem.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FlatnessTest {

    private static final int SECONDS = 1_800;
    private static final double MEGABYTES = 200;

    /** Resident memory as a function of the second; all else stays. Killed each 100 seconds but in the middle third. */
    private static List<Sample> samples(DoubleUnaryOperator resident) {
        List<Sample> samples = new ArrayList<>();
        for (int second = 0; second < SECONDS; second += 5) {
            int age = second >= SECONDS / 3 && second < SECONDS * 2 / 3 ? second - SECONDS / 3 + 100 : second % 100;
            samples.add(new Sample(second, 0, age, resident.applyAsDouble(second), 100, 30, 300, 0, 0));
        }
        return samples;
    }

    private static List<String> failed(List<Sample> samples) {
        return new Flatness(samples, SECONDS)
                .judge().stream()
                        .filter(check -> !check.passed())
                        .map(Check::name)
                        .toList();
    }

    @Test
    void whatStaysIsFlat() {
        assertThat(failed(samples(second -> MEGABYTES + second % 7))).isEmpty();
    }

    @Test
    void whatGrowsOverRestartsIsNot() {
        assertThat(failed(samples(second -> second < SECONDS * 2 / 3.0 ? MEGABYTES : 2 * MEGABYTES)))
                .containsExactly("resident memory, MB, over restarts");
    }

    @Test
    void whatGrowsWithinALifeIsNot() {
        double begin = SECONDS / 3.0;
        assertThat(failed(samples(second -> MEGABYTES + (second >= begin && second < 2 * begin ? second - begin : 0))))
                .containsExactly("resident memory, MB, within a life");
    }

    @Test
    void theFirstSecondsOfALifeDoNotCount() {
        assertThat(failed(samples(second -> second % 100 < Flatness.WARM_SECONDS && second > SECONDS * 2 / 3.0
                        ? 10 * MEGABYTES
                        : MEGABYTES)))
                .isEmpty();
    }

    @Test
    void withoutSamplesNothingIsFlat() {
        assertThat(failed(List.of())).hasSize(2 * Flatness.Figure.values().length);
    }

    @Test
    void eachFigureIsJudged() {
        for (Flatness.Figure figure : Flatness.Figure.values()) {
            List<Sample> samples = samples(second -> MEGABYTES).stream()
                    .map(it -> it.second() < SECONDS * 5 / 6.0 ? it : doubled(it, figure))
                    .toList();
            assertThat(failed(samples)).containsExactly(figure.title() + ", over restarts");
        }
    }

    private static Sample doubled(Sample it, Flatness.Figure figure) {
        return new Sample(
                it.second(),
                it.life(),
                it.age(),
                it.residentMegabytes() * (figure == Flatness.Figure.RESIDENT ? 2 : 1),
                it.openFiles() * (figure == Flatness.Figure.OPEN_FILES ? 2 : 1),
                it.threads() * (figure == Flatness.Figure.THREADS ? 2 : 1),
                it.dataMegabytes() * (figure == Flatness.Figure.DATA ? 2 : 1),
                0,
                0);
    }
}
