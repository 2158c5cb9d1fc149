package io.mainstem.bench.result;

import java.util.List;

/**
 * What was seen of one workload.
 *
 * @param name names it for ever, such as {@code produce-100}
 * @param title what it does, in words
 * @param series one for each contestant
 */
public record Outcome(String name, String title, List<Series> series) {

    public Outcome {
        series = List.copyOf(series);
    }
}
