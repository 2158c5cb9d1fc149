package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each scenario is played on a real RabbitMQ and on Mainstem, and is seen to end the same way on both. */
@Tag("foreign")
class AmqpScenarioTest {

    /** Most of them wait for an answer most of the time. */
    private static final int CONCURRENT = 4;

    @RegisterExtension
    final Scene scene = new Scene();

    /** All, or those that {@code -Dmainstem.scenario=REGEX} names. */
    private static List<Scenario<AmqpStage>> scenarios() {
        String wanted = System.getProperty("mainstem.scenario", ".*");
        return AmqpScenarios.all().stream()
                .filter(scenario -> scenario.name().matches(wanted))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> endsTheSameWayOnBoth() throws IOException {
        RabbitPeer rabbit = RabbitPeer.start(
                scene,
                "vm_memory_high_watermark.absolute = 1GB",
                "disk_free_limit.absolute = 50MB",
                "max_message_size = " + AmqpPublishScenarios.MAX_BODY_BYTES,
                "consumer_timeout = " + AmqpConsumeScenarios.TIMEOUT_MILLIS);
        BrokerProcess mainstem = scene.startBroker("--amqp-virtual-hosts", AmqpStage.OTHER_VIRTUAL_HOST);
        return new Comparison<>(
                        () -> new AmqpStage(rabbit.host(), rabbit.port()),
                        () -> new AmqpStage(mainstem.host(), mainstem.amqpPort()),
                        AmqpScenarios.DIFFERENCES)
                .tests(scenarios(), CONCURRENT);
    }

    @Test
    void everyWantedDifferenceIsDocumented() throws IOException {
        String page = Files.readString(Scene.interop().resolve("../docs/amqp.md"), StandardCharsets.UTF_8);
        assertThat(AmqpScenarios.DIFFERENCES)
                .allSatisfy(difference -> assertThat(page).contains(difference.inTheDocumentation()));
    }
}
