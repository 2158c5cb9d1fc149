package io.mainstem.bench.report;

import io.mainstem.bench.result.Goal;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Results;
import io.mainstem.bench.result.Series;
import io.mainstem.bench.result.Spread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes performance.md and its plots from the figures alone. */
public final class Report {

    private static final String LATENCIES = """
            Latencies of what is called paced are those at a fixed rate that all hold, or there is no figure.
            Each counts from when the message should have been sent, so that a server that holds its client up
            does not look fast; the peers' tools, which measure from when the client took the message, cannot
            tell that, so these loads are our own programs around the peers' clients. Elsewhere clients go as
            fast as they can, and a latency says only how much they had under way: no goal is about those.

            """;

    private static final String CLIENTS = """
            CPU of clients is that of the programs that make the load, with the start of their JVM. Where it and the
            server's, each times the throughput, come to as many seconds a second as there are cores, there is no more
            to be had, whatever the server does.

            """;

    private static final Pattern SIZES = Pattern.compile("-p?\\d.*");
    private static final double MANY = 1_000;
    private static final double SOME = 10;

    private final Results results;
    private final List<Goal> goals;
    private final String reasons;

    /**
     * @param goals of which those are told that the results say something about
     * @param reasons why some are not reached, in Markdown
     */
    public Report(Results results, List<Goal> goals, String reasons) {
        this.results = results;
        this.goals = goals;
        this.reasons = reasons;
    }

    /** @param directory gets performance.md, and performance/ with the plots */
    public void write(Path directory) {
        try {
            Path plots = Files.createDirectories(directory.resolve("performance"));
            for (Map.Entry<String, List<Outcome>> family : families().entrySet()) {
                if (isPlotted(family.getValue())) {
                    Files.writeString(plots.resolve(family.getKey() + ".svg"), new Plot(family.getValue()).svg());
                }
            }
            Files.writeString(directory.resolve("performance.md"), page());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String page() {
        StringBuilder page = new StringBuilder();
        page.append("# Performance\n\n");
        page.append("Written by `bench/run --%s` on %s. ".formatted(results.profile(), results.date()));
        page.append("Figures are medians of %d round(s) after a warm-up, ".formatted(results.rounds()));
        page.append("with the lowest and the highest in parentheses.\n");
        if (!results.again().isEmpty()) {
            page.append("Run again since: ").append(again()).append(".\n");
        }
        page.append("All servers of a table were up at the same time and took turns, ");
        page.append("driven by the peer's own tool on the same machine.\n\n");
        page.append(LATENCIES);
        page.append(CLIENTS);
        page.append("## Machine and contestants\n\n| | |\n|---|---|\n");
        results.machine().forEach((name, value) -> page.append(row(name, value)));
        results.contestants().forEach((name, value) -> page.append(row(name, value)));
        page.append("\n");
        goals(page);
        families().forEach((name, outcomes) -> {
            page.append("## ").append(name).append("\n\n");
            outcomes.forEach(outcome -> section(outcome, page));
            if (isPlotted(outcomes)) {
                page.append("![%s](performance/%s.svg)\n\n".formatted(name, name));
            }
        });
        return page.toString();
    }

    private String again() {
        return results.again().entrySet().stream()
                .map(it -> it.getKey() + " (" + it.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    /** Workloads that differ by sizes and numbers alone. */
    private Map<String, List<Outcome>> families() {
        Map<String, List<Outcome>> families = new LinkedHashMap<>();
        for (Outcome outcome : results.outcomes()) {
            String family = SIZES.matcher(outcome.name()).replaceFirst("");
            families.computeIfAbsent(family, absent -> new ArrayList<>()).add(outcome);
        }
        return families;
    }

    /** A picture says something where there is somebody to compare with. */
    private static boolean isPlotted(List<Outcome> outcomes) {
        return outcomes.stream().flatMap(it -> it.series().stream()).anyMatch(it -> !it.ours());
    }

    /** What is lost stands first. */
    private void goals(StringBuilder page) {
        StringBuilder missed = new StringBuilder();
        StringBuilder reached = new StringBuilder();
        for (Goal goal : goals) {
            goal.ratio(results)
                    .ifPresent(ratio -> (goal.isReached(ratio) ? reached : missed)
                            .append(row(
                                    goal.workload(),
                                    goal.metric().title(),
                                    goal.ours(),
                                    goal.peer(),
                                    "**" + number(ratio) + "**",
                                    (goal.metric().moreIsBetter() ? "at least " : "at most ") + number(goal.bound()))));
        }
        table("Not reached", missed, page);
        page.append(reasons);
        table("Reached", reached, page);
    }

    private static void table(String title, StringBuilder rows, StringBuilder page) {
        if (!rows.isEmpty()) {
            page.append("## ").append(title).append("\n\n");
            page.append(row("workload", "figure", "ours", "against", "ours / theirs", "to be"));
            page.append("|---|---|---|---|---|---|\n").append(rows).append("\n");
        }
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static void section(Outcome outcome, StringBuilder page) {
        page.append("### ")
                .append(outcome.name())
                .append("\n\n")
                .append(outcome.title())
                .append("\n\n");
        Set<Metric> metrics = new TreeSet<>();
        outcome.series().forEach(series -> metrics.addAll(series.metrics()));
        page.append("| |");
        metrics.forEach(metric -> page.append(' ').append(metric.title()).append(" |"));
        page.append("\n|---|").append("---|".repeat(metrics.size())).append("\n");
        for (Series series : outcome.series()) {
            page.append("| ").append(series.contestant()).append(" |");
            for (Metric metric : metrics) {
                page.append(' ').append(cell(series.spread(metric))).append(" |");
            }
            page.append("\n");
        }
        outcome.series().stream()
                .filter(series -> !series.failure().isEmpty())
                .forEach(series -> page.append("\n")
                        .append(series.contestant())
                        .append(" failed: ")
                        .append(series.failure().lines().findFirst().orElse(""))
                        .append("\n"));
        page.append("\n");
    }

    // Optional as a parameter: a cell may be empty.
    private static String cell(Optional<Spread> spread) {
        return spread.map(it -> "**" + number(it.median()) + "**"
                        + (it.lowest() == it.highest()
                                ? ""
                                : " (" + number(it.lowest()) + "-" + number(it.highest()) + ")"))
                .orElse("");
    }

    static String number(double figure) {
        if (figure >= MANY) {
            return String.format(Locale.ROOT, "%,.0f", figure);
        }
        return String.format(Locale.ROOT, figure >= SOME ? "%.1f" : "%.2f", figure);
    }
}
