package io.mainstem.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoakReportTest {

    @TempDir
    Path directory;

    private static SoakResult result(boolean passed) {
        return new SoakResult(
                "2026-01-01",
                30,
                7,
                Map.of("cores", "2"),
                Map.of("kills", 1L),
                passed ? List.of() : List.of("LOST queue: 1 of source"),
                List.of(new Check("nothing is lost", passed, "0"), new Check("it is flat", true, "1, then 1")),
                List.of(61.5),
                List.of(new Disturbance.Shortage(80, 90, true)),
                List.of(
                        new Sample(0, 0, 0, 100, 50, 30, 10, 1_000, 2_000),
                        new Sample(120, 1, 59, 120, 60, 31, 20, 1_000, 2_000)));
    }

    @Test
    void aRunIsReadAsItWasWritten() {
        Path file = directory.resolve("results/soak.json");
        result(true).write(file);
        assertThat(SoakResult.read(file)).isEqualTo(result(true));
    }

    @Test
    void oneCheckThatFailsLetsTheRunFail() {
        assertThat(result(true).isPassed()).isTrue();
        assertThat(result(false).isPassed()).isFalse();
        assertThat(new SoakReport(result(true)).page()).contains("**Passed.**");
        assertThat(new SoakReport(result(false)).page())
                .contains("**Failed.**", "| nothing is lost | **no** | 0 |", "- LOST queue: 1 of source");
    }

    @Test
    void plotsShowTheFigureTheKillsAndTheTimesWithoutRoom() throws Exception {
        new SoakReport(result(true)).write(directory);
        assertThat(Files.readString(directory.resolve("endurance.md"))).contains("(performance/soak-memory.svg)");
        assertThat(Files.readString(directory.resolve("performance/soak-memory.svg")))
                .startsWith("<svg")
                .contains(
                        "resident memory, MB",
                        ">200</text>",
                        "points=\"50.0,",
                        "stroke=\"#c0392b\"",
                        "<rect",
                        ">2 min</text>");
    }
}
