package io.mainstem.bench.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.mainstem.bench.soak.Disturbance.Shortage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a run has seen.
 *
 * @param date when, in ISO form
 * @param seed repeats the plan, not the run
 * @param machine what it ran on, by what it is
 * @param totals by what they count
 * @param violations the first ones, in words
 * @param checks what was to be seen
 * @param kills seconds from the begin of the run
 */
record SoakResult(
        String date,
        int minutes,
        long seed,
        Map<String, String> machine,
        Map<String, Long> totals,
        List<String> violations,
        List<Check> checks,
        List<Double> kills,
        List<Shortage> shortages,
        List<Sample> samples) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    boolean isPassed() {
        return checks.stream().allMatch(Check::passed);
    }

    void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            JSON.writeValue(file.toFile(), this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SoakResult read(Path file) {
        try {
            return JSON.readValue(file.toFile(), SoakResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
