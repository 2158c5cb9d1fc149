package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the operating system tells of one process. Linux only; safe for use by several threads. */
public final class ServerProcess {

    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration END_DEADLINE = Duration.ofSeconds(30);

    private final ProcessHandle process;
    private final Optional<Process> companion;

    public ServerProcess(ProcessHandle process) {
        this.process = process;
        this.companion = Optional.empty();
    }

    /** @param companion what the server needs beside itself; ends with it */
    ServerProcess(ProcessHandle process, Process companion) {
        this.process = process;
        this.companion = Optional.of(companion);
    }

    /** User and system time so far, of all its threads. */
    public double cpuSeconds() {
        return ProcessTimes.of(process.pid());
    }

    /** What it has in memory now. */
    public double residentMegabytes() {
        return number("status", "VmRSS:") / 1024.0;
    }

    /** How many threads it has. */
    public double threads() {
        return number("status", "Threads:");
    }

    /** How many files, sockets and the like it has open. */
    public double openFiles() {
        String[] open = directory().resolve("fd").toFile().list();
        if (open == null) {
            throw new UncheckedIOException(new IOException("the server has ended"));
        }
        return open.length;
    }

    /** What it has given to the operating system to write to disks so far. */
    public double writtenBytes() {
        return number("io", "write_bytes:");
    }

    /** Ends it in order, or after a while by force. */
    public void stop() {
        process.destroy();
        try {
            var unused = process.onExit().get(END_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
        }
        companion.ifPresent(Process::destroy);
    }

    /** Ends it as a power cut would, but for what the operating system still writes. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
        companion.ifPresent(Process::destroy);
    }

    private long number(String file, String name) {
        Optional<String> line =
                read(file).lines().filter(it -> it.startsWith(name)).findFirst();
        String text = line.orElseThrow(() -> new IllegalStateException("no " + name + " in /proc/" + file));
        return Long.parseLong(text.substring(name.length()).replace("kB", "").strip());
    }

    private Path directory() {
        return PROCESSES.resolve(Long.toString(process.pid()));
    }

    private String read(String file) {
        try {
            return Files.readString(directory().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("the server has ended", e);
        }
    }

    /**
     * Starts a program whose output goes into a file, behind what is there, and which ends at the latest with this one.
     */
    public static Process start(List<String> command, java.util.Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        // a script may have started what does the work
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
