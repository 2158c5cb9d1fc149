package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the README invites to try does what it says. */
@Tag("foreign")
class ReadmeTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void messagesCrossProtocolsWithTheirProperties() throws IOException {
        BrokerProcess broker = scene.startBroker();
        String script = firstScript("## Try it")
                .replace("127.0.0.1:9092", broker.kafka())
                .replace(
                        "pika.BlockingConnection()",
                        "pika.BlockingConnection(pika.ConnectionParameters(port=" + broker.amqpPort() + "))");

        List<String> lines = scene.program("readme", "bash", "-e", "-O", "expand_aliases", "-c", script)
                .start()
                .lines(DEADLINE);

        assertThat(lines)
                .containsExactly(
                        "b'second' text/plain {'shop': '7'}",
                        "order.eu first ",
                        "order.eu second content-type=text/plain,shop=7",
                        "order.us third shop=8,mainstem.priority=5");
    }

    private static String firstScript(String heading) throws IOException {
        Path readme = Scene.interop().resolve("../README.md");
        String section = Files.readString(readme, StandardCharsets.UTF_8).split(heading + "\n", 2)[1];
        return section.split("```sh\n", 2)[1].split("```", 2)[0];
    }
}
