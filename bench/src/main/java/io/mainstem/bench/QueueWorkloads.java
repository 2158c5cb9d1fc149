package io.mainstem.bench;

import io.mainstem.bench.Workload.Repetition;
import io.mainstem.bench.load.Pace;
import io.mainstem.bench.load.Paced;
import io.mainstem.bench.load.PerfTest;
import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is measured of queues, by RabbitMQ's own tool, and at a fixed rate by its client. */
final class QueueWorkloads {

    private static final int OUTSTANDING = 500;
    private static final int BACKLOG = 10_000_000;
    private static final Pace QUICK_PACE = new Pace(5_000, 2, 2);
    private static final Pace FULL_PACE = new Pace(5_000, 2, 5);
    private static final int BACKLOG_SECONDS = 120;
    private static final int QUICK_SECONDS = 3;
    private static final int FULL_SECONDS = 4;

    /** A server in Java is compiled while it runs, and is what it will be only after some ten seconds of load. */
    private static final int FULL_WARM_UP_SECONDS = 12;

    private enum Kind {
        CLASSIC("persistent messages, confirmed and acknowledged, classic queue"),
        QUORUM("persistent messages, confirmed and acknowledged, quorum queue"),
        TRANSIENT("transient messages, no acknowledgements");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String lowerCase() {
            return name().toLowerCase(Locale.ROOT);
        }

        List<String> arguments() {
            if (this == TRANSIENT) {
                return List.of("--autoack", "--auto-delete", "true");
            }
            List<String> arguments = new ArrayList<>(List.of(
                    "--flag",
                    "persistent",
                    "--auto-delete",
                    "false",
                    "--confirm",
                    Integer.toString(OUTSTANDING),
                    "--qos",
                    Integer.toString(OUTSTANDING)));
            arguments.addAll(
                    this == QUORUM ? List.of("--quorum-queue") : List.of("--queue-args", "x-queue-type=classic"));
            return arguments;
        }
    }

    private final Libraries libraries;
    private final boolean quick;
    private final int seconds;

    QueueWorkloads(Libraries libraries, boolean quick) {
        this.libraries = libraries;
        this.quick = quick;
        this.seconds = quick ? QUICK_SECONDS : FULL_SECONDS;
    }

    List<Workload> all() {
        List<Workload> workloads = new ArrayList<>();
        if (quick) {
            workloads.add(queue(Kind.CLASSIC, 100, 1, Repetition.WARM_UP_AND_ROUNDS));
            workloads.add(queue(Kind.TRANSIENT, 100, 1, Repetition.ROUNDS));
            workloads.add(paced(Kind.CLASSIC, QUICK_PACE));
            return workloads;
        }
        for (int bytes : new int[] {100, 1_024}) {
            for (int pairs : new int[] {1, 4}) {
                for (Kind kind : Kind.values()) {
                    workloads.add(queue(kind, bytes, pairs, Repetition.WARM_UP_AND_ROUNDS));
                }
            }
        }
        for (int queues : new int[] {1, 10, 100}) {
            workloads.add(fanOut(queues));
        }
        workloads.add(paced(Kind.CLASSIC, FULL_PACE));
        workloads.add(paced(Kind.QUORUM, FULL_PACE));
        workloads.add(new Workload(
                "backlog-10m",
                "10 million persistent messages of 100 B, or as many as were published in two minutes, that have"
                        + " waited in a queue, acknowledged by one consumer",
                Repetition.ONCE,
                (server, round) -> drain(server)));
        workloads.add(Idle.workload(Protocol.AMQP));
        return workloads;
    }

    private Sample drain(RunningServer server) {
        PerfTest perfTest = new PerfTest(libraries, server.address(Protocol.AMQP));
        int messages = perfTest.publish("backlog", 100, BACKLOG, BACKLOG_SECONDS);
        ServerFigures figures = ServerFigures.begin(server);
        return figures.end(perfTest.drain("backlog", messages, OUTSTANDING), messages)
                .with(Metric.WAITED, messages);
    }

    private static Workload paced(Kind kind, Pace pace) {
        String name = "queue-paced-" + kind.lowerCase();
        return new Workload(
                name,
                kind.title + ", 100 B, 5,000 a second; each latency is that from when the message should have been"
                        + " published to its delivery, or to its confirm",
                Repetition.ROUNDS,
                (server, round) -> {
                    ServerFigures figures = ServerFigures.begin(server);
                    Sample sample = new Paced(server.address(Protocol.AMQP), pace)
                            .publish(name + "-" + round, kind.lowerCase(), 100);
                    return figures.end(sample, pace.messages());
                });
    }

    /** Each queue has a consumer; what is counted is what they get together. */
    private Workload fanOut(int queues) {
        String name = "fan-out-" + queues;
        return new Workload(
                name,
                "each persistent message of 100 B to " + queues + " durable queues, confirmed and acknowledged",
                (server, round) -> run(
                        server,
                        round,
                        List.of(
                                "--exchange",
                                name + "-" + round,
                                "--type",
                                "fanout",
                                "--queue-pattern",
                                name + "-" + round + "-%d",
                                "--queue-pattern-from",
                                "1",
                                "--queue-pattern-to",
                                Integer.toString(queues),
                                "--producers",
                                "1",
                                "--consumers",
                                Integer.toString(queues),
                                "--size",
                                "100"),
                        Kind.CLASSIC));
    }

    private Sample run(RunningServer server, int round, List<String> arguments, Kind kind) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(kind.arguments());
        ServerFigures figures = ServerFigures.begin(server);
        int lasting = round == 0 && !quick ? FULL_WARM_UP_SECONDS : seconds;
        Sample sample = new PerfTest(libraries, server.address(Protocol.AMQP)).run(lasting, all);
        return figures.end(sample, sample.figure(Metric.THROUGHPUT) * lasting);
    }

    private Workload queue(Kind kind, int bytes, int pairs, Repetition repetition) {
        String name = "queue-" + kind.lowerCase() + "-" + bytes + "-" + pairs;
        String title = kind.title + ", " + bytes + " B, " + pairs + " producers and " + pairs + " consumers";
        return new Workload(
                name,
                title,
                repetition,
                (server, round) -> run(
                        server,
                        round,
                        List.of(
                                "--queue", name + "-" + round,
                                "--size", Integer.toString(bytes),
                                "--producers", Integer.toString(pairs),
                                "--consumers", Integer.toString(pairs)),
                        kind));
    }
}
