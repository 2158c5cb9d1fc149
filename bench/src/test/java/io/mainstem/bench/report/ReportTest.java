package io.mainstem.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.result.Goal;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Results;
import io.mainstem.bench.result.Sample;
import io.mainstem.bench.result.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page is made of the figures, and of nothing else. */
class ReportTest {

    @TempDir
    Path directory;

    private final Results results = new Results(
            "2026-01-01",
            "full",
            3,
            Map.of("cores", "2"),
            Map.of("Mainstem", "ours"),
            List.of(new Outcome(
                    "produce",
                    "produce records",
                    List.of(series("Mainstem", true, 300, 100, 200), series("Kafka", false, 90, 100, 110)))),
            Map.of("produce", "2026-02-01"));

    private static Series series(String contestant, boolean ours, double... throughputs) {
        return new Series(
                contestant,
                ours,
                DoubleStream.of(throughputs)
                        .mapToObj(figure -> Sample.none().with(Metric.THROUGHPUT, figure))
                        .toList(),
                ours ? "" : "it ended\nlong story");
    }

    @Test
    void figuresAreMediansWithTheirSpread() {
        assertThat(new Report(results, List.of(), "").page())
                .contains("| Mainstem | **200.0** (100.0-300.0) |")
                .contains("| Kafka | **100.0** (90.0-110.0) |")
                .contains("Kafka failed: it ended\n");
    }

    @Test
    void whatWasRunAgainIsNamedWithItsDay() {
        assertThat(new Report(results, List.of(), "").page()).contains("Run again since: produce (2026-02-01).");
    }

    @Test
    void whatIsNotReachedStandsBeforeWhatIs() {
        Goal reached = new Goal("produce", "Mainstem", "Kafka", Metric.THROUGHPUT, 2);
        Goal missed = new Goal("produce", "Mainstem", "Kafka", Metric.THROUGHPUT, 3);
        Goal unknown = new Goal("consume", "Mainstem", "Kafka", Metric.THROUGHPUT, 3);
        String page = new Report(results, List.of(reached, missed, unknown), "Because.\n").page();
        assertThat(page).containsSubsequence("## Not reached", "at least 3.00", "Because.", "## Reached");
        assertThat(page).contains("| **2.00** | at least 3.00 |").doesNotContain("| consume |");
    }

    @Test
    void workloadsThatDifferInSizesShareASectionAndAPlot() throws Exception {
        List<Outcome> outcomes = List.of(
                new Outcome("consume-100-p1", "few", List.of(series("Kafka", false, 10))),
                new Outcome("consume-100-p6", "some", List.of(series("Kafka", false, 20))),
                new Outcome("settle", "ours alone", List.of(series("durable", true, 30))));
        Results sizes = new Results("2026-01-01", "full", 1, Map.of(), Map.of(), outcomes, Map.of());
        new Report(sizes, List.of(), "").write(directory);

        assertThat(directory.resolve("performance")).isDirectoryContaining("glob:**/consume.svg");
        assertThat(directory.resolve("performance/settle.svg")).doesNotExist();
        assertThat(Files.readString(directory.resolve("performance/consume.svg")))
                .contains(">consume-100-p1: messages/s</text>", ">consume-100-p6: messages/s</text>");
        assertThat(Files.readString(directory.resolve("performance.md")))
                .containsOnlyOnce("## consume\n")
                .contains("### consume-100-p1\n", "### consume-100-p6\n", "| Kafka | **20.0** |");
    }

    @Test
    void resultsAreReadAsTheyWereWrittenAndPlotted() throws Exception {
        Path file = directory.resolve("results/full.json");
        results.write(file);
        Results again = Results.read(file);
        assertThat(again).isEqualTo(results);

        new Report(again, List.of(), "").write(directory);

        assertThat(Files.readString(directory.resolve("performance.md"))).contains("(performance/produce.svg)");
        assertThat(Files.readString(directory.resolve("performance/produce.svg")))
                .startsWith("<svg")
                .contains(">Mainstem</text>", ">200.0</text>");
    }
}
