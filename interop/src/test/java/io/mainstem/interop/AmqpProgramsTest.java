package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What applications of other languages and frameworks do over AMQP. */
@Tag("foreign")
class AmqpProgramsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;

    @BeforeEach
    void startBroker() {
        broker = scene.startBroker();
    }

    private ForeignProgram.Builder python(String log, String... arguments) {
        List<String> command = new ArrayList<>(List.of(PikaConsumer.PYTHON));
        command.addAll(List.of(arguments));
        return scene.program(log, command.toArray(String[]::new))
                .directory(Scene.interop().resolve("src/test/python"))
                .environment(Map.of("CELERY_BROKER_URL", url() + "//", "PYTHONDONTWRITEBYTECODE", "1"));
    }

    private String url() {
        return "amqp://guest:guest@" + broker.amqp();
    }

    private List<String> pika(String command) {
        return python("pika-" + command, "pika_client.py", broker.host(), Integer.toString(broker.amqpPort()), command)
                .start()
                .lines(DEADLINE);
    }

    @Test
    void pikaWorksOffAQueue() {
        assertThat(pika("work"))
                .containsExactly(
                        "done [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
                        "replies [(0, 'TASK 0'), (1, 'TASK 1'), (2, 'TASK 2'), (4, 'TASK 4'), (5, 'TASK 5'),"
                                + " (6, 'TASK 6'), (7, 'TASK 7'), (8, 'TASK 8'), (9, 'TASK 9')]",
                        "left 0",
                        "deleted 0");
    }

    @Test
    void pikaRoutesReturnsAndCommits() {
        assertThat(pika("routes"))
                .containsExactly(
                        "returned [(312, b'nobody')]",
                        "got b'one copy' 0",
                        "empty (None, None, None)",
                        "got b'committed'");
    }

    @Test
    void pikaIsToldWhatIsWrong() {
        assertThat(pika("errors"))
                .containsExactly(
                        "not found 404 NOT_FOUND - no queue 'pika-none' in vhost '/'",
                        "refused 403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
                        "unknown tag 406 PRECONDITION_FAILED - unknown delivery tag 77",
                        "wrong password ProbableAuthenticationError",
                        "vhost ConnectionClosedByBroker: (530) 'NOT_ALLOWED - vhost nowhere not found'");
    }

    @Test
    void pikaWorksInThreadsAndWithoutBlocking() {
        assertThat(pika("threads")).containsExactly("settled 20 left 0");
        assertThat(pika("asynchronous")).containsExactly("confirmed 100 in order True");
    }

    @Test
    void kombuDeclaresPublishesAndConsumes() {
        assertThat(python("kombu", "kombu_client.py", url() + "//").start().lines(DEADLINE))
                .containsExactly(
                        "simple {'hello': ['world', 1, None]} application/json",
                        "empty 0",
                        "no more",
                        "received ['audio.new', 'video.a.b', 'video.new'] True",
                        "confirmed confirmed");
    }

    @Test
    void celeryRunsTasks() {
        ForeignProgram worker = python(
                        "celery",
                        "-m",
                        "celery",
                        "-A",
                        "celery_tasks",
                        "worker",
                        "-P",
                        "threads",
                        "-c",
                        "4",
                        "-l",
                        "info")
                .start();
        worker.eachLine(line -> {});
        await("the worker, see " + worker.log())
                .atMost(DEADLINE)
                .failFast("it has ended", () -> !worker.isAlive())
                .until(() -> Files.readString(worker.log()).contains("ready."));
        assertThat(python("celery-client", "celery_client.py").start().lines(DEADLINE))
                .containsExactly(
                        "pong [{'ok': 'pong'}]",
                        "sum 5",
                        "retried after 2 retries",
                        "failed ValueError('always') FAILURE",
                        "not before its time True",
                        "group [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38]",
                        "chain 113",
                        "urgent urgent",
                        "revoked revoked",
                        "queues ['celery-tasks']");
        worker.awaitSuccess(DEADLINE);
    }

    @Test
    void amqplibPublishesConsumesAndReplies() {
        assertThat(NodeModules.script(scene, "amqplib.js", broker.amqp())
                        .start()
                        .lines(DEADLINE))
                .containsExactly(
                        "confirmed 20",
                        "properties id-19 1234567890 {\"list\":[1,\"two\",false]}",
                        "received 20",
                        "returned 312 NO_ROUTE back",
                        "reply 42 PLEASE",
                        "refused 404 NOT_FOUND - no queue 'amqplib-none' in vhost '/'",
                        "refused 406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amqplib' in vhost '/':"
                                + " received 'fanout' but current is 'topic'",
                        "got false");
    }

    @Test
    void aSpringApplicationConfirmsRetriesAndReplies() {
        List<String> said = JavaClients.fetch(scene, "spring-amqp")
                .compile("SpringAmqpDriver")
                .program("spring-amqp", "SpringAmqpDriver", broker.host(), Integer.toString(broker.amqpPort()))
                .start()
                .lines(DEADLINE);
        assertThat(said)
                .containsExactlyInAnyOrder(
                        "confirmed true",
                        "confirmed true",
                        "confirmed true",
                        "confirmed true",
                        "confirmed true",
                        "handled order0",
                        "handled order1",
                        "handled order2",
                        "handled order4",
                        "attempt 1 of bad3",
                        "attempt 2 of bad3",
                        "confirmed true, returned NO_ROUTE",
                        "price apple costs 5",
                        "failed bad3: cannot handle bad3 from order.new",
                        "dead poison: rejected in poison",
                        "left 0 for 2");
    }

    private ForeignProgram tool(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("amqp-" + name, "-u", "amqp://" + broker.amqp()));
        command.addAll(List.of(arguments));
        return scene.program("amqp-" + name, command.toArray(String[]::new)).start();
    }

    private String outputOf(String name, String... arguments) {
        return new String(tool(name, arguments).output(DEADLINE), StandardCharsets.UTF_8);
    }

    @Test
    void theToolsOfRabbitmqCPublishGetAndConsume() throws IOException {
        assertThat(outputOf("declare-queue", "-q", "tools", "-d")).isEqualTo("tools\n");
        outputOf("publish", "-r", "tools", "-b", "hello", "-p", "-C", "text/plain");
        ForeignProgram publish = tool("publish", "-r", "tools", "-l");
        try (OutputStream input = publish.input()) {
            input.write("a\nb\n".getBytes(StandardCharsets.UTF_8));
        }
        publish.awaitSuccess(DEADLINE);
        assertThat(outputOf("get", "-q", "tools")).isEqualTo("hello");
        assertThat(outputOf("consume", "-q", "tools", "-c", "2", "cat")).isEqualTo("a\nb\n");
        assertThat(tool("get", "-q", "tools").exitStatus(DEADLINE))
                .as("of an empty queue")
                .isEqualTo(2);
        ForeignProgram toNowhere = tool("publish", "-e", "nowhere", "-r", "x", "-b", "y");
        assertThat(toNowhere.exitStatus(DEADLINE)).isEqualTo(1);
        assertThat(Files.readString(toNowhere.log())).contains("404, message: NOT_FOUND - no exchange 'nowhere'");
        assertThat(outputOf("delete-queue", "-q", "tools")).isEqualTo("0\n");
    }
}
