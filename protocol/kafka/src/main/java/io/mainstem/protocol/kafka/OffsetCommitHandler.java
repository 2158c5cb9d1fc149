package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.protocol.kafka.groups.GroupCoordination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/** Lets a group, or a consumer that has none but the name, say how far it has read. */
final class OffsetCommitHandler implements Handler<OffsetCommitRequest> {

    private final GroupCoordination groups;
    private final Catalog catalog;

    OffsetCommitHandler(GroupCoordination groups, Catalog catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(OffsetCommitRequest request, Client client) {
        boolean byId = OffsetCommitResponse.useTopicIds(request.version());
        OffsetCommitResponse.Builder response = OffsetCommitResponse.newBuilder(byId);
        OffsetCommitRequestData known = request.data().duplicate().setTopics(new ArrayList<>());
        for (OffsetCommitRequestTopic wanted : request.data().topics()) {
            Optional<Topic> topic = byId ? catalog.find(wanted.topicId()) : catalog.find(wanted.name());
            if (topic.isEmpty()) {
                response.addPartitions(
                        wanted.topicId(),
                        wanted.name(),
                        wanted.partitions(),
                        OffsetCommitRequestPartition::partitionIndex,
                        byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
            } else {
                addKnown(topic.get(), wanted, known, response);
            }
        }
        if (known.topics().isEmpty()) {
            return CompletableFuture.completedFuture(response.build().data());
        }
        return groups.commit(GroupHandlers.caller(request, client), known)
                .thenApply(committed -> response.merge(committed).build().data());
    }

    private static void addKnown(
            Topic topic,
            OffsetCommitRequestTopic wanted,
            OffsetCommitRequestData known,
            OffsetCommitResponse.Builder response) {
        List<OffsetCommitRequestPartition> partitions = new ArrayList<>();
        for (OffsetCommitRequestPartition partition : wanted.partitions()) {
            if (Catalog.hasPartition(topic, partition.partitionIndex())) {
                partitions.add(partition);
            } else {
                response.addPartition(
                        wanted.topicId(), wanted.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        if (!partitions.isEmpty()) {
            known.topics()
                    .add(new OffsetCommitRequestTopic()
                            .setName(topic.name())
                            .setTopicId(Catalog.idOf(topic))
                            .setPartitions(partitions));
        }
    }
}
