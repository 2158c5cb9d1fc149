package io.mainstem.bench;

import io.mainstem.bench.inprocess.InProcess;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.EnumMap;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells who waits what has been seen. */
final class Progress {

    private Progress() {}

    static void say(String workload, Contestant contestant, int round, Sample sample) {
        say(workload, contestant.name(), round, sample);
    }

    static void say(String workload, String contestant, int round, Sample sample) {
        StringBuilder figures = new StringBuilder();
        EnumMap<Metric, Double> ordered = new EnumMap<>(Metric.class);
        ordered.putAll(sample.figures());
        ordered.forEach(
                (metric, figure) -> figures.append(String.format(Locale.ROOT, "  %s %.2f", metric.title(), figure)));
        say(workload, contestant, (round == 0 ? "warm-up" : "round " + round) + figures);
    }

    /** For what runs in processes of its own. */
    static InProcess.Listener listener() {
        return new InProcess.Listener() {
            @Override
            public void measured(String workload, String contestant, int round, Sample sample) {
                say(workload, contestant, round, sample);
            }

            @Override
            public void failed(String workload, String contestant, String failure) {
                say(workload, contestant, failure);
            }
        };
    }

    /** And how long it takes to have something to measure. */
    static void time(String workload, Contestant contestant, Runnable fill) {
        long beginNanos = System.nanoTime();
        fill.run();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beginNanos);
        say(workload, contestant, "filled in " + seconds + " s");
    }

    static void say(String workload, Contestant contestant, String text) {
        say(workload, contestant.name(), text);
    }

    static void say(String workload, String contestant, String text) {
        System.err.printf("%-26s %-17s %s%n", workload, contestant, text);
    }
}
