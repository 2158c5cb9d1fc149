package io.mainstem.bench;

import io.mainstem.bench.inprocess.InProcess;
import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.KafkaContestant;
import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.MainstemContestant;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RabbitContestant;
import io.mainstem.bench.report.Report;
import io.mainstem.bench.result.Outcome;
import io.mainstem.bench.result.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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

    @Option(names = "--full", description = "Everything, which takes long.")
    private boolean full;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only workloads with such a name; nothing is written.")
    private Pattern only = Pattern.compile("");

    @Option(names = "--rounds", paramLabel = "N", description = "How often each is run that counts.")
    private int rounds;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (quick == full) {
            throw new CommandLine.ParameterException(new CommandLine(this), "say --quick or --full");
        }
        if (rounds == 0) {
            rounds = quick ? QUICK_ROUNDS : FULL_ROUNDS;
        }
        Path work = Files.createTempDirectory(Files.createDirectories(home.resolve("bench/target")), "servers");
        try {
            Results results = run(work);
            if (only.pattern().isEmpty()) {
                results.write(home.resolve("bench/results/" + results.profile() + ".json"));
                new Report(results, Goals.all()).write(home.resolve("docs"));
            }
            return CommandLine.ExitCode.OK;
        } finally {
            Directories.delete(work);
        }
    }

    private Results run(Path work) throws IOException {
        Libraries libraries = new Libraries(home);
        Group streams = new Group(
                "streams",
                List.of(
                        new MainstemContestant(home, true),
                        new KafkaContestant(libraries, true),
                        new MainstemContestant(home, false),
                        new KafkaContestant(libraries, false)));
        List<Contestant> brokers = new ArrayList<>(List.of(new MainstemContestant(home, true)));
        if (RabbitContestant.isThere()) {
            brokers.add(new RabbitContestant());
        } else {
            System.err.println("RabbitMQ is not installed (apt-get install rabbitmq-server): it is left out");
        }
        Group queues = new Group("queues", brokers);
        Map<String, String> contestants = new LinkedHashMap<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (Group group : List.of(streams, queues)) {
            group.contestants().forEach(it -> contestants.put(it.name(), it.description()));
            Path directory = work.resolve(group.name());
            if (only.matcher("launch-" + group.name()).find()) {
                Protocol protocol = group.equals(streams) ? Protocol.KAFKA : Protocol.AMQP;
                outcomes.add(new Launches(directory, rounds).run(group, protocol));
            }
            List<Workload> all = group.equals(streams)
                    ? new StreamWorkloads(libraries, quick).all()
                    : new QueueWorkloads(libraries, quick).all();
            List<Workload> wanted =
                    all.stream().filter(it -> only.matcher(it.name()).find()).toList();
            if (!wanted.isEmpty()) {
                outcomes.addAll(new Session(directory, rounds).run(group, wanted));
            }
        }
        if (full && only.matcher("restart").find()) {
            outcomes.addAll(new Restarts(libraries, work).run(streams));
        }
        Path inProcess = Files.createDirectory(work.resolve("in-process"));
        contestants.putAll(InProcess.contestants());
        outcomes.addAll(new InProcess(inProcess, quick, rounds, Progress.listener())
                .run(name -> only.matcher(name).find()));
        return new Results(
                LocalDate.now(java.time.ZoneOffset.UTC).toString(),
                quick ? "quick" : "full",
                rounds,
                Machine.describe(work),
                contestants,
                outcomes);
    }
}
