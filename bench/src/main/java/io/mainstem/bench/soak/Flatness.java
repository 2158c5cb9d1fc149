package io.mainstem.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether the broker stays as large as it was. Medians are compared, of samples that were taken {@link #WARM_SECONDS}
 * after a start or later:
 *
 * <ul>
 *   <li><em>over restarts</em>, the last sixth of the run with the second one;
 *   <li><em>within a life</em>, of the middle third, in which nobody is killed, the last quarter with the second one.
 * </ul>
 *
 * <p>The later one may be a quarter larger, and a little that stands for what a few samples differ by.
 */
final class Flatness {

    static final int WARM_SECONDS = 20;
    static final double FACTOR = 1.25;

    /** What is compared, and what may be added to it. */
    enum Figure {
        RESIDENT("resident memory, MB", 16),
        OPEN_FILES("open files", 16),
        THREADS("threads", 4),
        DATA("data directory, MB", 16);

        private final String title;
        private final double slack;

        Figure(String title, double slack) {
            this.title = title;
            this.slack = slack;
        }

        String title() {
            return title;
        }

        double of(Sample sample) {
            return switch (this) {
                case RESIDENT -> sample.residentMegabytes();
                case OPEN_FILES -> sample.openFiles();
                case THREADS -> sample.threads();
                case DATA -> sample.dataMegabytes();
            };
        }
    }

    private final List<Sample> samples;
    private final double seconds;

    /** @param seconds how long the run was */
    Flatness(List<Sample> samples, double seconds) {
        this.samples = samples;
        this.seconds = seconds;
    }

    List<Check> judge() {
        List<Check> checks = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            checks.add(judge(figure, "over restarts", new double[] {1 / 6.0, 2 / 6.0, 5 / 6.0, 1}));
            checks.add(judge(figure, "within a life", new double[] {5 / 12.0, 6 / 12.0, 7 / 12.0, 8 / 12.0}));
        }
        return checks;
    }

    private Check judge(Figure figure, String when, double[] bounds) {
        double before = median(figure, bounds[0], bounds[1]);
        double after = median(figure, bounds[2], bounds[3]);
        // not a number, for want of samples, is not flat
        boolean flat = after <= before * FACTOR + figure.slack;
        return new Check(
                figure.title() + ", " + when, flat, String.format(Locale.ROOT, "%.1f, then %.1f", before, after));
    }

    private double median(Figure figure, double from, double to) {
        double[] figures = samples.stream()
                .filter(it -> it.second() >= from * seconds && it.second() < to * seconds && it.age() >= WARM_SECONDS)
                .mapToDouble(figure::of)
                .sorted()
                .toArray();
        return figures.length == 0 ? Double.NaN : figures[figures.length / 2];
    }
}
