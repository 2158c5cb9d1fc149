package io.mainstem.bench.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The broker of this project, as its launcher starts it. */
public final class MainstemContestant implements Contestant {

    private static final Duration START_DEADLINE = Duration.ofMinutes(1);

    private final Path home;
    private final boolean fsync;

    /**
     * @param home the folder of the project
     * @param fsync whether it waits for the disk, which is the default
     */
    public MainstemContestant(Path home, boolean fsync) {
        this.home = home;
        this.fsync = fsync;
    }

    @Override
    public String name() {
        return fsync ? "Mainstem" : "Mainstem, os";
    }

    @Override
    public String description() {
        return "Mainstem, as the launcher starts it, "
                + (fsync ? "defaults (waits for the disk)" : "`--durability os`");
    }

    @Override
    public boolean isOurs() {
        return true;
    }

    @Override
    public RunningServer start(Path directory) {
        int kafka = Ports.free();
        int amqp = Ports.free();
        Path ready = directory.resolve("ready-" + kafka);
        Path log = directory.resolve("server.log");
        long launchedNanos = System.nanoTime();
        Process process = ServerProcess.start(
                List.of(
                        home.resolve("mainstem").toString(),
                        "start",
                        "--data",
                        directory.resolve("data").toString(),
                        "--kafka",
                        "127.0.0.1:" + kafka,
                        "--amqp",
                        "127.0.0.1:" + amqp,
                        "--durability",
                        fsync ? "fsync" : "os",
                        "--ready-file",
                        ready.toString()),
                Map.of(),
                log);
        Ports.await("Mainstem (" + log + ")", process, START_DEADLINE, () -> Files.exists(ready));
        return new RunningServer(
                this,
                Map.of(Protocol.KAFKA, "127.0.0.1:" + kafka, Protocol.AMQP, "127.0.0.1:" + amqp),
                new ServerProcess(process.toHandle()),
                launchedNanos);
    }
}
