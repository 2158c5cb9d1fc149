package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands for a running broker as their users run them: processes, with their exit statuses and what they say. */
class CommandTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final Pattern STORED = Pattern.compile("The first (\\d+) lines are stored");

    @RegisterExtension
    final Scene scene = new Scene();

    private record Outcome(int status, String text) {}

    @Test
    void whatPublishSaysIsStoredIsThereAfterTheBrokerWasKilled() throws Exception {
        BrokerProcess broker = scene.startBroker();
        run(broker, "topics", "create", "orders");
        Path output = scene.directory().resolve("publish.txt");
        Process publish = process(output, on(broker, "publish", "orders"));
        Thread typist = new Thread(() -> typeUntilClosed(publish.getOutputStream()), "typist");
        typist.start();
        // More than goes at once: so that some was confirmed to the command already.
        await("records").atMost(DEADLINE).until(() -> endOffset(broker, "orders") > 30_000);
        broker.kill();
        Outcome outcome = outcome(publish, output);
        typist.join(DEADLINE.toMillis());

        assertThat(outcome.status()).as(outcome.text()).isEqualTo(1);
        Matcher stored = STORED.matcher(outcome.text());
        assertThat(stored.find()).as(outcome.text()).isTrue();
        broker.start();
        List<Entry> entries = KafkaClients.readAll(broker, "orders");
        int count = Integer.parseInt(stored.group(1));
        assertThat(entries).hasSizeGreaterThanOrEqualTo(count);
        assertThat(entries.subList(0, count))
                .extracting(Entry::value)
                .isEqualTo(IntStream.range(0, count).mapToObj(CommandTest::line).toList());
    }

    @Test
    void eachDataDirectoryHasItsOwnBroker() throws Exception {
        BrokerProcess one = scene.startBroker();
        BrokerProcess other =
                scene.closing(BrokerProcess.start(scene.directory().resolve("other")));
        run(one, "topics", "create", "orders");
        assertThat(run(one, "topics", "list").text()).contains("orders");
        assertThat(run(other, "topics", "list").text()).doesNotContain("orders");
    }

    @Test
    void aBrokerThatWasKilledIsToldAndTheNextOneIsReached() throws Exception {
        BrokerProcess broker = scene.startBroker();
        broker.kill();
        // the one or the other, by the length of the path
        assertThat(Stream.of("admin.sock", "admin.address").map(broker.dataDirectory()::resolve))
                .anyMatch(Files::exists);
        Outcome dead = run(broker, "topics", "list");
        assertThat(dead.status()).isEqualTo(1);
        assertThat(dead.text())
                .contains("no broker is running on " + broker.dataDirectory())
                .contains("mainstem start --data " + broker.dataDirectory());
        broker.start();
        assertThat(run(broker, "topics", "list").status()).isZero();
    }

    @Test
    void tailEndsInSuccessWhenNobodyReadsOn() throws Exception {
        BrokerProcess broker = scene.startBroker();
        run(broker, "topics", "create", "orders");
        Path lines = scene.directory().resolve("lines.txt");
        Files.write(
                lines, IntStream.range(0, 20_000).mapToObj(CommandTest::line).toList());
        assertThat(run(broker, "publish", "orders", lines.toString()).status()).isZero();
        String tail = quoted(on(broker, "tail", "orders", "--from", "beginning"));
        Path output = scene.directory().resolve("tail.txt");
        Process pipe = process(output, List.of("bash", "-c", tail + " | head -n 1; echo status ${PIPESTATUS[0]}"));
        assertThat(outcome(pipe, output).text()).isEqualTo(line(0) + "\nstatus 0\n");
    }

    @Test
    void aGroupWithAMemberIsDescribedAndNotReset() throws Exception {
        BrokerProcess broker = scene.startBroker();
        run(broker, "topics", "create", "orders");
        Path lines = Files.writeString(scene.directory().resolve("lines.txt"), "one\ntwo\nthree\n");
        run(broker, "publish", "orders", lines.toString());
        String[] reset = {"groups", "reset", "billing", "--topic", "orders", "--to", "1"};
        assertThat(run(broker, reset).status()).isZero();
        try (KafkaConsumer<byte[], byte[]> consumer =
                KafkaClients.consumer(broker, Map.of(ConsumerConfig.GROUP_ID_CONFIG, "billing"))) {
            consumer.subscribe(List.of("orders"));
            await("records")
                    .atMost(DEADLINE)
                    .until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            Outcome refused = run(broker, reset);
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.text()).contains("billing").contains("stop").doesNotContain("\tat ");
            assertThat(run(broker, "groups", "describe", "billing").text())
                    .containsPattern("members +1")
                    .containsPattern("orders +0 +1 +3 +2 +\\S+");
        }
        assertThat(run(broker, reset).status()).isZero();
    }

    @Test
    void whatIsNotThereIsNamedWithWhatWasMeant() throws Exception {
        BrokerProcess broker = scene.startBroker();
        run(broker, "topics", "create", "orders");
        Outcome setting = run(broker, "topics", "configure", "orders", "--set", "retension.ms=1");
        assertThat(setting.status()).isEqualTo(1);
        assertThat(setting.text()).contains("retension.ms").doesNotContain("\tat ");
        Outcome topic = run(broker, "publish", "ordrs");
        assertThat(topic.status()).isEqualTo(1);
        assertThat(topic.text()).contains("no topic 'ordrs'; did you mean 'orders'?");
    }

    @Test
    void deadLettersAreLookedAtAndSentBackAndWhatWasSettledComesAgain() throws Exception {
        BrokerProcess broker = scene.startBroker();
        try (Connection connection = Rabbit.connect(broker)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("orders", "topic", true);
            channel.queueDeclare("billing.dead", true, false, false, null);
            Map<String, Object> mortal =
                    Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "billing.dead");
            channel.queueDeclare("billing", true, false, false, mortal);
            channel.queueBind("billing", "orders", "order.#");
            channel.confirmSelect();
            for (String value : List.of("one", "two", "three")) {
                channel.basicPublish("orders", "order.eu", null, value.getBytes(StandardCharsets.UTF_8));
            }
            channel.waitForConfirmsOrDie(DEADLINE.toMillis());
            channel.basicReject(channel.basicGet("billing", false).getEnvelope().getDeliveryTag(), false);
            channel.basicAck(channel.basicGet("billing", false).getEnvelope().getDeliveryTag(), false);
            await("dead letter").atMost(DEADLINE).until(() -> channel.messageCount("billing.dead") == 1);
        }

        assertThat(run(broker, "queues", "list").text())
                .containsPattern("billing +1 +0 +0 +5 +0 +queue +durable")
                .containsPattern("billing.dead +1 +0 +0 +3 +0 +queue +durable");
        assertThat(run(broker, "queues", "describe", "billing").text())
                .contains("set        dead.letter.key=billing.dead")
                .containsPattern("orders +keys like order.#");
        assertThat(run(broker, "queues", "browse", "billing.dead"))
                .isEqualTo(new Outcome(0, "0  q.billing.dead-0@0  ready  0  billing:rejected  billing.dead\tone\n"));
        assertThat(run(broker, "queues", "browse", "billing.dead", "--json").text())
                .contains("\"queue\":\"billing\",\"reason\":\"rejected\"");
        assertThat(run(broker, "queues", "redrive", "billing.dead", "--queue", "billing"))
                .isEqualTo(new Outcome(0, "1 message sent back\n"));
        await("its return")
                .atMost(DEADLINE)
                .until(() -> run(broker, "queues", "browse", "billing").text().contains("order.eu\tone"));
        Outcome replayed = run(broker, "queues", "replay", "billing", "--from", "1", "--topic", "orders");
        assertThat(replayed.status()).isZero();
        assertThat(replayed.text()).containsPattern("orders +0 +1 +1\n");
        assertThat(run(broker, "queues", "browse", "billing", "--limit", "1").text())
                .contains("order.eu\tthree")
                .endsWith("mainstem: of 3 messages; --skip 1 shows the next ones\n");
        assertThat(run(broker, "queues", "purge", "billing")).isEqualTo(new Outcome(0, "3 messages purged\n"));
        assertThat(run(broker, "queues", "purge", "biling"))
                .isEqualTo(new Outcome(1, "mainstem: no queue 'biling'; did you mean 'billing'?\n"));
    }

    @Test
    void publishShowsOnATerminalHowFarItIs() throws Exception {
        BrokerProcess broker = scene.startBroker();
        run(broker, "topics", "create", "orders");
        Path lines = Files.writeString(scene.directory().resolve("lines.txt"), "one\ntwo\nthree\n");
        List<String> publish = new ArrayList<>(List.of(
                launcher().toString(),
                "publish",
                "orders",
                lines.toString(),
                "--data",
                broker.dataDirectory().toString()));
        Path silent = scene.directory().resolve("silent.txt");
        assertThat(outcome(process(silent, publish), silent)).isEqualTo(new Outcome(0, ""));
        Path output = scene.directory().resolve("terminal.txt");
        Outcome shown = outcome(process(output, List.of("script", "-qec", quoted(publish), "/dev/null")), output);
        assertThat(shown.status()).as(shown.text()).isZero();
        assertThat(shown.text()).contains("3 records stored");
    }

    /** The launcher over the packaged server, where it has nothing to build. */
    private Path launcher() throws IOException {
        Path home = scene.directory().resolve("home");
        Path packaged = Path.of(System.getProperty("mainstem.server")).toRealPath();
        Path target = Files.createDirectories(home.resolve("server/target"));
        for (String part : List.of("lib", "mainstem-server-0.1.0-SNAPSHOT.jar")) {
            Files.createSymbolicLink(target.resolve(part), packaged.resolve(part));
        }
        return Files.copy(Scene.interop().resolveSibling("mainstem"), home.resolve("mainstem"));
    }

    private Outcome run(BrokerProcess broker, String... command) throws IOException, InterruptedException {
        Path output = scene.directory().resolve("output.txt");
        return outcome(process(output, on(broker, command)), output);
    }

    private static List<String> on(BrokerProcess broker, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.add("--data");
        arguments.add(broker.dataDirectory().toString());
        return BrokerProcess.command(arguments.toArray(String[]::new));
    }

    private Process process(Path output, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        scene.closing(process::destroyForcibly);
        return process;
    }

    private static Outcome outcome(Process process, Path output) throws IOException, InterruptedException {
        assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends, see %s", output)
                .isTrue();
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private static String quoted(List<String> command) {
        return command.stream().map(part -> "'" + part + "'").collect(Collectors.joining(" "));
    }

    private static void typeUntilClosed(OutputStream input) {
        try (OutputStream out = new BufferedOutputStream(input)) {
            for (int number = 0; ; number++) {
                out.write((line(number) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // the command has ended
        }
    }

    private static String line(int number) {
        return number + " " + "x".repeat(100);
    }

    private static long endOffset(BrokerProcess broker, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(broker)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            return consumer.endOffsets(List.of(partition)).get(partition);
        }
    }
}
