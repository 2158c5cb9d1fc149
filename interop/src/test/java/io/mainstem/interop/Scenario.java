package io.mainstem.interop;

import java.util.List;
import java.util.stream.Stream;

/**
 * Something that users of Kafka do. Played on two brokers it must be seen to end the same way.
 *
 * @param name also names its topics and groups, so that scenarios do not meet
 */
record Scenario(String name, Script script) {

    /** What is done; whatever is worth comparing goes to the stage. */
    @FunctionalInterface
    interface Script {
        void play(Stage stage, String name) throws Exception;
    }

    static List<Scenario> all() {
        return Stream.of(
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
    }

    @Override
    public String toString() {
        return name;
    }
}
