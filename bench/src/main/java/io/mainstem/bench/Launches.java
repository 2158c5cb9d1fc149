package io.mainstem.bench;

import io.mainstem.bench.load.FirstMessage;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Sample;
import io.mainstem.bench.result.Series;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long each server of a group takes to be there, and what it has in memory then, one after the other. */
final class Launches {

    private static final int REST_MILLIS = 2_000;

    private final Path directory;
    private final int rounds;

    /** @param directory gets the data of each launch, which begins with none */
    Launches(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    Outcome run(Group group) {
        String name = "launch-" + group.name();
        Map<Contestant, List<Sample>> samples = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (Contestant contestant : group.contestants()) {
                Sample sample = launch(contestant, group.protocol(), round);
                Progress.say(name, contestant, round, sample);
                if (round > 0) {
                    samples.computeIfAbsent(contestant, absent -> new ArrayList<>())
                            .add(sample);
                }
            }
        }
        List<Series> series = new ArrayList<>();
        samples.forEach((contestant, all) -> series.add(new Series(contestant.name(), contestant.isOurs(), all, "")));
        return new Outcome(
                name, "from launch to the first acknowledged message, and memory at rest two seconds later", series);
    }

    private Sample launch(Contestant contestant, Protocol protocol, int round) {
        Path data =
                directory.resolve("launch-" + round + "-" + contestant.name().replaceAll("\\W+", "-"));
        try (RunningServer server = contestant.start(Files.createDirectories(data))) {
            double millis = FirstMessage.millisSinceLaunch(server, protocol);
            Thread.sleep(round == 0 ? 0 : REST_MILLIS);
            return Sample.none()
                    .with(Metric.MILLIS, millis)
                    .with(Metric.RESIDENT_MEGABYTES, server.process().residentMegabytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
