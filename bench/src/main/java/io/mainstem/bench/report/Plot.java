package io.mainstem.bench.report;

import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Series;
import io.mainstem.bench.result.Spread;
import java.util.List;
import java.util.Locale;

/** A bar for each contestant and its most telling metric, with the spread as a line. */
final class Plot {

    private static final int WIDTH = 640;
    private static final int LABEL_WIDTH = 120;
    private static final int FIGURE_WIDTH = 90;
    private static final int BAR_HEIGHT = 18;
    private static final int ROW_HEIGHT = 28;
    private static final int TITLE_HEIGHT = 30;
    private static final String OURS = "#1f6f8b";
    private static final String THEIRS = "#b0b7bd";

    private final Outcome outcome;

    Plot(Outcome outcome) {
        this.outcome = outcome;
    }

    String svg() {
        Metric metric =
                List.of(Metric.THROUGHPUT, Metric.MEGABYTES_PER_SECOND, Metric.P99_MILLIS, Metric.MILLIS).stream()
                        .filter(it -> outcome.series().stream()
                                .anyMatch(series -> series.metrics().contains(it)))
                        .findFirst()
                        .orElse(Metric.RESIDENT_MEGABYTES);
        double highest = outcome.series().stream()
                .flatMap(series -> series.spread(metric).stream())
                .mapToDouble(Spread::highest)
                .max()
                .orElse(1);
        int height = TITLE_HEIGHT + ROW_HEIGHT * outcome.series().size();
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<text x=\"0\" y=\"16\" font-weight=\"bold\">%s: %s</text>%n",
                WIDTH,
                height,
                outcome.name(),
                metric.title()));
        int y = TITLE_HEIGHT;
        for (Series series : outcome.series()) {
            bar(series, metric, highest, y, svg);
            y += ROW_HEIGHT;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(Series series, Metric metric, double highest, int y, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"0\" y=\"%d\">%s</text>%n", y + BAR_HEIGHT - 5, series.contestant()));
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
                    y + BAR_HEIGHT - 5,
                    Report.number(spread.median())));
        });
    }
}
