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
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
            await().atMost(GroupService.DEADLINE).until(() -> member.handled().size() >= 300);
        }
        service.produce("events", 3, 300, 400);
        try (GroupMember member = member(protocol)) {
            await().atMost(GroupService.DEADLINE).until(() -> member.handled().size() >= 100);

            assertThat(values(List.of(member))).containsExactlyInAnyOrderElementsOf(numbers(300, 400));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersShareThePartitions(String protocol) throws Exception {
        service.createTopic("events", 4);
        try (GroupMember first = member(protocol);
                GroupMember second = member(protocol)) {
            await().atMost(GroupService.DEADLINE).untilAsserted(() -> {
                assertThat(first.assigned()).hasSize(2);
                assertThat(second.assigned()).hasSize(2).doesNotContainAnyElementsOf(first.assigned());
            });
            service.produce("events", 4, 0, 400);

            await().atMost(GroupService.DEADLINE)
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
            await().atMost(GroupService.DEADLINE)
                    .until(() -> first.assigned().size() == 2
                            && second.assigned().size() == 2
                            && first.handled().size() + second.handled().size() >= 200);
            Set<TopicPartition> before = new HashSet<>(first.assigned());

            service.restart();
            service.produce("events", 4, 200, 400);

            await().atMost(GroupService.DEADLINE)
                    .until(() -> first.handled().size() + second.handled().size() >= 400);
            assertThat(values(List.of(first, second))).containsExactlyInAnyOrderElementsOf(numbers(0, 400));
            assertThat(first.assigned()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aPatternFindsTopicsThatComeLater(String protocol) throws Exception {
        service.createTopic("events.a", 1);
        try (GroupMember member = new GroupMember(
                service.consumer("readers", Map.of("group.protocol", protocol)),
                consumer -> consumer.subscribe(Pattern.compile("events\\..*")))) {
            await().atMost(GroupService.DEADLINE).until(() -> member.assigned().size() == 1);

            service.createTopic("other", 1);
            service.createTopic("events.b", 1);

            await().atMost(GroupService.DEADLINE)
                    .until(() -> member.assigned()
                            .equals(Set.of(new TopicPartition("events.a", 0), new TopicPartition("events.b", 0))));
        }
    }

    @Test
    void theBrokerMatchesAPattern() throws Exception {
        service.createTopic("events.a", 1);
        service.createTopic("other", 1);
        try (GroupMember member = new GroupMember(
                service.consumer("readers", Map.of("group.protocol", "consumer")),
                consumer -> consumer.subscribe(new SubscriptionPattern("events\\..*")))) {
            await().atMost(GroupService.DEADLINE)
                    .until(() -> member.assigned().equals(Set.of(new TopicPartition("events.a", 0))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aMemberThatDiedWhileTheBrokerWasDownLosesItsPartitions(String protocol) throws Exception {
        service.createTopic("events", 4);
        try (GroupMember staying = member(protocol)) {
            GroupMember dying = member(protocol);
            await().atMost(GroupService.DEADLINE)
                    .until(() ->
                            staying.assigned().size() == 2 && dying.assigned().size() == 2);
            dying.die();
            service.restart();

            await().atMost(GroupService.DEADLINE).until(() -> staying.assigned().size() == 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aStaticMemberFindsItsPartitionsAgain(String protocol) throws Exception {
        service.createTopic("events", 4);
        Map<String, String> named = Map.of("group.protocol", protocol, "group.instance.id", "first");
        try (GroupMember other = member(protocol)) {
            GroupMember first = GroupMember.of(service.consumer("readers", named), "events");
            await().atMost(GroupService.DEADLINE)
                    .until(() ->
                            other.assigned().size() == 2 && first.assigned().size() == 2);
            Set<TopicPartition> before = first.assigned();
            first.close();

            try (GroupMember again = GroupMember.of(service.consumer("readers", named), "events")) {
                await().atMost(GroupService.DEADLINE)
                        .until(() -> again.assigned().equals(before));
                assertThat(other.assigned()).hasSize(2);
            }
        }
    }

    @Test
    void aCooperativeRebalanceKeepsWhatStays() throws Exception {
        service.createTopic("events", 4);
        Map<String, String> sticky =
                Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        try (GroupMember first = GroupMember.of(service.consumer("readers", sticky), "events")) {
            await().atMost(GroupService.DEADLINE).until(() -> first.assigned().size() == 4);
            try (GroupMember second = GroupMember.of(service.consumer("readers", sticky), "events")) {
                await().atMost(GroupService.DEADLINE)
                        .until(() -> first.assigned().size() == 2
                                && second.assigned().size() == 2);
            }
        }
    }

    @Test
    void aGroupMovesFromTheOldProtocolToTheNewOneMemberByMember() throws Exception {
        service.createTopic("events", 2);
        service.produce("events", 2, 0, 100);
        GroupMember classic = member("classic");
        await().atMost(GroupService.DEADLINE).until(() -> classic.handled().size() == 100);
        try (GroupMember consumer = member("consumer")) {
            await().atMost(GroupService.DEADLINE)
                    .until(() -> classic.assigned().size() == 1
                            && consumer.assigned().size() == 1);
            classic.close();
            service.produce("events", 2, 100, 200);

            await().atMost(GroupService.DEADLINE).until(() -> consumer.handled().size() >= 100);
            assertThat(values(List.of(consumer))).containsExactlyInAnyOrderElementsOf(numbers(100, 200));
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
