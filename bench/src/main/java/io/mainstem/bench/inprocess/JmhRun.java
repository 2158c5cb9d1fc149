package io.mainstem.bench.inprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Lets JMH run one variant once, in a process of its own. */
final class JmhRun {

    /** As the launcher starts the server, and with what Chronicle Queue wants of the JDK. */
    private static final List<String> JVM_ARGUMENTS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-Dchronicle.announcer.disable=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

    /** After it JMH prints what was thrown. */
    private static final String FAILURE = "<failure>";

    private static final int TOLD_CHARACTERS = 1_000;

    private final Path directory;
    private final TimeValue warmUp;
    private final TimeValue measured;

    /** @param directory on the disk that is measured */
    JmhRun(Path directory, TimeValue warmUp, TimeValue measured) {
        this.directory = directory;
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /** @throws RunnerException when it fails, with the beginning of what it says of that */
    Result<?> run(Variant variant) throws RunnerException {
        Path log = directory.resolve("jmh.log");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(variant.benchmark().getName()) + "\\.")
                .forks(1)
                .warmupIterations(1)
                .warmupTime(warmUp)
                .measurementIterations(1)
                .measurementTime(measured)
                .jvmArgs(JVM_ARGUMENTS.toArray(String[]::new))
                .jvmArgsAppend("-D" + Scratch.PROPERTY + "=" + directory)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.NORMAL)
                .output(log.toString());
        variant.parameters().forEach(options::param);
        try {
            return new Runner(options.build()).runSingle().getPrimaryResult();
        } catch (RunnerException e) {
            throw new RunnerException(e.getMessage() + ": " + cause(log), e);
        }
    }

    private static String cause(Path log) {
        try {
            String printed = Files.readString(log);
            int failure = printed.indexOf(FAILURE);
            String told = printed.substring(failure < 0 ? 0 : failure + FAILURE.length())
                    .strip();
            return told.substring(0, Math.min(told.length(), TOLD_CHARACTERS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
