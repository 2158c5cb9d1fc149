package io.mainstem.bench.report;

import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Series;
import io.mainstem.bench.result.Spread;
import java.util.List;
import java.util.Locale;

/**
 * A bar for each contestant in each of some workloads and its most telling metric, with the spread as a line. Lengths
 * compare within a workload.
 */
final class Plot {

    private static final List<Metric> TELLING = List.of(
            Metric.THROUGHPUT,
            Metric.MEGABYTES_PER_SECOND,
            Metric.MEAN_MILLIS,
            Metric.P99_MILLIS,
            Metric.MILLIS,
            Metric.KILOBYTES_PER_CONNECTION,
            Metric.RESIDENT_MEGABYTES);

    private static final int WIDTH = 640;
    private static final int LABEL_WIDTH = 120;
    private static final int FIGURE_WIDTH = 90;
    private static final int BAR_HEIGHT = 14;
    private static final int ROW_HEIGHT = 20;
    private static final int TITLE_HEIGHT = 26;
    private static final String OURS = "#1f6f8b";
    private static final String THEIRS = "#b0b7bd";

    private final List<Outcome> outcomes;
    private final StringBuilder bars = new StringBuilder();

    Plot(List<Outcome> outcomes) {
        this.outcomes = outcomes;
    }

    String svg() {
        int y = 0;
        for (Outcome outcome : outcomes) {
            y = bars(outcome, y);
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"".formatted(WIDTH, y)
                + " font-family=\"sans-serif\" font-size=\"12\">\n" + bars + "</svg>\n";
    }

    /** Where the next begin. */
    private int bars(Outcome outcome, int top) {
        Metric metric = TELLING.stream()
                .filter(it -> outcome.series().stream()
                        .anyMatch(series -> series.metrics().contains(it)))
                .findFirst()
                .orElse(Metric.RESIDENT_MEGABYTES);
        double highest = outcome.series().stream()
                .flatMap(series -> series.spread(metric).stream())
                .mapToDouble(Spread::highest)
                .max()
                .orElse(1);
        bars.append("<text x=\"0\" y=\"%d\" font-weight=\"bold\">%s: %s</text>\n"
                .formatted(top + 16, outcome.name(), metric.title()));
        int y = top + TITLE_HEIGHT;
        for (Series series : outcome.series()) {
            bar(series, metric, highest, y, bars);
            y += ROW_HEIGHT;
        }
        return y;
    }

    private static void bar(Series series, Metric metric, double highest, int y, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"0\" y=\"%d\">%s</text>%n", y + BAR_HEIGHT - 3, series.contestant()));
        series.spread(metric).ifPresent(spread -> {
            double scale = (WIDTH - LABEL_WIDTH - FIGURE_WIDTH) / highest;
            double middle = y + BAR_HEIGHT / 2.0;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                    LABEL_WIDTH,
                    y,
                    spread.median() * scale,
                    BAR_HEIGHT,
                    series.ours() ? OURS : THEIRS));
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"black\"/>%n",
                    LABEL_WIDTH + spread.lowest() * scale,
                    LABEL_WIDTH + spread.highest() * scale,
                    middle,
                    middle));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                    LABEL_WIDTH + spread.highest() * scale + 6,
                    y + BAR_HEIGHT - 3,
                    Report.number(spread.median())));
        });
    }
}
