package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each scenario is played on a real Kafka and on Mainstem, and is seen to end the same way on both. */
@Tag("foreign")
class ScenarioTest {

    @RegisterExtension
    final Scene scene = new Scene();

    @TestFactory
    Stream<DynamicTest> endsTheSameWayOnBoth() throws IOException {
        String kafka = KafkaPeer.start(scene).bootstrap();
        String mainstem = scene.startBroker().kafka();
        return Scenario.all().stream()
                .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> compare(scenario, kafka, mainstem)));
    }

    @Test
    void everyWantedDifferenceIsDocumented() throws IOException {
        String page = Files.readString(Scene.interop().resolve("../docs/kafka.md"), StandardCharsets.UTF_8);
        for (WantedDifference difference : WantedDifference.values()) {
            assertThat(page).contains(difference.inTheDocumentation());
        }
    }

    private static void compare(Scenario scenario, String kafka, String mainstem) {
        CompletableFuture<Map<String, String>> playing = CompletableFuture.supplyAsync(() -> play(scenario, kafka));
        Map<String, String> onMainstem = play(scenario, mainstem);
        Map<String, String> onKafka = playing.join();
        assertThat(onMainstem).as("what is seen").isNotEmpty();
        WantedDifference.takeOut(scenario.name(), onKafka, onMainstem);
        assertThat(lines(onMainstem)).isEqualTo(lines(onKafka));
    }

    /** What was seen until the end, or until something failed, and then that. */
    private static Map<String, String> play(Scenario scenario, String bootstrap) {
        Map<String, String> seen = new LinkedHashMap<>();
        try (Stage stage = new Stage(bootstrap, seen)) {
            scenario.script().play(stage, scenario.name());
        } catch (Exception e) {
            throw new AssertionError("at " + bootstrap + ", after " + seen.keySet(), e);
        }
        return seen;
    }

    private static String lines(Map<String, String> seen) {
        StringBuilder lines = new StringBuilder();
        seen.forEach((what, outcome) ->
                lines.append(what).append(": ").append(outcome).append('\n'));
        return lines.toString();
    }
}
