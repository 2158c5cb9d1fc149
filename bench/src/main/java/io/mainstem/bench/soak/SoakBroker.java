package io.mainstem.bench.soak;

import io.mainstem.bench.peer.Ports;
import io.mainstem.bench.peer.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The broker as its launcher starts it, on one data directory and always the same ports. */
final class SoakBroker implements AutoCloseable {

    static final int HOUSEKEEPING_MILLIS = 2_000;

    private static final Duration START_DEADLINE = Duration.ofMinutes(1);

    private final Path home;
    private final SmallDisk disk;
    private final Path ready;
    private final Path log;
    private final String kafka = "127.0.0.1:" + Ports.lasting();
    private final String amqp = "127.0.0.1:" + Ports.lasting();
    private volatile @Nullable ServerProcess process;
    private final AtomicInteger life = new AtomicInteger();
    private volatile long startedNanos;

    /**
     * @param home the folder of the project
     * @param directory for its log
     */
    SoakBroker(Path home, Path directory, SmallDisk disk) {
        this.home = home;
        this.disk = disk;
        this.ready = directory.resolve("ready.json");
        this.log = directory.resolve("broker.log");
    }

    /** Waits until it serves. */
    void start() {
        try {
            Files.deleteIfExists(ready);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        startedNanos = System.nanoTime();
        Process started = ServerProcess.start(
                disk.seeing(List.of(
                        home.resolve("mainstem").toString(),
                        "start",
                        "--data",
                        disk.data().toString(),
                        "--kafka",
                        kafka,
                        "--amqp",
                        amqp,
                        "--housekeeping-millis",
                        Integer.toString(HOUSEKEEPING_MILLIS),
                        "--ready-file",
                        ready.toString())),
                Map.of(),
                log);
        disk.guard(started);
        process = new ServerProcess(started.toHandle());
        Ports.await("Mainstem (" + log + ")", started, START_DEADLINE, () -> Files.exists(ready));
    }

    /** SIGKILL; the next life begins here. */
    void kill() {
        process().kill();
        life.incrementAndGet();
        disk.unguard();
    }

    /** Ends it in order. */
    void stop() {
        process().stop();
        life.incrementAndGet();
        disk.unguard();
    }

    ServerProcess process() {
        ServerProcess now = process;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    /** The how manyeth this is; it changes while there is none. */
    int life() {
        return life.get();
    }

    double secondsSinceStart() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    String kafka() {
        return kafka;
    }

    String amqp() {
        return amqp;
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        if (process != null) {
            process().kill();
            disk.unguard();
        }
    }
}
