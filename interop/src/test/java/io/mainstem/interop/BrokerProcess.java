package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The broker as its users run it, in a process of its own over one data directory; killed and started again on the same
 * ports as often as a test likes.
 */
final class BrokerProcess implements AutoCloseable {

    private static final Duration START_DEADLINE = Duration.ofMinutes(1);
    private static final Duration END_DEADLINE = Duration.ofSeconds(30);
    private static final Pattern READY_PID = Pattern.compile("\"pid\": (\\d+)");

    private final Path directory;
    private final Path readyFile;
    private final String host = "127.0.0.1";
    private final int kafkaPort = FreePorts.next();
    private final int amqpPort = FreePorts.next();
    private final List<Life> lives = new ArrayList<>();

    /** What the command is run by, if anything. */
    private final List<String> wrapper;

    private final List<String> options;

    private Process process;

    /** The time, by {@link System#nanoTime}, from before a process was started until it was seen to be gone. */
    record Life(long startNanos, long endNanos) {}

    private BrokerProcess(Path directory, List<String> wrapper, String... options) {
        this.wrapper = wrapper;
        this.options = List.of(options);
        this.directory = directory;
        this.readyFile = directory.resolve("ready.json");
    }

    /** Starts a broker that keeps its data and its log in this directory, and waits until it serves. */
    static BrokerProcess start(Path directory, String... options) {
        BrokerProcess broker = new BrokerProcess(directory, List.of(), options);
        broker.start();
        return broker;
    }

    /**
     * The same with a file system of so many mebibytes for its data, in memory, that only it sees. Needs the right to
     * mount in a name space of its own, and cannot be started again: its data goes with it.
     */
    static BrokerProcess startOnSmallDisk(Path directory, int mebibytes) {
        Path data = directory.resolve("data");
        String script = "mkdir -p '" + data + "' && mount -t tmpfs -o size=" + mebibytes + "m tmpfs '" + data
                + "' && exec \"$0\" \"$@\"";
        BrokerProcess broker = new BrokerProcess(
                directory, List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script));
        broker.start();
        return broker;
    }

    /** How a path that the broker sees is reached from outside its name space. */
    Path seenFromOutside(Path path) {
        return Path.of("/proc", Long.toString(process.pid()), "root")
                .resolve(Path.of("/").relativize(path.toAbsolutePath()));
    }

    /** Starts it again, over the same data and on the same ports. */
    void start() {
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(readyFile);
            List<String> command = new ArrayList<>(wrapper);
            command.addAll(command(
                    "start",
                    "--data",
                    dataDirectory().toString(),
                    "--kafka",
                    kafka(),
                    "--amqp",
                    amqp(),
                    "--ready-file",
                    readyFile.toString()));
            command.addAll(options);
            long startNanos = System.nanoTime();
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            synchronized (lives) {
                lives.add(new Life(startNanos, Long.MAX_VALUE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("ready file " + readyFile)
                .atMost(START_DEADLINE)
                .failFast("the broker has ended, see " + log(), () -> !process.isAlive())
                .until(() -> Files.exists(readyFile));
        Matcher pid = READY_PID.matcher(read(readyFile));
        assertThat(pid.find() ? pid.group(1) : "none").isEqualTo(Long.toString(process.pid()));
    }

    /** What runs the command line of the server that this build has packaged, with the launcher's options. */
    static List<String> command(String... arguments) {
        Path server = Path.of(System.getProperty("mainstem.server"));
        assertThat(server.resolve("lib"))
                .as("the packaged server; run mvn verify")
                .isDirectory();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms32m",
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=512m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dio.netty.noUnsafe=false",
                "-cp",
                server.resolve("mainstem-server-0.1.0-SNAPSHOT.jar") + ":" + server.resolve("lib") + "/*",
                "io.mainstem.server.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** SIGKILL: nothing is finished, nothing is flushed. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM; returns the exit status. */
    int terminate() {
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    void killAndRestart() {
        kill();
        start();
    }

    private void awaitEnd() {
        try {
            boolean ended = process.waitFor(END_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended).as("the broker has ended, see %s", log()).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        synchronized (lives) {
            int last = lives.size() - 1;
            if (lives.get(last).endNanos() == Long.MAX_VALUE) {
                lives.set(last, new Life(lives.get(last).startNanos(), System.nanoTime()));
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** All that were so far, the last one perhaps without an end. */
    List<Life> lives() {
        synchronized (lives) {
            return List.copyOf(lives);
        }
    }

    String host() {
        return host;
    }

    int kafkaPort() {
        return kafkaPort;
    }

    int amqpPort() {
        return amqpPort;
    }

    String kafka() {
        return host + ":" + kafkaPort;
    }

    String amqp() {
        return host + ":" + amqpPort;
    }

    Path dataDirectory() {
        return directory.resolve("data");
    }

    Path log() {
        return directory.resolve("broker.log");
    }

    /** What the broker has said in all its lives. */
    String logText() {
        return read(log());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
