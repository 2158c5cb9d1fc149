package io.mainstem.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import org.junit.jupiter.api.Test;

/** What the peers' tools print, as figures. */
class ToolOutputTest {

    @Test
    void aProducerTellsItsThroughputAndLatencies() {
        Sample sample = KafkaTools.produced("""
                250000 records sent, 49990.0 records/sec (4.77 MB/sec), 10.0 ms avg latency, 99.0 ms max latency.
                500000 records sent, 348918.4 records/sec (33.28 MB/sec), 36.20 ms avg latency, 139.00 ms max latency,\
                 37 ms 50th, 90 ms 95th, 95 ms 99th, 97 ms 99.9th.
                """);
        assertThat(sample.figures())
                .containsEntry(Metric.THROUGHPUT, 348918.4)
                .containsEntry(Metric.P50_MILLIS, 37.0)
                .containsEntry(Metric.P95_MILLIS, 90.0)
                .containsEntry(Metric.P99_MILLIS, 95.0);
    }

    @Test
    void aConsumerTellsItsThroughputWithoutTheTimeToJoin() {
        Sample sample = KafkaTools.consumed(
                "2026-01-01 10:00:00:000, 2026-01-01 10:00:03:000, 95.36, 31.8, 1000000, 333333.3, 2000, 1000, 95.4,"
                        + " 1000000.0\n\n");
        assertThat(sample.figure(Metric.THROUGHPUT)).isEqualTo(1_000_000.0);
    }

    @Test
    void oneAtATimeTellsWhatAMessageTakesFromEndToEnd() {
        Sample sample =
                KafkaTools.sentOneAtATime("Avg latency: 0.7123 ms\n\nPercentiles: 50th = 1, 99th = 7, 99.9th = 20\n");
        assertThat(sample.figures()).containsEntry(Metric.MEAN_MILLIS, 0.7123).containsEntry(Metric.P99_MILLIS, 7.0);
    }

    @Test
    void perfTestTellsWhatWasReceivedAndHowLongItTook() {
        Sample sample = PerfTest.measured("""
                id: test, sending rate avg: 73200 msg/s
                id: test, receiving rate avg: 73176 msg/s
                id: test, consumer latency min/median/75th/95th/99th 810/8320/11000/26470/34590 µs
                """);
        assertThat(sample.figures())
                .containsEntry(Metric.THROUGHPUT, 73176.0)
                .containsEntry(Metric.P50_MILLIS, 8.32)
                .containsEntry(Metric.P99_MILLIS, 34.59);
    }

    @Test
    void whatIsNotUnderstoodIsAFailureAndNoFigure() {
        assertThatThrownBy(() -> KafkaTools.produced("Connection refused"))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("Connection refused");
        assertThatThrownBy(() -> PerfTest.measured("id: test, sending rate avg: 1 msg/s"))
                .isInstanceOf(PeerException.class);
        assertThatThrownBy(() -> KafkaTools.consumed("")).isInstanceOf(PeerException.class);
    }
}
