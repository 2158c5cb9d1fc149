package io.mainstem.protocol.kafka;

import static io.mainstem.protocol.kafka.Requests.request;

import io.mainstem.broker.Topic;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;

/** Requests of groups at any version, without the leave of a client's builder. */
final class GroupRequests {

    private static final String NOBODY = "nobody";

    private GroupRequests() {}

    /** Any request of the key that makes sense at the version, of a member that there is not. */
    static AbstractRequest any(ApiKeys key, int version, Topic topic) {
        return switch (key) {
            case OFFSET_COMMIT -> commit(version, "group", topic, 0, 1);
            case OFFSET_DELETE -> deleteOffset(version, "group", topic.name());
            case JOIN_GROUP -> join(version, "joined." + version, "");
            case SYNC_GROUP ->
                request(
                        key,
                        version,
                        new SyncGroupRequestData()
                                .setGroupId("group")
                                .setMemberId(NOBODY)
                                .setProtocolType(version < 5 ? null : "consumer")
                                .setProtocolName(version < 5 ? null : "range"));
            case HEARTBEAT ->
                request(
                        key,
                        version,
                        new HeartbeatRequestData().setGroupId("group").setMemberId(NOBODY));
            case LEAVE_GROUP -> leave(version, "group", NOBODY);
            case DESCRIBE_GROUPS ->
                request(
                        key,
                        version,
                        new DescribeGroupsRequestData()
                                .setGroups(List.of("group"))
                                .setIncludeAuthorizedOperations(version >= 3));
            case LIST_GROUPS -> request(key, version, new ListGroupsRequestData());
            case DELETE_GROUPS ->
                request(key, version, new DeleteGroupsRequestData().setGroupsNames(List.of("no.such.group")));
            case CONSUMER_GROUP_HEARTBEAT -> consumerHeartbeat(version, "consumers." + version, topic.name());
            case CONSUMER_GROUP_DESCRIBE ->
                request(
                        key,
                        version,
                        new ConsumerGroupDescribeRequestData()
                                .setGroupIds(List.of("group"))
                                .setIncludeAuthorizedOperations(true));
            default -> throw new AssertionError("a key that no test knows: " + key);
        };
    }

    /** What {@link #any} is answered: what the coordinator says to a stranger, and to everything else no error. */
    static Set<Errors> answers(ApiKeys key) {
        return switch (key) {
            case SYNC_GROUP, HEARTBEAT -> Set.of(Errors.UNKNOWN_MEMBER_ID);
            case LEAVE_GROUP -> Set.of(Errors.NONE, Errors.UNKNOWN_MEMBER_ID);
            case JOIN_GROUP -> Set.of(Errors.NONE, Errors.MEMBER_ID_REQUIRED);
            case DELETE_GROUPS, CONSUMER_GROUP_DESCRIBE -> Set.of(Errors.GROUP_ID_NOT_FOUND);
            default -> Set.of(Errors.NONE);
        };
    }

    static AbstractRequest commit(int version, String groupId, Topic topic, int partition, long offset) {
        return request(
                ApiKeys.OFFSET_COMMIT,
                version,
                new OffsetCommitRequestData()
                        .setGroupId(groupId)
                        .setTopics(List.of(new OffsetCommitRequestTopic()
                                .setName(version < 10 ? topic.name() : "")
                                .setTopicId(version < 10 ? Uuid.ZERO_UUID : Catalog.idOf(topic))
                                .setPartitions(List.of(new OffsetCommitRequestPartition()
                                        .setPartitionIndex(partition)
                                        .setCommittedOffset(offset)
                                        .setCommittedMetadata(""))))));
    }

    static AbstractRequest join(int version, String groupId, String memberId) {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 1, 2}));
        return request(
                ApiKeys.JOIN_GROUP,
                version,
                new JoinGroupRequestData()
                        .setGroupId(groupId)
                        .setMemberId(memberId)
                        .setSessionTimeoutMs(30_000)
                        .setRebalanceTimeoutMs(version < 1 ? -1 : 30_000)
                        .setProtocolType("consumer")
                        .setProtocols(protocols));
    }

    static AbstractRequest heartbeat(String groupId, String memberId, int generation) {
        return request(
                ApiKeys.HEARTBEAT,
                4,
                new HeartbeatRequestData()
                        .setGroupId(groupId)
                        .setMemberId(memberId)
                        .setGenerationId(generation));
    }

    static AbstractRequest leave(int version, String groupId, String memberId) {
        LeaveGroupRequestData data = new LeaveGroupRequestData().setGroupId(groupId);
        if (version < 3) {
            data.setMemberId(memberId);
        } else {
            data.setMembers(List.of(new MemberIdentity().setMemberId(memberId)));
        }
        return request(ApiKeys.LEAVE_GROUP, version, data);
    }

    static AbstractRequest consumerHeartbeat(int version, String groupId, String topic) {
        return request(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                version,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(groupId)
                        .setMemberId(version < 1 ? "" : Uuid.randomUuid().toString())
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(30_000)
                        .setSubscribedTopicNames(List.of(topic))
                        .setTopicPartitions(List.of()));
    }

    static AbstractRequest deleteOffset(int version, String groupId, String topic) {
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName(topic)
                .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        return request(
                ApiKeys.OFFSET_DELETE,
                version,
                new OffsetDeleteRequestData().setGroupId(groupId).setTopics(topics));
    }
}
