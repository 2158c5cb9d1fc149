package io.mainstem.protocol.kafka;

import io.mainstem.protocol.kafka.groups.Caller;
import io.mainstem.protocol.kafka.groups.GroupCoordination;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.utils.Utils;

/** The keys of membership: what the coordinator answers, in the words of the version that asks. */
final class GroupHandlers {

    /** Everybody may do what there is to do with a group. */
    private static final int AUTHORIZED_OPERATIONS =
            Utils.to32BitField(Stream.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE)
                    .map(AclOperation::code)
                    .collect(Collectors.toSet()));

    private final GroupCoordination groups;

    GroupHandlers(GroupCoordination groups) {
        this.groups = groups;
    }

    void addTo(Handlers handlers) {
        handlers.add(ApiKeys.JOIN_GROUP, JoinGroupRequest.class, this::join);
        handlers.add(ApiKeys.SYNC_GROUP, SyncGroupRequest.class, this::sync);
        handlers.add(ApiKeys.HEARTBEAT, HeartbeatRequest.class, this::heartbeat);
        handlers.add(ApiKeys.LEAVE_GROUP, LeaveGroupRequest.class, this::leave);
        handlers.add(ApiKeys.LIST_GROUPS, ListGroupsRequest.class, this::list);
        handlers.add(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequest.class, this::describe);
        handlers.add(ApiKeys.DELETE_GROUPS, DeleteGroupsRequest.class, this::delete);
        handlers.add(ApiKeys.CONSUMER_GROUP_HEARTBEAT, ConsumerGroupHeartbeatRequest.class, this::consumerHeartbeat);
        handlers.add(ApiKeys.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequest.class, this::describeConsumers);
    }

    static Caller caller(AbstractRequest request, Client client) {
        return new Caller(request.apiKey(), request.version(), client.id(), client.address());
    }

    /** Waits for the other members, which may take as long as a rebalance. */
    private CompletionStage<? extends ApiMessage> join(JoinGroupRequest request, Client client) {
        return client.waitFor(groups.join(caller(request, client), request.data())
                .thenApply(response -> new JoinGroupResponse(response, request.version()).data()));
    }

    /** Waits for the leader's assignment. */
    private CompletionStage<? extends ApiMessage> sync(SyncGroupRequest request, Client client) {
        if (!request.areMandatoryProtocolTypeAndNamePresent()) {
            return CompletableFuture.failedFuture(Errors.INCONSISTENT_GROUP_PROTOCOL.exception());
        }
        return client.waitFor(groups.sync(caller(request, client), request.data())
                .thenApply(response -> new SyncGroupResponse(response).data()));
    }

    private CompletionStage<? extends ApiMessage> heartbeat(HeartbeatRequest request, Client client) {
        return groups.heartbeat(caller(request, client), request.data());
    }

    private CompletionStage<? extends ApiMessage> leave(LeaveGroupRequest request, Client client) {
        return groups.leave(caller(request, client), request.normalizedData())
                .thenApply(response -> leaveResponse(response, request.version()));
    }

    private static LeaveGroupResponseData leaveResponse(LeaveGroupResponseData response, short version) {
        return new LeaveGroupResponse(response, version).data();
    }

    private CompletionStage<? extends ApiMessage> list(ListGroupsRequest request, Client client) {
        return groups.list(caller(request, client), request.data());
    }

    private CompletionStage<? extends ApiMessage> describe(DescribeGroupsRequest request, Client client) {
        return groups.describe(caller(request, client), request.data().groups()).thenApply(described -> {
            if (request.data().includeAuthorizedOperations()) {
                described.forEach(group -> group.setAuthorizedOperations(AUTHORIZED_OPERATIONS));
            }
            return new DescribeGroupsResponseData().setGroups(described);
        });
    }

    private CompletionStage<? extends ApiMessage> delete(DeleteGroupsRequest request, Client client) {
        List<String> groupIds = request.data().groupsNames().stream().distinct().toList();
        return groups.delete(caller(request, client), groupIds)
                .thenApply(results -> new DeleteGroupsResponseData().setResults(results));
    }

    private CompletionStage<? extends ApiMessage> consumerHeartbeat(
            ConsumerGroupHeartbeatRequest request, Client client) {
        return groups.heartbeat(caller(request, client), request.data());
    }

    private CompletionStage<? extends ApiMessage> describeConsumers(
            ConsumerGroupDescribeRequest request, Client client) {
        List<String> groupIds = request.data().groupIds();
        return groups.describeConsumerGroups(caller(request, client), groupIds).thenApply(described -> {
            if (request.data().includeAuthorizedOperations()) {
                described.forEach(group -> group.setAuthorizedOperations(AUTHORIZED_OPERATIONS));
            }
            return new ConsumerGroupDescribeResponseData().setGroups(described);
        });
    }
}
