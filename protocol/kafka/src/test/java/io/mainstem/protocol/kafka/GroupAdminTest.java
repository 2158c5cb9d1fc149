package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.mainstem.protocol.kafka.groups.GroupDescription;
import io.mainstem.protocol.kafka.groups.GroupException;
import io.mainstem.protocol.kafka.groups.GroupSummary;
import io.mainstem.protocol.kafka.groups.TopicPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to groups from outside: by Kafka's admin client, and by whoever holds the listener. */
class GroupAdminTest {

    private static final TopicPartition EVENTS = new TopicPartition("events", 0);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private GroupService service;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        service = GroupService.start(directory, GroupService.options(now::get));
        service.createTopic("events", 1);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupIsListedAndDescribed(String protocol) throws Exception {
        try (Admin admin = service.admin();
                GroupMember member = member(protocol)) {
            await().atMost(GroupService.DEADLINE).until(() -> member.assigned().contains(EVENTS));

            assertThat(admin.listGroups().all().get())
                    .singleElement()
                    .satisfies(group -> assertThat(group.groupId()).isEqualTo("readers"));
            ConsumerGroupDescription described = admin.describeConsumerGroups(List.of("readers"))
                    .describedGroups()
                    .get("readers")
                    .get();
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.members())
                    .singleElement()
                    .satisfies(
                            it -> assertThat(it.assignment().topicPartitions()).containsExactly(EVENTS));
            GroupDescription own = get(groups().describe("readers")).orElseThrow();
            assertThat(own.type()).isEqualTo(protocol);
            assertThat(own.state()).isEqualTo("Stable");
            assertThat(own.members()).singleElement().satisfies(it -> {
                assertThat(it.host()).isEqualTo("127.0.0.1");
                assertThat(it.assigned()).containsExactly(new TopicPlace("events", 0));
            });
        }
    }

    @Test
    void offsetsAreAlteredAndDeleted() throws Exception {
        try (Admin admin = service.admin()) {
            admin.alterConsumerGroupOffsets("readers", Map.of(EVENTS, new OffsetAndMetadata(7, "note")))
                    .all()
                    .get();
            assertThat(committed(admin)).containsEntry(EVENTS, new OffsetAndMetadata(7, "note"));
            service.restart();
            assertThat(committed(admin)).containsEntry(EVENTS, new OffsetAndMetadata(7, "note"));

            admin.deleteConsumerGroupOffsets("readers", Set.of(EVENTS)).all().get();
            service.restart();

            assertThat(committed(admin)).isEmpty();
        }
    }

    @Test
    void aDeletedGroupStaysDeleted() throws Exception {
        try (Admin admin = service.admin()) {
            alter(admin, 7);
            admin.deleteConsumerGroups(List.of("readers")).all().get();
            assertThat(committed(admin)).isEmpty();
            service.restart();

            assertThat(committed(admin)).isEmpty();
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of("readers")).all().get())
                    .hasCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupThatReadsIsLeftAlone(String protocol) throws Exception {
        try (Admin admin = service.admin();
                GroupMember member = member(protocol)) {
            await().atMost(GroupService.DEADLINE).until(() -> member.assigned().contains(EVENTS));

            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of("readers")).all().get())
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> alter(admin, 7)).hasCauseInstanceOf(UnknownMemberIdException.class);
            assertThatThrownBy(() -> get(groups().reset("readers", Map.of(new TopicPlace("events", 0), 7L))))
                    .hasCauseInstanceOf(GroupException.class)
                    .hasMessageContaining("stop its consumers first");
        }
    }

    @Test
    void aTopicTakesItsOffsetsWithIt() throws Exception {
        try (Admin admin = service.admin()) {
            alter(admin, 7);
            service.deleteTopic("events");
            service.createTopic("events", 1);
            await().atMost(GroupService.DEADLINE).until(() -> committed(admin).isEmpty());
            service.restart();

            assertThat(committed(admin)).isEmpty();
        }
    }

    @Test
    void aTopicTakesItsOffsetsWithItThoughNobodyUsesGroups() throws Exception {
        try (Admin admin = service.admin()) {
            alter(admin, 7);
            service.restart();
            service.deleteTopic("events");
            service.createTopic("events", 1);

            assertThat(committed(admin)).isEmpty();
        }
    }

    @Test
    void oldOffsetsOfAGroupThatIsGoneExpire() throws Exception {
        try (Admin admin = service.admin()) {
            alter(admin, 7);
            now.updateAndGet(before -> before.plus(Duration.ofSeconds(50)));
            service.restart();
            assertThat(committed(admin)).isNotEmpty();

            now.updateAndGet(before -> before.plus(Duration.ofSeconds(20)));

            await().atMost(GroupService.DEADLINE).until(() -> committed(admin).isEmpty());
        }
    }

    @Test
    void groupsAreLookedAfterFromOutsideTheProtocol() throws Exception {
        assertThat(get(groups().list())).isEmpty();
        assertThat(get(groups().describe("readers"))).isEmpty();

        get(groups().reset("readers", Map.of(new TopicPlace("events", 0), 7L)));

        assertThat(get(groups().list())).containsExactly(new GroupSummary("readers", "classic", "Empty"));
        assertThat(get(groups().describe("readers")).orElseThrow().offsets())
                .containsExactly(Map.entry(new TopicPlace("events", 0), 7L));
        assertThatThrownBy(() -> get(groups().reset("readers", Map.of(new TopicPlace("events", 1), 7L))))
                .hasMessageContaining("no partition events-1");
        get(groups().delete("readers"));
        assertThat(get(groups().list())).isEmpty();
        assertThatThrownBy(() -> get(groups().delete("readers"))).hasMessageContaining("no group 'readers'");
    }

    private GroupMember member(String protocol) {
        return GroupMember.of(service.consumer("readers", Map.of("group.protocol", protocol)), "events");
    }

    private ConsumerGroups groups() {
        return service.listener().groups();
    }

    private static void alter(Admin admin, long offset) throws Exception {
        admin.alterConsumerGroupOffsets("readers", Map.of(EVENTS, new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("readers")
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
