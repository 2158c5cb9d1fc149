package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.protocol.kafka.groups.GroupCoordination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;

/** Forgets how far a group has read of some partitions. */
final class OffsetDeleteHandler implements Handler<OffsetDeleteRequest> {

    private final GroupCoordination groups;
    private final Catalog catalog;

    OffsetDeleteHandler(GroupCoordination groups, Catalog catalog) {
        this.groups = groups;
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(OffsetDeleteRequest request, Client client) {
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic wanted : request.data().topics()) {
            Optional<Topic> topic = catalog.find(wanted.name());
            List<OffsetDeleteRequestPartition> partitions = new ArrayList<>();
            for (OffsetDeleteRequestPartition partition : wanted.partitions()) {
                int index = partition.partitionIndex();
                if (topic.isPresent() && Catalog.hasPartition(topic.get(), index)) {
                    partitions.add(partition);
                } else {
                    response.addPartition(wanted.name(), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!partitions.isEmpty()) {
                known.add(new OffsetDeleteRequestTopic().setName(wanted.name()).setPartitions(partitions));
            }
        }
        // Also when none is left, because the coordinator says whether there is such a group.
        OffsetDeleteRequestData data = request.data().duplicate().setTopics(known);
        return groups.deleteOffsets(GroupHandlers.caller(request, client), data)
                .thenApply(deleted -> response.merge(deleted).build().data());
    }
}
