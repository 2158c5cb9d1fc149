package io.mainstem.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

        assertThat(run(
                        TOOLS + "consumer.ConsoleConsumer",
                        "--topic",
                        "events",
                        "--partition",
                        "0",
                        "--offset",
                        "earliest",
                        "--max-messages",
                        "3",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "key.separator=:"))
                .containsExactly("a:one", "b:two", "a:three");
    }

    @Test
    void theVerifiableProducerIsConfirmedEveryRecord() {
        assertThat(run(TOOLS + "VerifiableProducer", "--topic", "events", "--max-messages", "1000", "--acks", "-1"))
                .anyMatch(line -> line.contains("\"sent\":1000") && line.contains("\"acked\":1000"));
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
        assertThat(broker.terminate()).isZero();

        List<String> lines = tool(TOOLS + "DumpLogSegments", "--deep-iteration", "--files", segment("events-0."))
                .start()
                .lines(DEADLINE);
        assertThat(lines.stream().filter(line -> line.startsWith("baseOffset: ")))
                .isNotEmpty()
                .allMatch(line -> line.contains(" isvalid: true") && line.contains(" compresscodec: zstd"));
        assertThat(lines.stream().filter(line -> line.startsWith("| offset: "))).hasSize(2000);
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
