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
import java.util.TreeMap;

/** Keeps what has been seen, so that a run that is broken off is not lost. */
final class Recorder {

    private final Path file;
    private final Results before;
    private final Map<String, String> contestants;
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    private final Map<String, String> again;
    private final boolean anew;

    private Recorder(Path file, Results before, boolean anew) {
        this.file = file;
        this.before = before;
        this.anew = anew;
        this.contestants = new LinkedHashMap<>(before.contestants());
        this.again = new TreeMap<>(before.again());
        before.outcomes().forEach(outcome -> outcomes.put(outcome.name(), outcome));
    }

    /** @param file which is written anew after each outcome */
    static Recorder anew(Path file, String profile, int rounds, Map<String, String> machine) {
        return new Recorder(file, new Results(today(), profile, rounds, machine, Map.of(), List.of(), Map.of()), true);
    }

    /** Replaces some of what a run has seen by what is seen now. */
    static Recorder over(Path file, Results before) {
        return new Recorder(file, before, false);
    }

    void compete(List<Contestant> all) {
        all.forEach(it -> contestants.put(it.name(), it.description()));
    }

    void compete(Map<String, String> descriptions) {
        contestants.putAll(descriptions);
    }

    void add(Outcome outcome) {
        outcomes.put(outcome.name(), outcome);
        if (!anew) {
            again.put(outcome.name(), today());
        }
        new Results(
                        before.date(),
                        before.profile(),
                        before.rounds(),
                        before.machine(),
                        contestants,
                        new ArrayList<>(outcomes.values()),
                        again)
                .write(file);
    }

    private static String today() {
        return LocalDate.now(ZoneOffset.UTC).toString();
    }
}
