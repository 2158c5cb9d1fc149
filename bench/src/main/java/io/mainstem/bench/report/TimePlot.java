package io.mainstem.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One figure over the time of a run.
 *
 * @param title with the unit
 * @param seconds how long the run was
 * @param points in the order of time
 * @param kills seconds at which there is a red line
 * @param bands times that are shaded
 */
public record TimePlot(String title, double seconds, List<Point> points, List<Double> kills, List<Band> bands) {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 200;
    private static final int LEFT = 50;
    private static final int RIGHT = 24;
    private static final int TOP = 30;
    private static final int BOTTOM = 24;
    private static final int LINES = 4;
    private static final double[] ROUND = {1, 2, 2.5, 5, 10};
    private static final double SECONDS_A_MINUTE = 60;
    private static final int MOST_MARKS = 10;
    private static final String OURS = "#1f6f8b";
    private static final String KILL = "#c0392b";
    private static final String SHADE = "#f3e3c3";

    public record Point(double second, double figure) {}

    public record Band(double fromSecond, double toSecond) {}

    public TimePlot {
        points = List.copyOf(points);
        kills = List.copyOf(kills);
        bands = List.copyOf(bands);
    }

    public String svg() {
        double highest =
                LINES * stepFor(points.stream().mapToDouble(Point::figure).max().orElse(1));
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"", WIDTH, HEIGHT);
        add(svg, " font-family=\"sans-serif\" font-size=\"11\">%n");
        add(svg, "<text x=\"0\" y=\"16\" font-size=\"12\" font-weight=\"bold\">%s</text>%n", title);
        for (Band band : bands) {
            double from = x(band.fromSecond());
            add(svg, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\"", from, TOP, Math.max(1, x(band.toSecond()) - from));
            add(svg, " height=\"%d\" fill=\"%s\"/>%n", HEIGHT - TOP - BOTTOM, SHADE);
        }
        figures(svg, highest);
        minutes(svg);
        for (double kill : kills) {
            add(svg, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\"", x(kill), x(kill), TOP);
            add(svg, " y2=\"%d\" stroke=\"%s\" stroke-dasharray=\"2 2\"/>%n", HEIGHT - BOTTOM, KILL);
        }
        add(svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"", OURS);
        points.forEach(point -> add(svg, "%.1f,%.1f ", x(point.second()), y(point.figure(), highest)));
        return svg.append("\"/>\n</svg>\n").toString();
    }

    /** A round number, of which a few reach the highest figure. */
    private static double stepFor(double highest) {
        double least = Math.max(1, highest / LINES);
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return DoubleStream.of(ROUND)
                .map(it -> it * power)
                .filter(step -> step >= least)
                .findFirst()
                .orElse(least);
    }

    private static void figures(StringBuilder svg, double highest) {
        for (int line = 0; line <= LINES; line++) {
            double figure = highest * line / LINES;
            double y = y(figure, highest);
            add(svg, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"", LEFT, WIDTH - RIGHT, y, y);
            add(svg, " stroke=\"#dddddd\"/>%n");
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>%n", LEFT - 6, y + 4, figure);
        }
    }

    private void minutes(StringBuilder svg) {
        int minutes = (int) (seconds / SECONDS_A_MINUTE);
        int each = Math.max(1, (minutes + MOST_MARKS - 1) / MOST_MARKS);
        for (int minute = 0; minute <= minutes; minute += each) {
            add(svg, "<text x=\"%.1f\" y=\"%d\"", x(minute * SECONDS_A_MINUTE), HEIGHT - 6);
            add(svg, " text-anchor=\"middle\">%d min</text>%n", minute);
        }
    }

    private double x(double second) {
        return LEFT + (WIDTH - LEFT - RIGHT) * second / seconds;
    }

    private static double y(double figure, double highest) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * figure / highest;
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
