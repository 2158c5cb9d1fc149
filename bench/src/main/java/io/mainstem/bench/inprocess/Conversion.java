package io.mainstem.bench.inprocess;

import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.util.Statistics;

/** Makes our figures of JMH's. */
final class Conversion {

    private static final double MILLIS_A_SECOND = TimeUnit.SECONDS.toMillis(1);

    private Conversion() {}

    /**
     * The rate, and where the time of each operation was taken the percentiles of that.
     *
     * @param result in operations a second, or in seconds an operation
     */
    static Sample sample(Result<?> result, Comparison comparison) {
        Statistics statistics = result.getStatistics();
        if (!(result instanceof SampleTimeResult)) {
            return rate(result.getScore(), comparison);
        }
        return rate(1 / result.getScore(), comparison)
                .with(Metric.P50_MILLIS, statistics.getPercentile(50) * MILLIS_A_SECOND)
                .with(Metric.P95_MILLIS, statistics.getPercentile(95) * MILLIS_A_SECOND)
                .with(Metric.P99_MILLIS, statistics.getPercentile(99) * MILLIS_A_SECOND);
    }

    private static Sample rate(double operationsPerSecond, Comparison comparison) {
        return Sample.none().with(comparison.rate(), operationsPerSecond * comparison.operationAmount());
    }
}
