package io.mainstem.bench.load;

import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.PeerException;
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

/** Runs a Java program to its end and keeps what it prints. */
final class Tool {

    private final String classPath;
    private final Duration deadline;

    Tool(String classPath, Duration deadline) {
        this.classPath = classPath;
        this.deadline = deadline;
    }

    /**
     * What it has printed.
     *
     * @throws PeerException when it fails, or does not end in time
     */
    String run(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Libraries.java(),
                "-Xmx512m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                classPath,
                mainClass));
        command.addAll(arguments);
        try {
            Path output = Files.createTempFile("mainstem-bench", ".txt");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                throw new PeerException(mainClass + (ended ? " failed" : " does not end") + ": " + lastLines(printed));
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
    }

    /**
     * The first groups of the last match in what a tool has printed.
     *
     * @throws PeerException when there is none
     */
    static Matcher last(String printed, Pattern pattern) {
        Matcher matcher = pattern.matcher(printed);
        int end = -1;
        while (matcher.find()) {
            end = matcher.start();
        }
        if (end < 0) {
            throw new PeerException("no " + pattern + " in: " + lastLines(printed));
        }
        matcher.find(end);
        return matcher;
    }

    private static String lastLines(String printed) {
        return printed.substring(Math.max(0, printed.length() - 1_000));
    }
}
