package io.mainstem.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Results;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run has seen so far. */
class RecorderTest {

    @TempDir
    Path directory;

    @Test
    void aRunThatIsBrokenOffIsNotLost() {
        Path file = directory.resolve("results/full.json");
        Outcome first = new Outcome("first", "the first", List.of());
        Outcome second = new Outcome("second", "the second", List.of());
        Recorder recorder = Recorder.anew(file, "full", 5, Map.of("cores", "2"));
        recorder.compete(Map.of("Kafka", "theirs"));

        recorder.add(first);
        assertThat(Results.read(file).outcomes()).containsExactly(first);
        recorder.add(second);
        assertThat(Results.read(file).outcomes()).containsExactly(first, second);
        assertThat(Results.read(file).contestants()).containsEntry("Kafka", "theirs");
        assertThat(Results.read(file).profile()).isEqualTo("full");
    }

    @Test
    void whatIsRunAgainTakesThePlaceOfWhatWasSeenOfIt() {
        Path file = directory.resolve("results/full.json");
        Outcome first = new Outcome("first", "the first", List.of());
        Outcome second = new Outcome("second", "the second", List.of());
        Outcome better = new Outcome("first", "the first, again", List.of());
        Recorder.over(
                        file,
                        new Results(
                                "2026-01-01",
                                "full",
                                5,
                                Map.of("cores", "2"),
                                Map.of("Kafka", "theirs"),
                                List.of(first, second),
                                Map.of()))
                .add(better);

        Results results = Results.read(file);
        assertThat(results.outcomes()).containsExactly(better, second);
        assertThat(results.date()).isEqualTo("2026-01-01");
        assertThat(results.again()).containsOnlyKeys("first");
        assertThat(results.contestants()).containsEntry("Kafka", "theirs");
    }
}
