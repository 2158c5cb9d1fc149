package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.OffsetFetchRequest;

/**
 * Says of every group that it has committed nothing, which is true as long as nothing can be committed. Consumers with
 * a group id that are assigned their partitions ask this before they start.
 */
final class OffsetFetchHandler implements Handler<OffsetFetchRequest> {

    /** From here on a request asks for several groups. */
    private static final short BATCH_VERSION = 8;

    private static final long NO_OFFSET = -1;

    @Override
    public CompletionStage<? extends ApiMessage> handle(OffsetFetchRequest request, Client client) {
        OffsetFetchRequestData data = request.data();
        OffsetFetchResponseData response = new OffsetFetchResponseData();
        if (request.version() >= BATCH_VERSION) {
            data.groups().forEach(group -> response.groups().add(nothingCommitted(group)));
        } else if (data.topics() != null) {
            data.topics()
                    .forEach(topic -> response.topics()
                            .add(new OffsetFetchResponseTopic()
                                    .setName(topic.name())
                                    .setPartitions(topic.partitionIndexes().stream()
                                            .map(partition -> new OffsetFetchResponsePartition()
                                                    .setPartitionIndex(partition)
                                                    .setCommittedOffset(NO_OFFSET)
                                                    .setMetadata(""))
                                            .collect(Collectors.toList()))));
        }
        return CompletableFuture.completedFuture(response);
    }

    private static OffsetFetchResponseGroup nothingCommitted(OffsetFetchRequestGroup group) {
        OffsetFetchResponseGroup response = new OffsetFetchResponseGroup().setGroupId(group.groupId());
        if (group.topics() != null) {
            group.topics()
                    .forEach(topic -> response.topics()
                            .add(new OffsetFetchResponseTopics()
                                    .setName(topic.name())
                                    .setTopicId(topic.topicId())
                                    .setPartitions(topic.partitionIndexes().stream()
                                            .map(partition -> new OffsetFetchResponsePartitions()
                                                    .setPartitionIndex(partition)
                                                    .setCommittedOffset(NO_OFFSET)
                                                    .setMetadata(""))
                                            .collect(Collectors.toList()))));
        }
        return response;
    }
}
