package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;

/** Nothing is ever on its way from one broker to another. */
final class ListPartitionReassignmentsHandler implements Handler<ListPartitionReassignmentsRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(ListPartitionReassignmentsRequest request, Client client) {
        return CompletableFuture.completedFuture(new ListPartitionReassignmentsResponseData().setErrorMessage(null));
    }
}
