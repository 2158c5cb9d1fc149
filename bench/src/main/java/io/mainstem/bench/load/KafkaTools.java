package io.mainstem.bench.load;

import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Kafka's own load tools, pointed at a broker. */
public final class KafkaTools {

    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final long ADMIN_SECONDS = 60;
    private static final int NUMBER_OF_FIELDS = 10;

    private static final Pattern PRODUCED =
            Pattern.compile("(\\d+) records sent, ([\\d.]+) records/sec .*? avg latency,"
                    + " [\\d.]+ ms max latency, (\\d+) ms 50th, (\\d+) ms 95th, (\\d+) ms 99th");
    private static final Pattern LATENCY =
            Pattern.compile("Avg latency: ([\\d.]+) ms\\s+Percentiles: 50th = \\d+, 99th = (\\d+)");

    private final Tool tool;
    private final String address;

    public KafkaTools(Libraries libraries, String address) {
        this.tool = new Tool(libraries.classPath("kafka-tools"), DEADLINE);
        this.address = address;
    }

    public void createTopic(String name, int partitions) {
        admin(admin -> admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get(ADMIN_SECONDS, TimeUnit.SECONDS));
    }

    public void deleteTopic(String name) {
        admin(admin -> admin.deleteTopics(List.of(name)).all().get(ADMIN_SECONDS, TimeUnit.SECONDS));
    }

    /** Produces as fast as it can with acks=all, and tells throughput and latencies. */
    public Sample produce(String topic, int recordBytes, long records) {
        return produced(perform(topic, recordBytes, records, List.of("acks=all")));
    }

    /** Produces in large batches, so that much is there soon. */
    public void fill(String topic, int recordBytes, long records) {
        var unused = perform(
                topic, recordBytes, records, List.of("acks=all", "batch.size=900000", "buffer.memory=100000000"));
    }

    private String perform(String topic, int recordBytes, long records, List<String> properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server",
                address,
                "--topic",
                topic,
                "--num-records",
                Long.toString(records),
                "--record-size",
                Integer.toString(recordBytes),
                "--throughput",
                "-1",
                "--command-property"));
        arguments.addAll(properties);
        return tool.run("org.apache.kafka.tools.ProducerPerformance", arguments);
    }

    static Sample produced(String printed) {
        Matcher found = Tool.last(printed, PRODUCED);
        return new Sample(Map.of(
                Metric.THROUGHPUT,
                Double.valueOf(found.group(2)),
                Metric.P50_MILLIS,
                Double.valueOf(found.group(3)),
                Metric.P95_MILLIS,
                Double.valueOf(found.group(4)),
                Metric.P99_MILLIS,
                Double.valueOf(found.group(5))));
    }

    /** Consumes from the beginning, and tells the throughput without the time to join. */
    public Sample consume(String topic, long records) {
        String printed = tool.run(
                "org.apache.kafka.tools.ConsumerPerformance",
                List.of(
                        "--bootstrap-server",
                        address,
                        "--topic",
                        topic,
                        "--num-records",
                        Long.toString(records),
                        "--hide-header"));
        return consumed(printed);
    }

    static Sample consumed(String printed) {
        String line = printed.lines().filter(it -> !it.isBlank()).reduce("", (first, second) -> second);
        String[] fields = line.split(",\\s*", -1);
        if (fields.length != NUMBER_OF_FIELDS) {
            throw new PeerException("not the line of a consumer: " + line);
        }
        return Sample.none().with(Metric.THROUGHPUT, Double.parseDouble(fields[fields.length - 1]));
    }

    /** Sends one record at a time and waits until it has come back. */
    public Sample oneAtATime(String topic, int records, int recordBytes) {
        String printed = tool.run(
                "org.apache.kafka.tools.EndToEndLatency",
                List.of(
                        "--bootstrap-server",
                        address,
                        "--topic",
                        topic,
                        "--num-records",
                        Integer.toString(records),
                        "--producer-acks",
                        "all",
                        "--record-size",
                        Integer.toString(recordBytes)));
        return sentOneAtATime(printed);
    }

    /** Its percentiles are whole milliseconds, and the median mostly none. */
    static Sample sentOneAtATime(String printed) {
        Matcher found = Tool.last(printed, LATENCY);
        return new Sample(Map.of(
                Metric.MEAN_MILLIS, Double.valueOf(found.group(1)), Metric.P99_MILLIS, Double.valueOf(found.group(2))));
    }

    private interface AdminCall {
        Object call(Admin admin) throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException;
    }

    private void admin(AdminCall call) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", address);
        try (Admin admin = Admin.create(properties)) {
            var unused = call.call(admin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
