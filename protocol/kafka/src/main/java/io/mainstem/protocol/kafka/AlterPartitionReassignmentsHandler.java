package io.mainstem.protocol.kafka;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;

/** Partitions stay where they are: on the one broker. To ask for that is granted, anything else is not. */
final class AlterPartitionReassignmentsHandler implements Handler<AlterPartitionReassignmentsRequest> {

    private final Catalog catalog;

    AlterPartitionReassignmentsHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(AlterPartitionReassignmentsRequest request, Client client) {
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setAllowReplicationFactorChange(request.data().allowReplicationFactorChange())
                .setErrorMessage(null);
        for (ReassignableTopic topic : request.data().topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            topic.partitions().forEach(partition -> answer.partitions().add(reassign(topic.name(), partition)));
            response.responses().add(answer);
        }
        return CompletableFuture.completedFuture(response);
    }

    private ReassignablePartitionResponse reassign(String topic, ReassignablePartition partition) {
        ReassignablePartitionResponse answer =
                new ReassignablePartitionResponse().setPartitionIndex(partition.partitionIndex());
        try {
            catalog.partition(topic, partition.partitionIndex());
            if (partition.replicas() == null) {
                throw Errors.NO_REASSIGNMENT_IN_PROGRESS.exception();
            }
            if (!partition.replicas().equals(List.of(Client.NODE_ID))) {
                throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                        "a partition on brokers " + partition.replicas() + "; there is broker " + Client.NODE_ID);
            }
            return answer.setErrorMessage(null);
        } catch (RuntimeException e) {
            return answer.setErrorCode(Failures.errorOf(e).code()).setErrorMessage(e.getMessage());
        }
    }
}
