package io.mainstem.bench.load;

import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RabbitMQ's own load tool, pointed at a broker. */
public final class PerfTest {

    private static final Duration DEADLINE = Duration.ofMinutes(30);
    private static final String MAIN_CLASS = "com.rabbitmq.perf.PerfTest";
    private static final int FILLERS = 4;
    private static final double MICROS_A_MILLI = 1_000;

    private static final Pattern RECEIVED = Pattern.compile("receiving rate avg: (\\d+) msg/s");
    private static final Pattern LATENCY =
            Pattern.compile("consumer latency min/median/75th/95th/99th \\d+/(\\d+)/\\d+/(\\d+)/(\\d+) .s");

    private final Tool tool;
    private final String address;

    public PerfTest(Libraries libraries, String address) {
        this.tool = new Tool(libraries.classPath("perf-test"), DEADLINE);
        this.address = address;
    }

    /**
     * Publishes and consumes for a time; tells what was received, and how long it took from publisher to consumer.
     *
     * @param arguments as PerfTest takes them
     */
    public Sample run(int seconds, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("--uri", uri(), "--time", Integer.toString(seconds)));
        all.addAll(arguments);
        String printed = tool.run(MAIN_CLASS, all);
        return measured(printed);
    }

    /**
     * Publishes persistent messages that nobody consumes yet, for so long at most; tells how many there are then.
     *
     * @param messages at most, in whole thousands
     */
    public int publish(String queue, int bytes, int messages, int seconds) {
        var unused = oneSided(
                queue,
                List.of(
                        "--size",
                        Integer.toString(bytes),
                        "--producers",
                        Integer.toString(FILLERS),
                        "--consumers",
                        "0",
                        "--confirm",
                        "1000",
                        "--pmessages",
                        Integer.toString(messages / FILLERS),
                        "--time",
                        Integer.toString(seconds)));
        return AmqpConnections.count(address, queue);
    }

    /** Consumes so many messages that are there, and tells how fast. */
    public Sample drain(String queue, int messages, int prefetch) {
        String printed = oneSided(
                queue,
                List.of(
                        "--producers",
                        "0",
                        "--consumers",
                        "1",
                        "--qos",
                        Integer.toString(prefetch),
                        "--cmessages",
                        Integer.toString(messages)));
        return Sample.none()
                .with(
                        Metric.THROUGHPUT,
                        Double.parseDouble(Tool.last(printed, RECEIVED).group(1)));
    }

    private String oneSided(String queue, List<String> arguments) {
        List<String> all = new ArrayList<>(
                List.of("--uri", uri(), "--queue", queue, "--auto-delete", "false", "--flag", "persistent"));
        all.addAll(arguments);
        return tool.run(MAIN_CLASS, all);
    }

    private String uri() {
        return "amqp://guest:guest@" + address + "/%2f";
    }

    static Sample measured(String printed) {
        if (printed.contains("Main thread caught exception")) {
            throw new PeerException("PerfTest failed: " + printed);
        }
        Matcher latency = Tool.last(printed, LATENCY);
        return Sample.none()
                .with(
                        Metric.THROUGHPUT,
                        Double.parseDouble(Tool.last(printed, RECEIVED).group(1)))
                .with(Metric.P50_MILLIS, Double.parseDouble(latency.group(1)) / MICROS_A_MILLI)
                .with(Metric.P95_MILLIS, Double.parseDouble(latency.group(2)) / MICROS_A_MILLI)
                .with(Metric.P99_MILLIS, Double.parseDouble(latency.group(3)) / MICROS_A_MILLI);
    }
}
