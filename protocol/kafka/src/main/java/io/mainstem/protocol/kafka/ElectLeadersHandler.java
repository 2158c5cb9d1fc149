package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;

/** Every partition has its leader: no election is needed, and of all partitions none is to be told. */
final class ElectLeadersHandler implements Handler<ElectLeadersRequest> {

    private final Catalog catalog;

    ElectLeadersHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(ElectLeadersRequest request, Client client) {
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (request.data().topicPartitions() != null) {
            for (TopicPartitions topic : request.data().topicPartitions()) {
                ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
                topic.partitions().forEach(partition -> result.partitionResult().add(elect(topic.topic(), partition)));
                response.replicaElectionResults().add(result);
            }
        }
        return CompletableFuture.completedFuture(response);
    }

    private PartitionResult elect(String topic, int partition) {
        Errors error = catalog.find(topic)
                        .filter(it -> Catalog.hasPartition(it, partition))
                        .isPresent()
                ? Errors.ELECTION_NOT_NEEDED
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        return new PartitionResult()
                .setPartitionId(partition)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
