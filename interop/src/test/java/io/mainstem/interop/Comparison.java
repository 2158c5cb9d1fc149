package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Plays scenarios on another broker and on Mainstem, and compares what is seen.
 *
 * @param peer opens a stage on the other broker
 * @param mainstem opens a stage on Mainstem
 * @param differences what is wanted to be seen to differ
 */
record Comparison<S extends Stage>(Supplier<S> peer, Supplier<S> mainstem, List<WantedDifference> differences) {

    /** What was seen until the end, or until it failed. */
    private record Performance(Map<String, String> seen, Exception failure) {}

    /** A test for each scenario; so many of them are played at a time. */
    Stream<DynamicTest> tests(List<Scenario<S>> scenarios, int concurrent) {
        ExecutorService players = Executors.newFixedThreadPool(2 * concurrent, body -> {
            Thread thread = new Thread(body, "player");
            thread.setDaemon(true);
            return thread;
        });
        List<DynamicTest> tests = scenarios.stream()
                .map(scenario -> test(
                        scenario,
                        CompletableFuture.supplyAsync(() -> play(scenario, peer), players),
                        CompletableFuture.supplyAsync(() -> play(scenario, mainstem), players)))
                .toList();
        players.shutdown();
        return tests.stream();
    }

    private DynamicTest test(
            Scenario<S> scenario, CompletableFuture<Performance> onPeer, CompletableFuture<Performance> onMainstem) {
        return DynamicTest.dynamicTest(scenario.name(), () -> compare(scenario, onPeer.join(), onMainstem.join()));
    }

    private void compare(Scenario<S> scenario, Performance onPeer, Performance onMainstem) {
        if (onPeer.failure() != null) {
            throw new AssertionError(
                    "fails on the other broker, after " + onPeer.seen().keySet(), onPeer.failure());
        }
        assertThat(onPeer.seen()).as("what is seen").isNotEmpty();
        Map<String, String> expected = new LinkedHashMap<>(onPeer.seen());
        Map<String, String> actual = new LinkedHashMap<>(onMainstem.seen());
        if (onMainstem.failure() == null) {
            differences.stream()
                    .filter(difference -> difference.scenario().equals(scenario.name()))
                    .forEach(difference -> difference.takeOut(expected, actual));
        }
        String differing = differing(expected, actual);
        if (onMainstem.failure() != null) {
            throw new AssertionError("fails on Mainstem" + differing, onMainstem.failure());
        }
        assertThat(differing).as("what is seen to differ").isEmpty();
    }

    private static <S extends Stage> Performance play(Scenario<S> scenario, Supplier<S> opener) {
        S stage = opener.get();
        try (stage) {
            scenario.script().play(stage, scenario.name());
            return new Performance(stage.seen(), null);
        } catch (Exception e) {
            return new Performance(stage.seen(), e);
        }
    }

    private static String differing(Map<String, String> expected, Map<String, String> actual) {
        Set<String> all = new LinkedHashSet<>(expected.keySet());
        all.addAll(actual.keySet());
        List<String> lines = new ArrayList<>();
        for (String what : all) {
            String wanted = expected.get(what);
            String got = actual.get(what);
            if (wanted == null || !wanted.equals(got)) {
                lines.add("\n" + what + "\n  there:    " + wanted + "\n  Mainstem: " + got);
            }
        }
        return String.join("", lines);
    }
}
