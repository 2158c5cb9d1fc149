package io.mainstem.bench;

import io.mainstem.bench.result.Goal;
import io.mainstem.bench.result.Metric;
import java.util.ArrayList;
import java.util.List;

/** What is to be reached against the peers; these are floors. */
final class Goals {

    private static final String OURS = "Mainstem";
    private static final String OURS_OS = "Mainstem, os";
    private static final String KAFKA = "Kafka";
    private static final String KAFKA_FSYNC = "Kafka, fsync";
    private static final String FILE = "FileChannel";
    private static final String RABBIT = "RabbitMQ";

    private final List<Goal> goals = new ArrayList<>();

    private Goals() {}

    static List<Goal> all() {
        Goals all = new Goals();
        all.produce();
        all.consume();
        all.queues();
        all.paced();
        all.footprint();
        all.inProcess();
        return all.goals;
    }

    private void produce() {
        for (String partitions : List.of("p1", "p6", "p100")) {
            String small = "produce-100-" + partitions;
            String large = "produce-1024-" + partitions;
            both(small, OURS, KAFKA_FSYNC, 3, 1.0 / 3);
            both(large, OURS, KAFKA_FSYNC, 4, 1.0 / 4);
            both(small, OURS, KAFKA, 1, 1.0 / 2);
            both(large, OURS, KAFKA, 0.9, 1);
            both(small, OURS_OS, KAFKA, 1.1, 0.4);
            both(large, OURS_OS, KAFKA, 1.1, 0.6);
        }
    }

    private void consume() {
        for (String load : List.of("100-p1", "1024-p1", "100-p6", "1024-p6", "100-p100", "1024-p100")) {
            both("consume-" + load, OURS, KAFKA, 1, 1.0 / 2);
        }
    }

    private void queues() {
        for (String load : List.of("100-1", "100-4", "1024-1", "1024-4")) {
            for (String kind : List.of("classic", "quorum")) {
                String name = "queue-" + kind + "-" + load;
                both(name, OURS, RABBIT, 3, 1.0 / 6);
            }
            both("queue-transient-" + load, OURS, RABBIT, 1.5, 1.0 / 4);
        }
    }

    /** What a latency is while clients go as fast as they can is up to them, so it counts at a fixed rate alone. */
    private void paced() {
        for (String name : List.of("paced-100-p6", "paced-at-once-100-p6")) {
            goals.add(new Goal(name, OURS, KAFKA_FSYNC, Metric.P99_MILLIS, 1.0 / 4));
            goals.add(new Goal(name, OURS, KAFKA, Metric.P99_MILLIS, 1));
        }
        for (String name : List.of("queue-paced-classic", "queue-paced-quorum")) {
            goals.add(new Goal(name, OURS, RABBIT, Metric.P99_MILLIS, 1.0 / 2));
            goals.add(new Goal(name, OURS, RABBIT, Metric.CONFIRM_P99_MILLIS, 1.0 / 2));
        }
    }

    private void footprint() {
        goals.add(new Goal("launch-streams", OURS, KAFKA, Metric.MILLIS, 1.0 / 5));
        goals.add(new Goal("launch-queues", OURS, RABBIT, Metric.MILLIS, 1.0 / 8));
        goals.add(new Goal("launch-streams", OURS, KAFKA, Metric.RESIDENT_MEGABYTES, 1.0 / 4));
        goals.add(new Goal("produce-100-p6", OURS, KAFKA, Metric.RESIDENT_MEGABYTES, 1.0 / 3));
    }

    private void inProcess() {
        for (String logs : List.of("1", "6", "64")) {
            goals.add(new Goal("append-" + logs, OURS, FILE, Metric.MEGABYTES_PER_SECOND, 0.8));
        }
    }

    private void both(String workload, String ours, String peer, double throughput, double cpu) {
        goals.add(new Goal(workload, ours, peer, Metric.THROUGHPUT, throughput));
        goals.add(new Goal(workload, ours, peer, Metric.SERVER_CPU_SECONDS_PER_MILLION, cpu));
    }
}
