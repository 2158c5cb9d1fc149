package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;

/** Says where the records of a leader's epoch end: there is one epoch, and it goes on. */
final class OffsetForLeaderEpochHandler implements Handler<OffsetsForLeaderEpochRequest> {

    private final Catalog catalog;

    OffsetForLeaderEpochHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(OffsetsForLeaderEpochRequest request, Client client) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.data().topics()) {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(partition -> result.partitions().add(find(topic.topic(), partition)));
            response.topics().add(result);
        }
        return CompletableFuture.completedFuture(response);
    }

    private EpochEndOffset find(String name, OffsetForLeaderPartition partition) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(partition.partition());
        try {
            Topic topic = catalog.partition(name, partition.partition());
            Client.requireKnownEpoch(partition.currentLeaderEpoch());
            if (partition.leaderEpoch() == Client.LEADER_EPOCH) {
                answer.setLeaderEpoch(Client.LEADER_EPOCH)
                        .setEndOffset(topic.bounds(partition.partition()).durableEndOffset());
            }
            return answer;
        } catch (RuntimeException e) {
            return answer.setErrorCode(Failures.errorOf(e).code());
        }
    }
}
