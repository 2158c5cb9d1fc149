package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** A real Kafka, one node that is broker and controller, of the version that interop/clients names. */
final class KafkaPeer {

    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final String FORMAT = "format";
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";

    private final Path directory;
    private final int port = FreePorts.next();
    private final int controllerPort = FreePorts.next();
    private final ForeignProgram process;

    private KafkaPeer(Scene scene) throws IOException {
        this.directory = Files.createDirectories(scene.directory().resolve("kafka"));
        String settings =
                Files.write(directory.resolve("server.properties"), settings()).toString();
        JavaClients jars = JavaClients.fetch(scene, "kafka-server");
        jars.program(
                        "kafka-format",
                        "kafka.tools.StorageTool",
                        FORMAT,
                        "-t",
                        CLUSTER_ID,
                        "--standalone",
                        "-c",
                        settings)
                .start()
                .output(START_DEADLINE);
        this.process = jars.program("kafka", "kafka.Kafka", settings).start();
        process.eachLine(line -> {});
    }

    /** Starts it, and waits until it serves; ends with the scene. */
    static KafkaPeer start(Scene scene) throws IOException {
        KafkaPeer peer = new KafkaPeer(scene);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", peer.bootstrap()))) {
            await("Kafka, see " + peer.process.log())
                    .atMost(START_DEADLINE)
                    .failFast("it has ended", () -> !peer.process.isAlive())
                    .until(() -> isServing(admin));
        }
        return peer;
    }

    private static boolean isServing(Admin admin) throws InterruptedException {
        try {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    /** As small as one node needs; housekeeping is often, so that nobody waits for it. */
    private List<String> settings() {
        String broker = "PLAINTEXT://127.0.0.1:" + port;
        String controller = "CONTROLLER://127.0.0.1:" + controllerPort;
        return List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.bootstrap.servers=127.0.0.1:" + controllerPort,
                "listeners=" + broker + "," + controller,
                "advertised.listeners=" + broker,
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs=" + directory.resolve("data"),
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=4",
                "group.initial.rebalance.delay.ms=0",
                "log.retention.check.interval.ms=500",
                "log.cleaner.backoff.ms=500",
                "log.initial.task.delay.ms=500",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1");
    }
}
