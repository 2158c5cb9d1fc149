package io.mainstem.bench;

import io.mainstem.bench.load.FirstMessage;
import io.mainstem.bench.load.KafkaTools;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.Libraries;
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
import java.util.List;

/** How long each server takes to be there again with much on its disk, after it was killed and after it was stopped. */
final class Restarts {

    private static final int RECORD_BYTES = 1_024;
    private static final int RECORDS = 10_000_000;
    private static final int PARTITIONS = 6;

    private final Libraries libraries;
    private final Path directory;

    Restarts(Libraries libraries, Path directory) {
        this.libraries = libraries;
        this.directory = directory;
    }

    List<Outcome> run(Group group) {
        List<Series> afterKill = new ArrayList<>();
        List<Series> afterStop = new ArrayList<>();
        for (Contestant contestant : group.contestants()) {
            Path data = directory.resolve("restart-" + contestant.name().replaceAll("\\W+", "-"));
            fill(contestant, data);
            afterKill.add(restart("restart-killed", contestant, data));
            afterStop.add(restart("restart-stopped", contestant, data));
            Directories.delete(data);
        }
        return List.of(
                new Outcome(
                        "restart-killed",
                        "from launch to the first acknowledged message with 10 GB on disk, after SIGKILL",
                        afterKill),
                new Outcome("restart-stopped", "the same after an orderly stop", afterStop));
    }

    private void fill(Contestant contestant, Path data) {
        try {
            RunningServer server = contestant.start(Files.createDirectories(data));
            KafkaTools tools = new KafkaTools(libraries, server.address(Protocol.KAFKA));
            tools.createTopic("much", PARTITIONS);
            tools.produce("much", RECORD_BYTES, RECORDS);
            server.kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Series restart(String name, Contestant contestant, Path data) {
        try (RunningServer server = contestant.start(data)) {
            Sample sample = Sample.none()
                    .with(Metric.MILLIS, FirstMessage.millisSinceLaunch(server, Protocol.KAFKA))
                    .with(Metric.RESIDENT_MEGABYTES, server.process().residentMegabytes());
            Progress.say(name, contestant, 1, sample);
            return new Series(contestant.name(), contestant.isOurs(), List.of(sample), "");
        }
    }
}
