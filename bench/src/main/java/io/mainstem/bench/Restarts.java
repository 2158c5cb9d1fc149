package io.mainstem.bench;

import io.mainstem.bench.load.FirstMessage;
import io.mainstem.bench.load.KafkaTools;
import io.mainstem.bench.load.PerfTest;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.PeerException;
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
import java.util.function.Consumer;

/**
 * How long each server takes to be there again with much on its disk, after it was killed and after it was stopped.
 * They are filled, measured and deleted one after the other, so that the disk has to hold the data of one alone.
 */
final class Restarts {

    private static final int MESSAGE_BYTES = 10 * 1_024;
    private static final int MESSAGES = 1_000_000;
    private static final int FILL_SECONDS = 300;
    private static final int PARTITIONS = 6;

    private final Libraries libraries;
    private final Path directory;

    /** @param directory gets the data, as long as it is needed */
    Restarts(Libraries libraries, Path directory) {
        this.libraries = libraries;
        this.directory = directory;
    }

    void run(Group group, Consumer<Outcome> outcomes) {
        Protocol protocol = group.protocol();
        String killed = "restart-" + group.name() + "-killed";
        String stopped = "restart-" + group.name() + "-stopped";
        List<Series> afterKill = new ArrayList<>();
        List<Series> afterStop = new ArrayList<>();
        for (Contestant contestant : group.contestants()) {
            Path data = directory.resolve("restart-" + contestant.name().replaceAll("\\W+", "-"));
            List<Sample> samples = new ArrayList<>();
            String failure = "";
            try {
                Progress.time("restart", contestant, () -> fill(contestant, protocol, data));
                samples.add(restart(killed, contestant, protocol, data));
                samples.add(restart(stopped, contestant, protocol, data));
            } catch (PeerException e) {
                failure = String.valueOf(e.getMessage());
                Progress.say(killed, contestant, failure);
            } finally {
                Directories.delete(data);
            }
            afterKill.add(series(contestant, samples.subList(0, Math.min(1, samples.size())), failure));
            afterStop.add(series(contestant, samples.subList(Math.min(1, samples.size()), samples.size()), failure));
        }
        String what = protocol == Protocol.AMQP ? "in a queue" : "on disk";
        outcomes.accept(new Outcome(
                killed,
                "from launch to the first acknowledged message with 10 GB " + what + ", after SIGKILL and once the"
                        + " operating system has written all that it held",
                afterKill));
        outcomes.accept(new Outcome(stopped, "the same after an orderly stop", afterStop));
    }

    private static Series series(Contestant contestant, List<Sample> samples, String failure) {
        return new Series(contestant.name(), contestant.isOurs(), samples, failure);
    }

    private void fill(Contestant contestant, Protocol protocol, Path data) {
        try {
            RunningServer server = contestant.start(Files.createDirectories(data));
            try {
                String address = server.address(protocol);
                if (protocol == Protocol.KAFKA) {
                    KafkaTools tools = new KafkaTools(libraries, address);
                    tools.createTopic("much", PARTITIONS);
                    tools.fill("much", MESSAGE_BYTES, MESSAGES);
                } else {
                    int published =
                            new PerfTest(libraries, address).publish("much", MESSAGE_BYTES, MESSAGES, FILL_SECONDS);
                    if (published < MESSAGES) {
                        throw new PeerException("only " + published + " messages in " + FILL_SECONDS + " seconds");
                    }
                }
            } finally {
                server.kill();
            }
            var unused = new ProcessBuilder("sync").start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Sample restart(String name, Contestant contestant, Protocol protocol, Path data) {
        try (RunningServer server = contestant.start(data)) {
            Sample sample = Sample.none()
                    .with(Metric.MILLIS, FirstMessage.millisSinceLaunch(server, protocol))
                    .with(Metric.RESIDENT_MEGABYTES, server.process().residentMegabytes());
            Progress.say(name, contestant, 1, sample);
            return sample;
        }
    }
}
