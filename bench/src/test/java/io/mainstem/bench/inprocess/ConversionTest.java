package io.mainstem.bench.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.results.ThroughputResult;
import org.openjdk.jmh.util.SampleBuffer;

/** What JMH has measured becomes figures with our units. */
class ConversionTest {

    private static final Percentage A_BUCKET = Percentage.withPercentage(2);

    @Test
    void operationsBecomeWhatTheyDoInASecond() {
        ThroughputResult result =
                new ThroughputResult(ResultRole.PRIMARY, "read", 300, TimeUnit.SECONDS.toNanos(3), TimeUnit.SECONDS);
        assertThat(Conversion.sample(result, comparison(Metric.THROUGHPUT, 20)).figures())
                .containsOnlyKeys(Metric.THROUGHPUT)
                .hasEntrySatisfying(
                        Metric.THROUGHPUT, figure -> assertThat(figure).isCloseTo(2_000, within(1e-6)));
    }

    @Test
    void timesOfOperationsBecomeMillisecondsAndARate() {
        SampleBuffer times = new SampleBuffer();
        for (int millis = 1; millis <= 100; millis++) {
            times.add(TimeUnit.MILLISECONDS.toNanos(millis));
        }
        SampleTimeResult result = new SampleTimeResult(ResultRole.PRIMARY, "append", times, TimeUnit.SECONDS);
        Sample sample = Conversion.sample(result, comparison(Metric.MEGABYTES_PER_SECOND, 2));
        assertThat(sample.figure(Metric.P50_MILLIS)).isCloseTo(50.5, A_BUCKET);
        assertThat(sample.figure(Metric.P95_MILLIS)).isCloseTo(95, A_BUCKET);
        assertThat(sample.figure(Metric.P99_MILLIS)).isCloseTo(99, A_BUCKET);
        assertThat(sample.figure(Metric.MEGABYTES_PER_SECOND)).isCloseTo(2 / 0.0505, A_BUCKET);
    }

    private static Comparison comparison(Metric rate, double operationAmount) {
        return new Comparison("name", "title", rate, operationAmount, List.of());
    }
}
