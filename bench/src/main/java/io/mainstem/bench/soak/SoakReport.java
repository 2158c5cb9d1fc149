package io.mainstem.bench.soak;

import io.mainstem.bench.report.TimePlot;
import io.mainstem.bench.soak.Flatness.Figure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Writes endurance.md and its plots from what a run has seen. */
final class SoakReport {

    private final SoakResult result;

    SoakReport(SoakResult result) {
        this.result = result;
    }

    /** @param directory gets endurance.md, and performance/ with the plots */
    void write(Path directory) {
        try {
            Path plots = Files.createDirectories(directory.resolve("performance"));
            for (Map.Entry<String, String> plot : plots().entrySet()) {
                Files.writeString(plots.resolve(plot.getKey() + ".svg"), plot.getValue());
            }
            Files.writeString(directory.resolve("endurance.md"), page());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> plots() {
        Map<String, String> plots = new LinkedHashMap<>();
        plots.put("soak-memory", plot(Figure.RESIDENT.title(), Sample::residentMegabytes));
        plots.put("soak-files", plot(Figure.OPEN_FILES.title(), Sample::openFiles));
        plots.put("soak-data", plot(Figure.DATA.title(), Sample::dataMegabytes));
        plots.put("soak-messages", plot("messages acknowledged and delivered, per second", SoakReport::messages));
        return plots;
    }

    private static double messages(Sample sample) {
        return sample.acknowledgedPerSecond() + sample.deliveredPerSecond();
    }

    private String plot(String title, ToDoubleFunction<Sample> figure) {
        List<TimePlot.Point> points = result.samples().stream()
                .map(it -> new TimePlot.Point(it.second(), figure.applyAsDouble(it)))
                .toList();
        List<TimePlot.Band> bands = result.shortages().stream()
                .map(it -> new TimePlot.Band(it.fromSecond(), it.toSecond()))
                .toList();
        double seconds =
                result.samples().stream().mapToDouble(Sample::second).max().orElse(1);
        return new TimePlot(title, seconds, points, result.kills(), bands).svg();
    }

    String page() {
        StringBuilder page = new StringBuilder("# Endurance\n\n");
        page.append(String.format(
                Locale.ROOT,
                "Written by `bench/soak --minutes %d` (seed %d) on %s. **%s**%n%n",
                result.minutes(),
                result.seed(),
                result.date(),
                result.isPassed() ? "Passed." : "Failed."));
        page.append(DESCRIPTION);
        page.append("\n## What was seen\n\n| | |\n|---|---|\n");
        result.machine().forEach((name, value) -> row(page, name, value));
        page.append("\n| | |\n|---|---|\n");
        result.totals().forEach((name, count) -> row(page, name, String.format(Locale.ROOT, "%,d", count)));
        page.append("\n| to be seen | | seen |\n|---|---|---|\n");
        for (Check check : result.checks()) {
            row(page, check.name(), check.passed() ? "yes" : "**no**", check.seen());
        }
        if (!result.violations().isEmpty()) {
            page.append("\nThe first violations:\n\n");
            result.violations().forEach(it -> page.append("- ").append(it).append('\n'));
        }
        page.append("\nRed lines are kills; in shaded times the disk is nearly or quite full.\n");
        plots().keySet().forEach(name -> page.append("\n![%s](performance/%s.svg)\n".formatted(name, name)));
        return page.toString();
    }

    private static void row(StringBuilder page, String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static final String DESCRIPTION = """
            One broker, as the launcher starts it, with `--housekeeping-millis %d` and a file system of %d MB. \
            Kafka and RabbitMQ's Java clients send some 2,600 messages a second to it while nothing is in the \
            way, and get some 3,100:

            | | |
            |---|---|
            | topics | one that keeps records for %d s, one that keeps %d MiB a partition, one that is \
            compacted, one that a queue has adopted; idempotent producers, groups of two members (`classic` and \
            `consumer`) |
            | queues | two on one exchange: one with two consumers who requeue some and reject some to a dead \
            letter exchange, one with one consumer; one whose messages expire after %d s to another; a transient \
            one; one that is full (`settled.ceiling.bytes`, %d MiB) while its consumer rests; one on the adopted \
            topic, published to by both protocols |
            | segments | 1 MiB; what is settled goes after %d s |
            | kills | SIGKILL each 60 to 120 seconds, in a quarter of them with the disk nearly full, in another \
            with nothing left; none in the middle third of the run |
            | disk | for %d s with 30 MB left (publishers of AMQP wait then), for %d s with nothing left |

            The small file system is in memory, in a name space of its own, as Linux lets most users have one; \
            where it does not, the disk is never full, and the run says so.

            Every message has a source and a number, and what becomes of it is checked at once. A settlement is \
            durable, for these checks, when three messages that were sent after it was read have been confirmed, \
            the last of them 250 ms later. What was neither acknowledged nor refused may be there or not.

            Flat is what is no more than %.2f times as much later, and 16 MB, 16 files or 4 threads: medians of \
            the last sixth of the run against the second one, over restarts; and of the last quarter of the \
            middle third against its second one, within one life. Samples count from %d s after a start on. The \
            data directory gets smaller with each start, because the journal begins anew.
            """.formatted(
                    SoakBroker.HOUSEKEEPING_MILLIS,
                    SmallDisk.MEBIBYTES,
                    Streams.RETENTION_MILLIS / 1_000,
                    Streams.RETENTION_BYTES >> 20,
                    Queues.EXPIRY_MILLIS / 1_000,
                    Queues.CEILING_BYTES >> 20,
                    Queues.GRACE_MILLIS / 1_000,
                    Plan.NEARLY_FULL_SECONDS,
                    Plan.FULL_SECONDS,
                    Flatness.FACTOR,
                    Flatness.WARM_SECONDS);
}
