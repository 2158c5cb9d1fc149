package io.mainstem.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ and Mainstem are configured the same, short of disk, or stopped, and their clients see the same of it. */
@Tag("foreign")
class AmqpServerScenarioTest {

    private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);

    @RegisterExtension
    final Scene scene = new Scene();

    @TestFactory
    Stream<DynamicTest> limitsAreThoseOfTheConfiguration() throws IOException {
        RabbitPeer rabbit = RabbitPeer.start(
                scene,
                "vm_memory_high_watermark.absolute = 1GB",
                "disk_free_limit.absolute = 50MB",
                "channel_max = " + AmqpServerScenarios.CHANNELS,
                "frame_max = " + AmqpServerScenarios.FRAME_BYTES,
                "heartbeat = " + AmqpServerScenarios.HEARTBEAT_SECONDS,
                "max_message_size = " + AmqpServerScenarios.MESSAGE_BYTES,
                "consumer_timeout = " + AmqpServerScenarios.CONSUMER_TIMEOUT_MILLIS);
        BrokerProcess mainstem = startMainstem(
                "amqp-max-channels = " + AmqpServerScenarios.CHANNELS,
                "amqp-max-frame-bytes = " + AmqpServerScenarios.FRAME_BYTES,
                "amqp-heartbeat-seconds = " + AmqpServerScenarios.HEARTBEAT_SECONDS,
                "amqp-max-message-bytes = " + AmqpServerScenarios.MESSAGE_BYTES,
                "amqp-consumer-timeout-millis = " + AmqpServerScenarios.CONSUMER_TIMEOUT_MILLIS);
        List<Scenario<AmqpStage>> scenarios = AmqpServerScenarios.limited();
        return comparison(rabbit, mainstem).tests(scenarios, scenarios.size());
    }

    @TestFactory
    Stream<DynamicTest> publishersAreToldOfAFullDiskAndEverybodyOfTheEnd() throws IOException {
        RabbitPeer rabbit = RabbitPeer.start(
                scene,
                "vm_memory_high_watermark.absolute = 1GB",
                "disk_free_limit.absolute = " + AmqpServerScenarios.FREE_DISK_BYTES);
        BrokerProcess mainstem = startMainstem("amqp-min-free-disk-bytes = " + AmqpServerScenarios.FREE_DISK_BYTES);
        return comparison(rabbit, mainstem).tests(AmqpServerScenarios.shortOfDisk(), 1);
    }

    private Comparison<AmqpStage> comparison(RabbitPeer rabbit, BrokerProcess mainstem) {
        return new Comparison<>(
                () -> new AmqpStage(rabbit.host(), rabbit.port(), () -> rabbit.stop(STOP_DEADLINE)),
                () -> new AmqpStage(mainstem.host(), mainstem.amqpPort(), mainstem::terminate),
                List.of());
    }

    private BrokerProcess startMainstem(String... settings) throws IOException {
        Path file = scene.directory().resolve("mainstem.properties");
        Files.write(file, List.of(settings));
        return scene.startBroker("--config", file.toString());
    }
}
