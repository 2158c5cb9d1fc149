package io.mainstem.bench.result;

/** Where figures lie. */
public record Spread(double median, double lowest, double highest) {

    /** @param ascending at least one */
    static Spread of(double[] ascending) {
        int middle = ascending.length / 2;
        double median = ascending.length % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
        return new Spread(median, ascending[0], ascending[ascending.length - 1]);
    }
}
