package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.EndpointType;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;

/** Describes the one node that every client sees. */
final class DescribeClusterHandler implements Handler<DescribeClusterRequest> {

    private final Supplier<String> clusterId;

    DescribeClusterHandler(Supplier<String> clusterId) {
        this.clusterId = clusterId;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeClusterRequest request, Client client) {
        byte wanted = request.data().endpointType();
        if (wanted != EndpointType.BROKER.id()) {
            return CompletableFuture.completedFuture(new DescribeClusterResponseData()
                    .setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("this listener is for clients of the broker, not of a controller"));
        }
        DescribeClusterResponseData response =
                new DescribeClusterResponseData().setClusterId(clusterId.get()).setControllerId(Client.NODE_ID);
        response.brokers()
                .add(new DescribeClusterBroker()
                        .setBrokerId(Client.NODE_ID)
                        .setHost(client.host())
                        .setPort(client.port()));
        if (request.data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return CompletableFuture.completedFuture(response);
    }
}
