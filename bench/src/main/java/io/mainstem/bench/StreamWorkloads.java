package io.mainstem.bench;

import io.mainstem.bench.Workload.Repetition;
import io.mainstem.bench.load.KafkaTools;
import io.mainstem.bench.load.Pace;
import io.mainstem.bench.load.Paced;
import io.mainstem.bench.peer.Libraries;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RunningServer;
import io.mainstem.bench.result.Sample;
import java.util.ArrayList;
import java.util.List;

/** What is measured of streams, by Kafka's own tools, and at a fixed rate by its client. */
final class StreamWorkloads {

    private static final int MANY = 100;
    private static final int DEFAULT_LINGER_MILLIS = 5;
    private static final Pace QUICK_PACE = new Pace(20_000, 2, 2);
    private static final Pace FULL_PACE = new Pace(20_000, 2, 5);

    /** What one run produces or consumes. */
    private record Load(int recordBytes, int partitions, int records) {
        String name() {
            return recordBytes + "-p" + partitions;
        }

        String title() {
            return "records of " + recordBytes + " B, " + partitions + " partitions";
        }
    }

    private final Libraries libraries;
    private final boolean quick;

    StreamWorkloads(Libraries libraries, boolean quick) {
        this.libraries = libraries;
        this.quick = quick;
    }

    List<Workload> all() {
        List<Workload> workloads = new ArrayList<>();
        if (quick) {
            workloads.add(produce(new Load(100, 6, 500_000), Repetition.WARM_UP_AND_ROUNDS));
            workloads.add(produce(new Load(1_024, 6, 100_000), Repetition.ROUNDS));
            workloads.add(consume(new Load(100, 6, 1_000_000)));
            workloads.add(paced("paced-100-p6", DEFAULT_LINGER_MILLIS, QUICK_PACE));
            return workloads;
        }
        for (int partitions : new int[] {1, 6, MANY}) {
            // a peer that syncs each of many takes much longer
            int unit = partitions == MANY ? 50_000 : 100_000;
            workloads.add(produce(new Load(100, partitions, 10 * unit), Repetition.WARM_UP_AND_ROUNDS));
            workloads.add(produce(new Load(1_024, partitions, 2 * unit), Repetition.WARM_UP_AND_ROUNDS));
            workloads.add(consume(new Load(100, partitions, 2_000_000)));
            workloads.add(consume(new Load(1_024, partitions, 300_000)));
        }
        workloads.add(paced("paced-100-p6", DEFAULT_LINGER_MILLIS, FULL_PACE));
        // what the client waits for by itself would otherwise hide most of what the servers take
        workloads.add(paced("paced-at-once-100-p6", 0, FULL_PACE));
        workloads.add(new Workload(
                "one-at-a-time",
                "one record of 100 B at a time, from producer to consumer",
                (server, round) -> oneAtATime(server, "single-" + round, 2_000)));
        workloads.add(Idle.workload(Protocol.KAFKA));
        return workloads;
    }

    private Workload produce(Load load, Repetition repetition) {
        return new Workload(
                "produce-" + load.name(),
                "produce " + load.title() + ", acks=all",
                repetition,
                (server, round) -> produce(server, "produce-" + load.name() + "-" + round, load));
    }

    private Sample produce(RunningServer server, String topic, Load load) {
        KafkaTools tools = tools(server);
        tools.createTopic(topic, load.partitions());
        ServerFigures figures = ServerFigures.begin(server);
        Sample sample = tools.produce(topic, load.recordBytes(), load.records());
        Sample complete = figures.endWritten(sample, load.records(), (double) load.records() * load.recordBytes());
        tools.deleteTopic(topic);
        return complete;
    }

    private Workload paced(String name, int lingerMillis, Pace pace) {
        return new Workload(
                name,
                "produce records of 100 B to 6 partitions at 20,000 a second, acks=all, linger.ms=" + lingerMillis
                        + "; each latency is that from when the record should have been sent to its acknowledgement",
                Repetition.ROUNDS,
                (server, round) -> {
                    String topic = name + "-" + round;
                    KafkaTools tools = tools(server);
                    tools.createTopic(topic, 6);
                    ServerFigures figures = ServerFigures.begin(server);
                    Paced paced = new Paced(server.address(Protocol.KAFKA), pace);
                    Sample sample = paced.produce(topic, lingerMillis, 100);
                    Sample complete = figures.end(sample, pace.messages());
                    tools.deleteTopic(topic);
                    return complete;
                });
    }

    private Workload consume(Load load) {
        String topic = "consume-" + load.name();
        return new Workload(topic, "consume " + load.title(), (server, round) -> {
            KafkaTools tools = tools(server);
            if (round == 0) {
                tools.createTopic(topic, load.partitions());
                tools.produce(topic, load.recordBytes(), load.records());
            }
            ServerFigures figures = ServerFigures.begin(server);
            return figures.end(tools.consume(topic, load.records()), load.records());
        });
    }

    private Sample oneAtATime(RunningServer server, String topic, int records) {
        KafkaTools tools = tools(server);
        tools.createTopic(topic, 1);
        Sample sample = tools.oneAtATime(topic, records, 100);
        tools.deleteTopic(topic);
        return sample;
    }

    private KafkaTools tools(RunningServer server) {
        return new KafkaTools(libraries, server.address(Protocol.KAFKA));
    }
}
