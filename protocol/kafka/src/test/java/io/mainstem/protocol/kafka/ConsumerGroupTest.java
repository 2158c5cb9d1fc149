package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What consumers that subscribe can rely on, whichever protocol they speak. */
class ConsumerGroupTest {

    private GroupService service;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = GroupService.start(directory);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aSubscriberReadsEverythingAndGoesOnWhereItLeft(String protocol) throws Exception {
        service.createTopic("events", 3);
        service.produce("events", 3, 0, 300);
        try (GroupMember member = member(protocol)) {
            await().atMost(Service.DEADLINE).until(() -> member.handled().size() >= 300);
        }
        service.produce("events", 3, 300, 400);
        try (GroupMember member = member(protocol)) {
            await().atMost(Service.DEADLINE).until(() -> member.handled().size() >= 100);

            assertThat(values(List.of(member))).containsExactlyInAnyOrderElementsOf(numbers(300, 400));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersShareThePartitions(String protocol) throws Exception {
        service.createTopic("events", 4);
        try (GroupMember first = member(protocol);
                GroupMember second = member(protocol)) {
            await().atMost(Service.DEADLINE).untilAsserted(() -> {
                assertThat(first.assigned()).hasSize(2);
                assertThat(second.assigned()).hasSize(2).doesNotContainAnyElementsOf(first.assigned());
            });
            service.produce("events", 4, 0, 400);

            await().atMost(Service.DEADLINE)
                    .until(() -> first.handled().size() + second.handled().size() >= 400);
            assertThat(values(List.of(first, second))).containsExactlyInAnyOrderElementsOf(numbers(0, 400));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aRestartOfTheBrokerMovesNoPartitionAndLosesNoOffset(String protocol) throws Exception {
        service.createTopic("events", 4);
        service.produce("events", 4, 0, 200);
        try (GroupMember first = member(protocol);
                GroupMember second = member(protocol)) {
            await().atMost(Service.DEADLINE)
                    .until(() -> first.assigned().size() == 2
                            && second.assigned().size() == 2
                            && first.handled().size() + second.handled().size() >= 200);
            Set<TopicPartition> before = new HashSet<>(first.assigned());

            service.restart();
            service.produce("events", 4, 200, 400);

            await().atMost(Service.DEADLINE)
                    .until(() -> first.handled().size() + second.handled().size() >= 400);
            assertThat(values(List.of(first, second))).containsExactlyInAnyOrderElementsOf(numbers(0, 400));
            assertThat(first.assigned()).isEqualTo(before);
        }
    }

    private GroupMember member(String protocol) {
        return GroupMember.of(service.consumer("readers", Map.of("group.protocol", protocol)), "events");
    }

    private static List<String> values(List<GroupMember> members) {
        List<String> values = new ArrayList<>();
        members.forEach(member -> member.handled().forEach(handled -> values.add(handled.value())));
        return values;
    }

    private static List<String> numbers(int from, int until) {
        return IntStream.range(from, until).mapToObj(Integer::toString).toList();
    }
}
