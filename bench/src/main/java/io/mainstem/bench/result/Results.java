package io.mainstem.bench.result;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All that one session has seen.
 *
 * @param date when, in ISO form
 * @param profile {@code quick} or {@code full}
 * @param rounds how often each workload was run that counts
 * @param machine what it ran on, by what it is
 * @param contestants name and description of each
 * @param again the workloads that were run again later, and when
 */
public record Results(
        String date,
        String profile,
        int rounds,
        Map<String, String> machine,
        Map<String, String> contestants,
        List<Outcome> outcomes,
        Map<String, String> again) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public Results {
        outcomes = List.copyOf(outcomes);
        // results from before this was kept
        again = Objects.requireNonNullElse(again, Map.of());
    }

    public void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            JSON.writeValue(file.toFile(), this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Results read(Path file) {
        try {
            return JSON.readValue(file.toFile(), Results.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
