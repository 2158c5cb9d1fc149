package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One Kafka node of version 4.4.0, with the heap and the collector of its own start script. */
public final class KafkaContestant implements Contestant {

    private static final Duration START_DEADLINE = Duration.ofMinutes(1);
    private static final String ADVERTISED = "advertised.listeners=";
    private static final String CLUSTER_ID = "bWFpbnN0ZW0tYmVuY2gtMQ";

    private final Libraries libraries;
    private final boolean fsync;

    /** @param fsync whether each append is synced before it is answered */
    public KafkaContestant(Libraries libraries, boolean fsync) {
        this.libraries = libraries;
        this.fsync = fsync;
    }

    @Override
    public String name() {
        return fsync ? "Kafka, fsync" : "Kafka";
    }

    @Override
    public String description() {
        return "Kafka 4.4.0, one node, heap of 1 GB, G1"
                + (fsync ? ", `log.flush.interval.messages=1`" : ", defaults (does not wait for the disk)");
    }

    @Override
    public RunningServer start(Path directory) {
        String classPath = libraries.classPath("kafka");
        Path properties = directory.resolve("server.properties");
        Path log = directory.resolve("server.log");
        int port = Files.exists(properties) ? portIn(properties) : Ports.free();
        if (!Files.exists(properties)) {
            format(classPath, properties, port);
        }
        long launchedNanos = System.nanoTime();
        Process process = ServerProcess.start(
                List.of(
                        Libraries.java(),
                        "-Xms1G",
                        "-Xmx1G",
                        "-XX:+UseG1GC",
                        "-XX:MaxGCPauseMillis=20",
                        "-XX:InitiatingHeapOccupancyPercent=35",
                        "-cp",
                        classPath,
                        "kafka.Kafka",
                        properties.toString()),
                Map.of(),
                log);
        Ports.await("Kafka (" + log + ")", process, START_DEADLINE, () -> Ports.accepts(port));
        return new RunningServer(
                this,
                Map.of(Protocol.KAFKA, "127.0.0.1:" + port),
                new ServerProcess(process.toHandle()),
                launchedNanos);
    }

    private void format(String classPath, Path properties, int port) {
        Path directory = properties.resolveSibling("");
        try {
            Files.write(properties, properties(directory, port));
            Process format = ServerProcess.start(
                    List.of(
                            Libraries.java(),
                            "-cp",
                            classPath,
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            CLUSTER_ID,
                            "--standalone",
                            "-c",
                            properties.toString()),
                    Map.of(),
                    directory.resolve("format.log"));
            if (format.waitFor() != 0) {
                throw new PeerException("Kafka does not format its storage, see " + directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
    }

    /** It remembers where it was, so it comes back there. */
    private static int portIn(Path properties) {
        try {
            return Files.readAllLines(properties).stream()
                    .filter(line -> line.startsWith(ADVERTISED))
                    .map(line -> Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> properties(Path directory, int port) {
        int controllerPort = Ports.free();
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.bootstrap.servers=127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                ADVERTISED + "PLAINTEXT://127.0.0.1:" + port,
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs=" + directory.resolve("data"),
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "group.initial.rebalance.delay.ms=0"));
        if (fsync) {
            lines.add("log.flush.interval.messages=1");
        }
        return lines;
    }
}
