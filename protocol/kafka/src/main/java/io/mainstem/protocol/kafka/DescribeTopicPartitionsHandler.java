package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;

/** Describes topics by name, a page of partitions at a time. */
final class DescribeTopicPartitionsHandler implements Handler<DescribeTopicPartitionsRequest> {

    private static final int MAX_PARTITIONS = 2_000;

    private final Catalog catalog;

    DescribeTopicPartitionsHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeTopicPartitionsRequest request, Client client) {
        DescribeTopicPartitionsRequestData data = request.data();
        DescribeTopicPartitionsRequestData.Cursor from = data.cursor();
        if (from != null && from.partitionIndex() < 0) {
            throw new InvalidRequestException("a cursor at partition " + from.partitionIndex());
        }
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        int room = Math.max(1, Math.min(data.responsePartitionLimit(), MAX_PARTITIONS));
        for (String name : from == null ? names(data) : names(data).tailSet(from.topicName())) {
            if (room == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
                break;
            }
            int first = from != null && name.equals(from.topicName()) ? from.partitionIndex() : 0;
            Topic topic = catalog.find(name).orElse(null);
            if (topic == null) {
                response.topics().add(unknown(name));
                continue;
            }
            int end = (int) Math.min((long) first + room, topic.partitions());
            response.topics().add(describe(topic, first, end));
            room -= Math.max(0, end - first);
            if (end < topic.partitions()) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
                break;
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private SortedSet<String> names(DescribeTopicPartitionsRequestData data) {
        SortedSet<String> names = new TreeSet<>();
        if (data.topics().isEmpty()) {
            catalog.all().forEach(topic -> names.add(topic.name()));
        } else {
            data.topics().forEach(topic -> names.add(topic.name()));
        }
        return names;
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        boolean valid = org.apache.kafka.common.internals.Topic.isValid(name);
        Errors error = valid ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION;
        return new DescribeTopicPartitionsResponseTopic().setName(name).setErrorCode(error.code());
    }

    private static DescribeTopicPartitionsResponseTopic describe(Topic topic, int first, int end) {
        DescribeTopicPartitionsResponseTopic description = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(Catalog.idOf(topic))
                .setIsInternal(Catalog.isInternal(topic))
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (int partition = first; partition < end; partition++) {
            description
                    .partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setPartitionIndex(partition)
                            .setLeaderId(Client.NODE_ID)
                            .setLeaderEpoch(Client.LEADER_EPOCH)
                            .setReplicaNodes(List.of(Client.NODE_ID))
                            .setIsrNodes(List.of(Client.NODE_ID))
                            .setEligibleLeaderReplicas(List.of())
                            .setLastKnownElr(List.of())
                            .setOfflineReplicas(List.of()));
        }
        return description;
    }
}
