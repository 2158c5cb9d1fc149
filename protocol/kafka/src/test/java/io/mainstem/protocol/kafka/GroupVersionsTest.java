package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A member comes, is given its share, and goes, in the words of old clients and new. */
class GroupVersionsTest {

    /** From here on a member is told its id before it joins. */
    private static final int KNOWN_MEMBER_VERSION = 4;

    private Service service;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory);
        service.topic("events", 1);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aMemberComesAndGoes(int version) throws IOException {
        String group = "group." + version;
        try (RawClient client = service.connect()) {
            JoinGroupResponse joined = client.ask(GroupRequests.join(within(ApiKeys.JOIN_GROUP, version), group, ""));
            String memberId = joined.data().memberId();
            if (within(ApiKeys.JOIN_GROUP, version) >= KNOWN_MEMBER_VERSION) {
                assertThat(joined.error()).isEqualTo(Errors.MEMBER_ID_REQUIRED);
                joined = client.ask(GroupRequests.join(within(ApiKeys.JOIN_GROUP, version), group, memberId));
            }
            assertThat(joined.error()).isEqualTo(Errors.NONE);
            assertThat(joined.isLeader()).isTrue();
            int generation = joined.data().generationId();

            SyncGroupResponse synced = client.ask(Requests.request(
                    ApiKeys.SYNC_GROUP,
                    within(ApiKeys.SYNC_GROUP, version),
                    sync(group, memberId, generation, within(ApiKeys.SYNC_GROUP, version))));
            assertThat(synced.error()).isEqualTo(Errors.NONE);
            assertThat(synced.data().assignment()).containsExactly(1, 2, 3);

            int heartbeatVersion = within(ApiKeys.HEARTBEAT, version);
            assertThat(errors(client.ask(Requests.request(
                            ApiKeys.HEARTBEAT,
                            heartbeatVersion,
                            new HeartbeatRequestData()
                                    .setGroupId(group)
                                    .setMemberId(memberId)
                                    .setGenerationId(generation)))))
                    .isEqualTo(Errors.NONE);
            DescribeGroupsResponse described = describe(client, version, group);
            assertThat(described.data().groups().get(0).members()).hasSize(1);
            assertThat(errors(client.ask(GroupRequests.leave(within(ApiKeys.LEAVE_GROUP, version), group, memberId))))
                    .isEqualTo(Errors.NONE);
        }
    }

    @Test
    void anUnknownGroupIsDeadToOldClientsAndNotFoundByNewOnes() throws IOException {
        try (RawClient client = service.connect()) {
            assertThat(describe(client, 5, "nothing").data().groups())
                    .singleElement()
                    .satisfies(group -> {
                        assertThat(group.errorCode()).isEqualTo(Errors.NONE.code());
                        assertThat(group.groupState()).isEqualTo("Dead");
                    });
            assertThat(errors(describe(client, 6, "nothing"))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        }
    }

    @Test
    void aGroupHasAName() throws IOException {
        try (RawClient client = service.connect()) {
            JoinGroupResponse classic = client.ask(GroupRequests.join(9, "", ""));
            ConsumerGroupHeartbeatResponse consumer = client.ask(GroupRequests.consumerHeartbeat(1, "", "events"));

            assertThat(classic.error()).isEqualTo(Errors.INVALID_GROUP_ID);
            assertThat(consumer.data().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    private static DescribeGroupsResponse describe(RawClient client, int version, String group) throws IOException {
        return client.ask(Requests.request(
                ApiKeys.DESCRIBE_GROUPS,
                within(ApiKeys.DESCRIBE_GROUPS, version),
                new DescribeGroupsRequestData().setGroups(List.of(group))));
    }

    private static SyncGroupRequestData sync(String group, String memberId, int generation, int version) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGenerationId(generation)
                .setProtocolType(version < 5 ? null : "consumer")
                .setProtocolName(version < 5 ? null : "range")
                .setAssignments(List.of(
                        new SyncGroupRequestAssignment().setMemberId(memberId).setAssignment(new byte[] {1, 2, 3})));
    }

    /** The nearest version that the key has. */
    private static int within(ApiKeys key, int version) {
        return Math.max(key.oldestVersion(), Math.min(version, key.latestVersion(false)));
    }

    private static Errors errors(AbstractResponse response) {
        assertThat(response.errorCounts()).hasSize(1);
        return response.errorCounts().keySet().iterator().next();
    }
}
