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
        Recorder recorder = new Recorder(file, "full", 5, Map.of("cores", "2"));
        recorder.compete(Map.of("Kafka", "theirs"));

        recorder.add(first);
        assertThat(Results.read(file).outcomes()).containsExactly(first);
        recorder.add(second);
        assertThat(Results.read(file).outcomes()).containsExactly(first, second);
        assertThat(Results.read(file).contestants()).containsEntry("Kafka", "theirs");
        assertThat(Results.read(file).profile()).isEqualTo("full");
    }
}
