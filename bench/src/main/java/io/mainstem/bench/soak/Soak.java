package io.mainstem.bench.soak;

import io.mainstem.bench.Directories;
import io.mainstem.bench.Machine;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.soak.check.Ledger;
import io.mainstem.bench.soak.check.Violations;
import io.mainstem.bench.soak.check.Violations.Kind;
import io.mainstem.bench.soak.client.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Lets clients of both protocols use a broker for a while that is killed and short of disk, and checks what they get.
 */
@Command(
        name = "bench/soak",
        mixinStandardHelpOptions = true,
        description = "Uses a broker that is killed and short of disk again and again, and checks that nothing is lost"
                + " and that it stays as it was. A run of 10 minutes or more is judged by its memory and files, too,"
                + " and writes bench/results/soak.json and docs/endurance.md; a shorter one writes bench/target/soak.")
public final class Soak implements Callable<Integer> {

    private static final int SETTLED_MILLIS = 3_000;
    private static final int NOTHING_MORE_MILLIS = 5_000;

    @Option(names = "--home", hidden = true, required = true)
    private Path home = Path.of(".");

    @Option(names = "--minutes", paramLabel = "N", description = "How long clients send. Default: ${DEFAULT-VALUE}")
    private int minutes = 30;

    @Option(names = "--seed", paramLabel = "N", description = "When the broker is killed. Default: a random one")
    private long seed = new Random().nextInt(1_000_000);

    private final Map<String, String> machine = new LinkedHashMap<>();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Soak()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (minutes < 1) {
            throw new CommandLine.ParameterException(new CommandLine(this), "--minutes is 1 at least");
        }
        Path target = Files.createDirectories(home.resolve("bench/target").toAbsolutePath());
        Path directory = Files.createTempDirectory(target, "soak");
        Plan plan = Plan.of(TimeUnit.MINUTES.toSeconds(minutes), seed);
        SoakResult result;
        try (SmallDisk disk = SmallDisk.in(Files.createDirectory(directory.resolve("disk")))) {
            if (!disk.isSmall()) {
                System.err.println("left out: a disk that is full, for no small file system can be mounted");
            }
            try (SoakBroker broker = new SoakBroker(home.toAbsolutePath(), directory, disk)) {
                result = run(plan, broker, disk);
            }
            if (!result.isPassed()) {
                disk.keep(directory.resolve("kept"));
            }
        }
        Path place = plan.isJudged() ? home : target.resolve("soak");
        result.write(place.resolve("bench/results/soak.json"));
        new SoakReport(result).write(place.resolve("docs"));
        result.checks()
                .forEach(it -> System.err.printf("%-4s %s: %s%n", it.passed() ? "ok" : "NO", it.name(), it.seen()));
        System.err.println((result.isPassed() ? "passed" : "FAILED") + ", see " + place.resolve("docs/endurance.md")
                + (result.isPassed() ? "" : " and " + directory));
        if (result.isPassed()) {
            Directories.delete(directory);
        }
        return result.isPassed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private SoakResult run(Plan plan, SoakBroker broker, SmallDisk disk)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        // the launcher keeps an archive of classes from the first start that ends in order
        broker.start();
        broker.stop();
        broker.start();
        Violations violations = new Violations();
        Workload workload = new Workload(new Target(broker.kafka(), broker.amqp(), broker::life, violations));
        workload.declare();
        workload.start();
        long beganNanos = System.nanoTime();
        Disturbance disturbance = new Disturbance(broker, disk, beganNanos);
        List<Check> checks = new ArrayList<>();
        try (Sampler sampler = new Sampler(broker, disk, workload, beganNanos)) {
            sampler.start();
            try {
                disturbance.run(plan);
                List<Sample> samples = sampler.samples().all();
                List<Check> seen = finish(workload, disturbance);
                if (plan.isJudged()) {
                    checks.addAll(seen);
                    checks.addAll(new Flatness(samples, plan.seconds()).judge());
                }
            } catch (PeerException e) {
                violations.report(Kind.FAILED, "broker", String.valueOf(e.getMessage()));
            }
            checks.addAll(0, checksOf(violations));
            machine.putAll(Machine.describe(home));
            machine.put("file system", disk.description());
            return result(
                    workload, violations, checks, disturbance, sampler.samples().all());
        }
    }

    /** Everything is received and settled, and does not come again after one more kill. */
    private static List<Check> finish(Workload workload, Disturbance disturbance) throws InterruptedException {
        workload.endSending();
        workload.awaitReceived();
        workload.reportMissing();
        workload.awaitEmpty();
        Thread.sleep(SETTLED_MILLIS);
        disturbance.kill();
        Thread.sleep(NOTHING_MORE_MILLIS);
        workload.awaitEmpty();
        workload.reportLeftOver();
        workload.endReceiving();
        return workload.checkRetained();
    }

    private static List<Check> checksOf(Violations violations) {
        List<Check> checks = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            long count = violations.count(kind);
            checks.add(new Check("no " + kind.title(), count == 0, Long.toString(count)));
        }
        return checks;
    }

    private SoakResult result(
            Workload workload,
            Violations violations,
            List<Check> checks,
            Disturbance disturbance,
            List<Sample> samples) {
        Map<String, Long> totals = new LinkedHashMap<>();
        totals.put("messages acknowledged", workload.acknowledged());
        totals.put("messages of unknown outcome, or refused", workload.sent() - workload.acknowledged());
        totals.put("deliveries", workload.delivered());
        totals.put("of these again", workload.deliveredAgain());
        for (Ledger ledger : workload.ledgers()) {
            totals.put("deliveries, " + ledger.name(), ledger.deliveries());
        }
        totals.put("kills", (long) disturbance.kills().size());
        totals.put("milliseconds of the slowest start", (long) (disturbance.slowestStartSeconds() * 1_000));
        totals.put(
                "times with little or no room", (long) disturbance.shortages().size());
        return new SoakResult(
                LocalDate.now(ZoneOffset.UTC).toString(),
                minutes,
                seed,
                machine,
                totals,
                violations.first(),
                checks,
                disturbance.kills(),
                disturbance.shortages(),
                samples);
    }
}
