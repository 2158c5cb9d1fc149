package io.mainstem.bench;

import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Results;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps what has been seen, so that a run that is broken off is not lost. */
final class Recorder {

    private final Path file;
    private final String profile;
    private final int rounds;
    private final Map<String, String> machine;
    private final Map<String, String> contestants = new LinkedHashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    /** @param file which is written anew after each outcome */
    Recorder(Path file, String profile, int rounds, Map<String, String> machine) {
        this.file = file;
        this.profile = profile;
        this.rounds = rounds;
        this.machine = machine;
    }

    void compete(List<Contestant> all) {
        all.forEach(it -> contestants.put(it.name(), it.description()));
    }

    void compete(Map<String, String> descriptions) {
        contestants.putAll(descriptions);
    }

    void add(Outcome outcome) {
        outcomes.add(outcome);
        String date = LocalDate.now(ZoneOffset.UTC).toString();
        new Results(date, profile, rounds, machine, contestants, outcomes).write(file);
    }
}
