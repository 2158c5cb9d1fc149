package io.mainstem.bench.result;

import java.util.EnumMap;
import java.util.Map;

/** The figures of one run. */
public record Sample(Map<Metric, Double> figures) {

    public Sample {
        figures = Map.copyOf(figures);
    }

    /** With one more figure. */
    public Sample with(Metric metric, double figure) {
        Map<Metric, Double> more = new EnumMap<>(Metric.class);
        more.putAll(figures);
        more.put(metric, figure);
        return new Sample(more);
    }

    /** One that there must be. */
    public double figure(Metric metric) {
        Double figure = figures.get(metric);
        if (figure == null) {
            throw new IllegalArgumentException("no " + metric);
        }
        return figure;
    }

    public static Sample none() {
        return new Sample(Map.of());
    }
}
