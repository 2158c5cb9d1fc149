package io.mainstem.bench.result;

import java.util.Optional;

/**
 * A ratio that is to be reached between medians of the same workload.
 *
 * @param workload of what
 * @param ours the contestant that is to be better
 * @param peer than this one
 * @param bound of ours to the peer's: at least this where more is better, else at most
 */
public record Goal(String workload, String ours, String peer, Metric metric, double bound) {

    /** What the results say; empty if they do not have both. */
    public Optional<Double> ratio(Results results) {
        return results.outcomes().stream()
                .filter(outcome -> outcome.name().equals(workload))
                .findFirst()
                .flatMap(outcome -> median(outcome, ours)
                        .flatMap(mine -> median(outcome, peer).map(theirs -> mine / theirs)));
    }

    public boolean isReached(double ratio) {
        return metric.moreIsBetter() ? ratio >= bound : ratio <= bound;
    }

    private Optional<Double> median(Outcome outcome, String contestant) {
        return outcome.series().stream()
                .filter(series -> series.contestant().equals(contestant))
                .findFirst()
                .flatMap(series -> series.spread(metric))
                .map(Spread::median);
    }
}
