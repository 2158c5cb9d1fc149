package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Another program that talks to the broker. That it is not installed is a failure of the test. */
final class ForeignProgram implements AutoCloseable {

    private final String name;
    private final Path log;
    private final Process process;

    private ForeignProgram(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Says how to run it. */
    static final class Builder {

        private final Scene scene;
        private final String name;
        private final Path log;
        private final ProcessBuilder processBuilder;

        Builder(Scene scene, String name, Path log, List<String> command) {
            this.scene = scene;
            this.name = name;
            this.log = log;
            this.processBuilder = new ProcessBuilder(command);
            processBuilder.redirectError(log.toFile());
        }

        Builder environment(Map<String, String> variables) {
            processBuilder.environment().putAll(variables);
            return this;
        }

        Builder directory(Path path) {
            processBuilder.directory(path.toFile());
            return this;
        }

        ForeignProgram start() {
            try {
                return scene.closing(new ForeignProgram(name, log, processBuilder.start()));
            } catch (IOException e) {
                return fail(name + " cannot be run; is it installed? " + e.getMessage(), e);
            }
        }
    }

    /** What it reads. */
    OutputStream input() {
        return process.getOutputStream();
    }

    /** All that it writes, until it ends in success. */
    byte[] output(Duration deadline) {
        ByteCollector collector = new ByteCollector(process.getInputStream());
        awaitSuccess(deadline);
        return collector.bytes();
    }

    /** All lines that it writes, until it ends in success. */
    List<String> lines(Duration deadline) {
        return new String(output(deadline), StandardCharsets.UTF_8).lines().toList();
    }

    /** Hands every line that it writes to somebody, on a thread of its own. */
    void eachLine(Consumer<String> reader) {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        daemon(name + "-output", () -> lines.lines().forEach(reader));
    }

    void awaitSuccess(Duration deadline) {
        awaitEnd(deadline);
        assertThat(process.exitValue())
                .as("exit status of %s, see %s", name, log)
                .isZero();
    }

    /** Waits until it has ended. */
    int exitStatus(Duration deadline) {
        awaitEnd(deadline);
        return process.exitValue();
    }

    private void awaitEnd(Duration deadline) {
        try {
            boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended).as("%s has ended, see %s", name, log).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM, and waits until it has ended. */
    void terminate(Duration deadline) {
        process.destroy();
        awaitEnd(deadline);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        // npm and the like have children of their own
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static Thread daemon(String threadName, Runnable body) {
        Thread thread = new Thread(body, threadName);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Reads on while one waits, so that the program does not wait for its reader. */
    private static final class ByteCollector {

        private final Thread thread;
        private byte[] bytes = new byte[0];

        ByteCollector(InputStream stream) {
            thread = daemon("output", () -> {
                try {
                    bytes = stream.readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        byte[] bytes() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            return bytes;
        }
    }
}
