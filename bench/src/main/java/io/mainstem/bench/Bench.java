package io.mainstem.bench;

import io.mainstem.bench.inprocess.InProcess;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.KafkaContestant;
import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.MainstemContestant;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RabbitContestant;
import io.mainstem.bench.report.Report;
import io.mainstem.bench.result.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares Mainstem with Kafka and RabbitMQ on this machine, and writes down what was seen. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = "Compares Mainstem with Kafka and RabbitMQ on this machine.")
public final class Bench implements Callable<Integer> {

    private static final int QUICK_ROUNDS = 1;
    private static final int FULL_ROUNDS = 5;

    @Option(names = "--home", hidden = true, required = true)
    private Path home = Path.of(".");

    @Option(names = "--quick", description = "A first impression in under 3 minutes, of few workloads.")
    private boolean quick;

    @Option(names = "--full", description = "Everything, in about an hour.")
    private boolean full;

    @Option(
            names = "--report",
            description = "No run: only the page, from the results of the last full run, or else of a quick one.")
    private boolean report;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only workloads with such a name. What they show replaces what the last run of this kind has"
                    + " seen of them, if that was on this machine and with as many rounds; else nothing is written.")
    private Pattern only = Pattern.compile("");

    @Option(names = "--rounds", paramLabel = "N", description = "How often each is run that counts.")
    private int rounds;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (Stream.of(quick, full, report).filter(it -> it).count() != 1) {
            throw new CommandLine.ParameterException(new CommandLine(this), "say --quick, --full or --report");
        }
        if (!report) {
            if (rounds == 0) {
                rounds = quick ? QUICK_ROUNDS : FULL_ROUNDS;
            }
            Path work = Files.createTempDirectory(Files.createDirectories(home.resolve("bench/target")), "servers");
            try {
                run(work);
            } finally {
                Directories.delete(work);
            }
        }
        Path results = Files.exists(results("full")) ? results("full") : results("quick");
        if (Files.exists(results)) {
            String reasons = Files.readString(home.resolve("bench/reasons.md"));
            new Report(Results.read(results), Goals.all(), reasons).write(home.resolve("docs"));
        }
        return CommandLine.ExitCode.OK;
    }

    private Path results(String profile) {
        return home.resolve("bench/results/" + profile + ".json");
    }

    private void run(Path work) throws IOException {
        Recorder recorder = recorder(work);
        Libraries libraries = new Libraries(home);
        Contestant ours = new MainstemContestant(home, true);
        Contestant kafka = new KafkaContestant(libraries, false);
        Group streams = new Group(
                "streams",
                Protocol.KAFKA,
                List.of(ours, new KafkaContestant(libraries, true), new MainstemContestant(home, false), kafka));
        Group queues = new Group("queues", Protocol.AMQP, brokers(ours));
        // whether a server waits for the disk says nothing of its start
        Group starting = new Group("streams", Protocol.KAFKA, List.of(ours, kafka));

        launch(starting, work, recorder);
        run(streams, new StreamWorkloads(libraries, quick).all(), work, recorder);
        launch(queues, work, recorder);
        run(queues, new QueueWorkloads(libraries, quick).all(), work, recorder);
        recorder.compete(InProcess.contestants());
        new InProcess(Files.createDirectory(work.resolve("in-process")), quick, rounds, Progress.listener())
                .run(this::isWanted, recorder::add);
        if (full) {
            restart(starting, libraries, work, recorder);
            restart(queues, libraries, work, recorder);
        }
    }

    private Recorder recorder(Path work) {
        String profile = quick ? "quick" : "full";
        Path file = results(profile);
        Map<String, String> machine = Machine.describe(work);
        if (only.pattern().isEmpty()) {
            return Recorder.anew(file, profile, rounds, machine);
        }
        if (Files.exists(file)) {
            Results before = Results.read(file);
            if (before.machine().equals(machine) && before.rounds() == rounds) {
                return Recorder.over(file, before);
            }
        }
        System.err.println("There is no such run to compare with: what is seen is not kept");
        return Recorder.anew(work.resolve("results.json"), profile, rounds, machine);
    }

    private static List<Contestant> brokers(Contestant ours) {
        if (RabbitContestant.isThere()) {
            return List.of(ours, new RabbitContestant());
        }
        System.err.println("RabbitMQ is not installed (apt-get install rabbitmq-server): it is left out");
        return List.of(ours);
    }

    private void launch(Group group, Path work, Recorder recorder) {
        if (isWanted("launch-" + group.name())) {
            recorder.compete(group.contestants());
            recorder.add(new Launches(work.resolve(group.name()), rounds).run(group));
        }
    }

    private void run(Group group, List<Workload> workloads, Path work, Recorder recorder) {
        List<Workload> wanted =
                workloads.stream().filter(it -> isWanted(it.name())).toList();
        if (!wanted.isEmpty()) {
            recorder.compete(group.contestants());
            new Session(work.resolve(group.name()), rounds).run(group, wanted, recorder::add);
        }
    }

    private void restart(Group group, Libraries libraries, Path work, Recorder recorder) {
        if (isWanted("restart-" + group.name())) {
            recorder.compete(group.contestants());
            new Restarts(libraries, work).run(group, recorder::add);
        }
    }

    private boolean isWanted(String workload) {
        return only.matcher(workload).find();
    }
}
