package io.mainstem.bench.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/** Each benchmark runs, and says why if it does not. */
class JmhRunTest {

    private static final TimeValue SHORT = TimeValue.milliseconds(1);

    @TempDir
    Path directory;

    static List<Variant> variants() {
        return List.of(
                variant(AppendBenchmark.class, Map.of("store", "CHRONICLE_SYNC", "logs", "6")),
                variant(ReadBenchmark.class, Map.of("store", "CHRONICLE_OS")),
                variant(RouteBenchmark.class, Map.of("by", "HEADERS", "queues", "10")),
                variant(SettleBenchmark.class, Map.of("durable", "true")));
    }

    private static Variant variant(Class<?> benchmark, Map<String, String> parameters) {
        return new Variant("any", true, benchmark, parameters);
    }

    /** It keeps measurements apart; here nothing is measured. */
    @BeforeAll
    static void needNoLock() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aVariantIsMeasuredAndLeavesNoData(Variant variant) throws RunnerException {
        assertThat(new JmhRun(directory, SHORT, SHORT).run(variant).getScore()).isPositive();
        assertThat(directory).isDirectoryNotContaining(Files::isDirectory);
    }

    @Test
    void whatFailsSaysWhy() {
        Variant unknown = variant(ReadBenchmark.class, Map.of("store", "PAPER"));
        assertThatThrownBy(() -> new JmhRun(directory, SHORT, SHORT).run(unknown))
                .isInstanceOf(RunnerException.class)
                .hasMessageContaining("PAPER");
    }
}
