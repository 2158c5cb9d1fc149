package io.mainstem.bench.inprocess;

import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Sample;
import io.mainstem.bench.result.Series;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Append, read, route and settle within one process. Variants take turns round by round, each in a new process that
 * warms up first.
 */
public final class InProcess {

    /** Learns what has been seen of a variant. */
    public interface Listener {

        void measured(String workload, String contestant, int round, Sample sample);

        void failed(String workload, String contestant, String failure);
    }

    private final JmhRun jmh;
    private final boolean quick;
    private final int rounds;
    private final Listener listener;

    /** @param directory an empty one on the disk that is measured */
    public InProcess(Path directory, boolean quick, int rounds, Listener listener) {
        this.jmh = quick
                ? new JmhRun(directory, TimeValue.milliseconds(300), TimeValue.milliseconds(400))
                : new JmhRun(directory, TimeValue.milliseconds(500), TimeValue.milliseconds(800));
        this.quick = quick;
        this.rounds = rounds;
        this.listener = listener;
    }

    /** Name and description of each contestant beside the servers. */
    public static Map<String, String> contestants() {
        Map<String, String> contestants = new LinkedHashMap<>();
        for (StoreKind store : StoreKind.values()) {
            if (!store.isOurs()) {
                contestants.put(store.title(), store.description());
            }
        }
        return contestants;
    }

    /** Runs those workloads whose names are wanted. */
    public void run(Predicate<String> wanted, Consumer<Outcome> outcomes) {
        for (Comparison comparison : Comparison.all(quick)) {
            if (wanted.test(comparison.name())) {
                outcomes.accept(run(comparison));
            }
        }
    }

    private Outcome run(Comparison comparison) {
        List<Runs> all = comparison.variants().stream()
                .map(variant -> new Runs(comparison, variant))
                .toList();
        for (int round = 1; round <= rounds; round++) {
            for (Runs runs : all) {
                runs.next(round);
            }
        }
        return new Outcome(
                comparison.name(),
                comparison.title(),
                all.stream().map(Runs::series).toList());
    }

    /** Those of one variant; after a failure there are no more. */
    private final class Runs {
        private final Comparison comparison;
        private final Variant variant;
        private final List<Sample> samples = new ArrayList<>();
        private String failure = "";

        Runs(Comparison comparison, Variant variant) {
            this.comparison = comparison;
            this.variant = variant;
        }

        void next(int round) {
            if (!failure.isEmpty()) {
                return;
            }
            try {
                Sample sample = Conversion.sample(jmh.run(variant), comparison);
                samples.add(sample);
                listener.measured(comparison.name(), variant.contestant(), round, sample);
            } catch (RunnerException e) {
                failure = String.valueOf(e.getMessage());
                listener.failed(comparison.name(), variant.contestant(), failure);
            }
        }

        Series series() {
            return new Series(variant.contestant(), variant.ours(), samples, failure);
        }
    }
}
