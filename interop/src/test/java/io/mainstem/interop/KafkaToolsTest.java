package io.mainstem.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka's own command line: what an administrator of a Kafka types, and what it says. */
@Tag("foreign")
class KafkaToolsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final String TOOLS = "org.apache.kafka.tools.";

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;
    private JavaClients tools;

    @BeforeEach
    void startBroker() {
        tools = JavaClients.fetch(scene, "kafka-tools");
        broker = scene.startBroker();
    }

    @Test
    void theConsoleConsumerReadsWhatTheConsoleProducerWrites() {
        publish("events", "a:one", "b:two", "a:three");

        List<String> all = List.of("a:one", "b:two", "a:three");
        assertThat(consume(3, "--partition", "0", "--offset", "earliest")).isEqualTo(all);
        assertThat(consume(3, "--group", "readers", "--from-beginning")).isEqualTo(all);
        publish("events", "b:four");
        assertThat(consume(1, "--group", "readers")).containsExactly("b:four");
    }

    @Test
    void theVerifiableConsumerReadsEveryRecordThatTheVerifiableProducerWasConfirmed() {
        assertThat(run(TOOLS + "VerifiableProducer", "--topic", "events", "--max-messages", "1000", "--acks", "-1"))
                .anyMatch(line -> line.contains("\"sent\":1000") && line.contains("\"acked\":1000"));

        List<String> read = run(
                TOOLS + "VerifiableConsumer",
                "--topic",
                "events",
                "--group-id",
                "verifiers",
                "--group-protocol",
                "consumer",
                "--max-messages",
                "1000",
                "--reset-policy",
                "earliest",
                "--verbose");
        assertThat(read.stream().filter(line -> line.contains("\"name\":\"record_data\"")))
                .hasSize(1000);
        assertThat(read).anyMatch(line -> line.contains("\"offset\":1000") && line.contains("\"success\":true"));
    }

    @Test
    void thePerformanceToolsMeasure() {
        producePerformance();

        assertThat(run(TOOLS + "ConsumerPerformance", "--topic", "events", "--num-records", "2000", "--hide-header"))
                .anyMatch(line -> line.split(", ", -1).length == 10 && line.split(", ", -1)[4].equals("2000"));
    }

    @Test
    void offsetsOfAGroupAreShownMovedAndDeleted() {
        publish("events", "a:one", "b:two", "a:three");
        consume(3, "--group", "readers", "--from-beginning");

        assertThat(groups("--list")).containsExactly("readers");
        assertThat(groups("--describe", "--group", "readers"))
                .anyMatch(line -> line.matches("readers +events +0 +3 +3 +0 .*"));
        assertThat(groups(
                        "--reset-offsets", "--group", "readers", "--topic", "events", "--to-offset", "1", "--execute"))
                .anyMatch(line -> line.matches("readers +events +0 +1 *"));
        assertThat(consume(2, "--group", "readers")).containsExactly("b:two", "a:three");
        groups("--delete-offsets", "--group", "readers", "--topic", "events");
        groups("--delete", "--group", "readers");
        assertThat(groups("--list")).isEmpty();
    }

    @Test
    void theVersionsOfTheProtocolAreListed() {
        assertThat(run(TOOLS + "BrokerApiVersionsCommand"))
                .anyMatch(line -> line.startsWith("127.0.0.1:" + broker.kafkaPort() + " (id: 1 "))
                .anyMatch(line -> line.contains("Produce(0): 0 to 13 [usable: 13]"))
                .anyMatch(line -> line.contains("Fetch(1): 4 to 18 [usable: 18]"));
    }

    @Test
    void segmentsAreFilesThatKafkaCanDump() {
        producePerformance();
        assertThat(broker.terminate()).isZero();

        List<String> lines = tool(TOOLS + "DumpLogSegments", "--deep-iteration", "--files", segment("events-0."))
                .start()
                .lines(DEADLINE);
        assertThat(lines.stream().filter(line -> line.startsWith("baseOffset: ")))
                .isNotEmpty()
                .allMatch(line -> line.contains(" isvalid: true") && line.contains(" compresscodec: zstd"));
        assertThat(lines.stream().filter(line -> line.startsWith("| offset: "))).hasSize(2000);
    }

    @Test
    void topicsAreCreatedDescribedEnlargedAndDeleted() {
        assertThat(topics("--create", "--topic", "events", "--partitions", "2", "--config", "retention.ms=3600000"))
                .contains("Created topic events.");
        topics("--alter", "--topic", "events", "--partitions", "3");
        assertThat(topics("--describe", "--topic", "events"))
                .anyMatch(line -> line.contains("PartitionCount: 3") && line.contains("retention.ms=3600000"));
        topics("--delete", "--topic", "events");
        assertThat(topics("--list")).doesNotContain("events");
    }

    @Test
    void configsOfATopicAreSetShownAndReset() {
        publish("events", "a:one");

        configs("--alter", "--add-config", "cleanup.policy=compact,max.message.bytes=100000");
        assertThat(configs("--describe"))
                .anyMatch(line -> line.contains("cleanup.policy=compact"))
                .anyMatch(line -> line.contains("max.message.bytes=100000"));
        configs("--alter", "--delete-config", "cleanup.policy");
        assertThat(configs("--describe"))
                .noneMatch(line -> line.contains("cleanup.policy"))
                .anyMatch(line -> line.contains("max.message.bytes=100000"));
    }

    @Test
    void recordsAreDeletedAndOffsetsShown() throws IOException {
        publish("events", "a:one", "b:two", "a:three");
        Path json = scene.directory().resolve("delete.json");
        Files.writeString(
                json, "{\"version\": 1, \"partitions\": [{\"topic\": \"events\", \"partition\": 0, \"offset\": 2}]}");

        assertThat(run(TOOLS + "DeleteRecordsCommand", "--offset-json-file", json.toString()))
                .anyMatch(line -> line.contains("events-0") && line.endsWith("low_watermark: 2"));
        assertThat(run(TOOLS + "GetOffsetShell", "--topic", "events", "--time", "earliest"))
                .containsExactly("events:0:2");
        assertThat(run(TOOLS + "GetOffsetShell", "--topic", "events", "--time", "latest"))
                .containsExactly("events:0:3");
    }

    @Test
    void theClusterTellsOfItsNodeItsDisksAndItsLeaders() {
        publish("events", "a:one");

        assertThat(tool(TOOLS + "ClusterTool", "cluster-id", "--bootstrap-server", broker.kafka())
                        .start()
                        .lines(DEADLINE))
                .anyMatch(line -> line.startsWith("Cluster ID: "));
        assertThat(run(TOOLS + "LogDirsCommand", "--describe", "--topic-list", "events"))
                .anyMatch(line -> line.contains("\"partition\":\"events-0\""));
        assertThat(run(TOOLS + "reassign.ReassignPartitionsCommand", "--list"))
                .contains("No partition reassignments found.");
        assertThat(run(
                        TOOLS + "LeaderElectionCommand",
                        "--election-type",
                        "preferred",
                        "--topic",
                        "events",
                        "--partition",
                        "0"))
                .anyMatch(line -> line.contains("Valid replica already elected for partitions events-0"));
    }

    private List<String> topics(String... arguments) {
        return run(TOOLS + "TopicCommand", arguments);
    }

    private List<String> configs(String... arguments) {
        return run(
                "kafka.admin.ConfigCommand",
                Stream.concat(Stream.of("--entity-type", "topics", "--entity-name", "events"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private void producePerformance() {
        run(
                TOOLS + "ProducerPerformance",
                "--topic",
                "events",
                "--num-records",
                "2000",
                "--record-size",
                "100",
                "--throughput",
                "-1",
                "--command-property",
                "compression.type=zstd");
    }

    private List<String> groups(String... arguments) {
        return run(TOOLS + "consumer.group.ConsumerGroupCommand", arguments).stream()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** By the console consumer. */
    private List<String> consume(int count, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--topic",
                "events",
                "--max-messages",
                Integer.toString(count),
                "--formatter-property",
                "print.key=true",
                "--formatter-property",
                "key.separator=:"));
        all.addAll(List.of(arguments));
        return run(TOOLS + "consumer.ConsoleConsumer", all.toArray(String[]::new));
    }

    /** By the console producer; a line is a key, a colon and a value. */
    private void publish(String topic, String... lines) {
        ForeignProgram producer = against(
                        TOOLS + "ConsoleProducer",
                        "--topic",
                        topic,
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "key.separator=:")
                .start();
        try (OutputStream input = producer.input()) {
            input.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        producer.awaitSuccess(DEADLINE);
    }

    /** What the tool prints, given this broker. */
    private List<String> run(String mainClass, String... arguments) {
        return against(mainClass, arguments).start().lines(DEADLINE);
    }

    private ForeignProgram.Builder against(String mainClass, String... arguments) {
        return tool(
                mainClass,
                Stream.concat(Stream.of("--bootstrap-server", broker.kafka()), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private ForeignProgram.Builder tool(String mainClass, String... arguments) {
        return tools.program(mainClass.substring(mainClass.lastIndexOf('.') + 1), mainClass, arguments);
    }

    /** The first segment of the log whose directory begins so. */
    private String segment(String prefix) {
        try (Stream<Path> logs = Files.list(broker.dataDirectory().resolve("logs"))) {
            Path log = logs.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
            return log.resolve("00000000000000000000.log").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
