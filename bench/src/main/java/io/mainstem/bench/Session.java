package io.mainstem.bench;

import io.mainstem.bench.Workload.Repetition;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Sample;
import io.mainstem.bench.result.Series;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the workloads of one group: all its servers are up, and take turns round by round. The first round warms up and
 * is not counted.
 */
final class Session {

    private final Path directory;
    private final int rounds;

    /** @param directory where the servers keep their data */
    Session(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    void run(Group group, List<Workload> workloads, Consumer<Outcome> outcomes) {
        List<RunningServer> servers = new ArrayList<>();
        try {
            for (Contestant contestant : group.contestants()) {
                servers.add(contestant.start(directoryOf(contestant)));
            }
            for (Workload workload : workloads) {
                outcomes.accept(run(workload, servers));
            }
        } finally {
            servers.forEach(RunningServer::close);
        }
    }

    private Path directoryOf(Contestant contestant) {
        try {
            return Files.createDirectories(directory.resolve(
                    contestant.name().toLowerCase(java.util.Locale.ROOT).replaceAll("\\W+", "-")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome run(Workload workload, List<RunningServer> servers) {
        List<Runs> all = servers.stream().map(Runs::new).toList();
        int first = workload.repetition() == Repetition.WARM_UP_AND_ROUNDS ? 0 : 1;
        int last = workload.repetition() == Repetition.ONCE ? 1 : rounds;
        for (int round = first; round <= last; round++) {
            for (Runs runs : all) {
                runs.next(workload, round);
            }
        }
        return new Outcome(
                workload.name(),
                workload.title(),
                all.stream().map(Runs::series).toList());
    }

    /** Those of one server. */
    private static final class Runs {
        private final RunningServer server;
        private final List<Sample> samples = new ArrayList<>();
        private String failure = "";

        Runs(RunningServer server) {
            this.server = server;
        }

        /** The first one does not count, and after a failure there are no more. */
        void next(Workload workload, int round) {
            if (!failure.isEmpty()) {
                return;
            }
            try {
                Sample sample = workload.measurement().run(server, round);
                Progress.say(workload.name(), server.contestant(), round, sample);
                if (round > 0) {
                    samples.add(sample);
                }
            } catch (PeerException e) {
                failure = String.valueOf(e.getMessage());
                Progress.say(workload.name(), server.contestant(), failure);
            }
        }

        Series series() {
            Contestant contestant = server.contestant();
            return new Series(contestant.name(), contestant.isOurs(), samples, failure);
        }
    }
}
