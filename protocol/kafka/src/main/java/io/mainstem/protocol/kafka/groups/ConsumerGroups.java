package io.mainstem.protocol.kafka.groups;

import io.mainstem.protocol.kafka.groups.GroupDescription.Member;
import io.mainstem.protocol.kafka.groups.GroupException.Kind;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * The consumer groups for whoever looks after them. May be used from any thread; stages complete on any, and fail with
 * a {@link GroupException} when the group does not allow what is asked, or with another exception when the coordinator
 * cannot be had.
 */
public final class ConsumerGroups {

    private static final String CLASSIC = "classic";

    private final GroupCoordination groups;

    public ConsumerGroups(GroupCoordination groups) {
        this.groups = groups;
    }

    /** All groups by name, also those of which there are only offsets. */
    public CompletionStage<List<GroupSummary>> list() {
        return groups.list(caller(ApiKeys.LIST_GROUPS), new ListGroupsRequestData())
                .thenApply(listed -> {
                    check(listed.errorCode(), "the groups");
                    return listed.groups().stream()
                            .map(group -> new GroupSummary(group.groupId(), group.groupType(), group.groupState()))
                            .sorted(Comparator.comparing(GroupSummary::groupId))
                            .toList();
                });
    }

    /** Members and offsets of one group; empty if there is no such group. */
    public CompletionStage<Optional<GroupDescription>> describe(String groupId) {
        return list().thenCompose(listed -> {
            Optional<GroupSummary> summary = listed.stream()
                    .filter(group -> group.groupId().equals(groupId))
                    .findFirst();
            return summary.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : describe(summary.get())
                            .thenCombine(
                                    offsets(groupId),
                                    (group, offsets) -> Optional.of(new GroupDescription(
                                            groupId,
                                            summary.get().type(),
                                            group.state(),
                                            group.assignor(),
                                            group.members(),
                                            offsets)));
        });
    }

    /**
     * Sets where a group that has no active members goes on; the other partitions stay as they are. A group that is not
     * there is made.
     */
    public CompletionStage<Void> reset(String groupId, Map<TopicPlace, Long> offsets) {
        Optional<TopicPlace> unknown = offsets.keySet().stream()
                .filter(place -> !groups.hasPartition(place))
                .sorted()
                .findFirst();
        if (unknown.isPresent()) {
            return CompletableFuture.failedFuture(
                    new GroupException(Kind.UNKNOWN_PARTITION, "there is no partition " + unknown.get()));
        }
        OffsetCommitRequestData request = new OffsetCommitRequestData().setGroupId(groupId);
        offsets.forEach((place, offset) -> request.topics()
                .add(new OffsetCommitRequestTopic()
                        .setName(place.topic())
                        .setTopicId(groups.idOf(place.topic()))
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(place.partition())
                                .setCommittedOffset(offset)
                                .setCommittedMetadata("")))));
        return groups.commit(caller(ApiKeys.OFFSET_COMMIT), request)
                .thenAccept(committed -> committed.topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .forEach(partition -> check(partition.errorCode(), groupId)));
    }

    /** Removes a group that has no active members, with its offsets. */
    public CompletionStage<Void> delete(String groupId) {
        return groups.delete(caller(ApiKeys.DELETE_GROUPS), List.of(groupId))
                .thenAccept(results -> results.forEach(result -> check(result.errorCode(), groupId)));
    }

    private CompletionStage<SortedMap<TopicPlace, Long>> offsets(String groupId) {
        OffsetFetchRequestGroup all =
                new OffsetFetchRequestGroup().setGroupId(groupId).setTopics(null);
        return groups.offsets(caller(ApiKeys.OFFSET_FETCH), all, true).thenApply(fetched -> {
            check(fetched.errorCode(), groupId);
            SortedMap<TopicPlace, Long> offsets = new TreeMap<>();
            fetched.topics()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> offsets.put(
                                    new TopicPlace(topic.name(), partition.partitionIndex()),
                                    partition.committedOffset())));
            return offsets;
        });
    }

    /** The part of a description that depends on the protocol. */
    private record Membership(String state, String assignor, List<Member> members) {}

    private CompletionStage<Membership> describe(GroupSummary group) {
        List<String> groupIds = List.of(group.groupId());
        if (group.type().equals(CLASSIC)) {
            return groups.describe(caller(ApiKeys.DESCRIBE_GROUPS), groupIds)
                    .thenApply(described -> membership(described.get(0)));
        }
        return groups.describeConsumerGroups(caller(ApiKeys.CONSUMER_GROUP_DESCRIBE), groupIds)
                .thenApply(described -> membership(described.get(0)));
    }

    private static Membership membership(DescribeGroupsResponseData.DescribedGroup group) {
        check(group.errorCode(), group.groupId());
        List<Member> members = group.members().stream()
                .map(member -> new Member(
                        member.memberId(),
                        Optional.ofNullable(member.groupInstanceId()),
                        member.clientId(),
                        host(member.clientHost()),
                        assigned(member.memberAssignment())))
                .toList();
        return new Membership(group.groupState(), group.protocolData(), members);
    }

    private static Membership membership(ConsumerGroupDescribeResponseData.DescribedGroup group) {
        check(group.errorCode(), group.groupId());
        List<Member> members = group.members().stream()
                .map(member -> new Member(
                        member.memberId(),
                        Optional.ofNullable(member.instanceId()),
                        member.clientId(),
                        host(member.clientHost()),
                        member.assignment().topicPartitions().stream()
                                .flatMap(topic -> topic.partitions().stream()
                                        .map(partition -> new TopicPlace(topic.topicName(), partition)))
                                .sorted()
                                .toList()))
                .toList();
        return new Membership(group.groupState(), group.assignorName(), members);
    }

    /** What the leader gave a classic member, if it is one of consumers and not, say, of Kafka Connect's workers. */
    private static List<TopicPlace> assigned(byte[] assignment) {
        if (assignment.length == 0) {
            return List.of();
        }
        try {
            return ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(assignment)).partitions().stream()
                    .map(partition -> new TopicPlace(partition.topic(), partition.partition()))
                    .sorted()
                    .toList();
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    /** Kafka puts a slash before addresses. */
    private static String host(String clientHost) {
        return clientHost.startsWith("/") ? clientHost.substring(1) : clientHost;
    }

    private static Caller caller(ApiKeys key) {
        return new Caller(key, key.latestVersion(false), "mainstem", InetAddress.getLoopbackAddress());
    }

    private static void check(short errorCode, String groupId) {
        Errors error = Errors.forCode(errorCode);
        switch (error) {
            case NONE -> {}
            case GROUP_ID_NOT_FOUND ->
                throw new GroupException(Kind.UNKNOWN_GROUP, "there is no group '" + groupId + "'");
            case NON_EMPTY_GROUP, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, STALE_MEMBER_EPOCH ->
                throw new GroupException(
                        Kind.NOT_EMPTY, "group '" + groupId + "' has active members; stop its consumers first");
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
                throw new GroupException(
                        Kind.UNAVAILABLE, "group '" + groupId + "' cannot be had now, and the outcome is not known");
            default -> throw new GroupException(Kind.REFUSED, "group '" + groupId + "': " + error.message());
        }
    }
}
