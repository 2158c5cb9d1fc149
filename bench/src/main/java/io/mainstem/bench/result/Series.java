package io.mainstem.bench.result;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The runs of one contestant in one workload, in their order.
 *
 * @param failure why there are no more of them; empty if it went well
 */
public record Series(String contestant, boolean ours, List<Sample> samples, String failure) {

    public Series {
        samples = List.copyOf(samples);
    }

    /** The metrics of which there are figures. */
    public Set<Metric> metrics() {
        Set<Metric> metrics = new TreeSet<>();
        samples.forEach(sample -> metrics.addAll(sample.figures().keySet()));
        return metrics;
    }

    /** Median, lowest and highest of a metric; empty if there is no figure of it. */
    public Optional<Spread> spread(Metric metric) {
        double[] figures = samples.stream()
                .filter(sample -> sample.figures().containsKey(metric))
                .mapToDouble(sample -> sample.figure(metric))
                .sorted()
                .toArray();
        return figures.length == 0 ? Optional.empty() : Optional.of(Spread.of(figures));
    }
}
