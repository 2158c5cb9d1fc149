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

/** Each scenario is played on a real Kafka and on Mainstem, and is seen to end the same way on both. */
@Tag("foreign")
class KafkaScenarioTest {

    private static final List<WantedDifference> DIFFERENCES = List.of(
            new WantedDifference("transactions are not there yet", "transactional", "init transactions"),
            new WantedDifference(
                    "names that differ only in dots and underscores", "refuse-topics", "with a dot for the underscore"),
            new WantedDifference(
                    "a retry of a batch older than the last five", "wire-sequences", "the second of eight again"));

    @RegisterExtension
    final Scene scene = new Scene();

    @TestFactory
    Stream<DynamicTest> endsTheSameWayOnBoth() throws IOException {
        String kafka = KafkaPeer.start(scene).bootstrap();
        String mainstem = scene.startBroker().kafka();
        List<Scenario<KafkaStage>> scenarios = Stream.of(
                        TopicScenarios.all(),
                        SettingScenarios.all(),
                        ProduceScenarios.all(),
                        OffsetScenarios.all(),
                        GroupScenarios.all(),
                        ClusterScenarios.all(),
                        RetentionScenarios.all(),
                        WireScenarios.all())
                .flatMap(List::stream)
                .toList();
        return new Comparison<>(() -> new KafkaStage(kafka), () -> new KafkaStage(mainstem), DIFFERENCES)
                .tests(scenarios, 1);
    }

    @Test
    void everyWantedDifferenceIsDocumented() throws IOException {
        String page = Files.readString(Scene.interop().resolve("../docs/kafka.md"), StandardCharsets.UTF_8);
        assertThat(DIFFERENCES).allSatisfy(difference -> assertThat(page).contains(difference.inTheDocumentation()));
    }
}
