package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/** Names this node as the coordinator of every group, and no node for what there is not yet. */
final class FindCoordinatorHandler implements Handler<FindCoordinatorRequest> {

    /**
     * What clients take for final. Others that could be meant are retried (COORDINATOR_NOT_AVAILABLE) or read as a
     * matter of permissions.
     */
    static final Errors NO_TRANSACTIONS = Errors.INVALID_REQUEST;

    /** From here on a request asks for several coordinators. */
    private static final short BATCH_VERSION = 4;

    private static final int NO_NODE = -1;

    @Override
    public CompletionStage<? extends ApiMessage> handle(FindCoordinatorRequest request, Client client) {
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        byte type = request.data().keyType();
        if (request.version() >= BATCH_VERSION) {
            request.data()
                    .coordinatorKeys()
                    .forEach(key -> response.coordinators()
                            .add(coordinator(type, client).setKey(key)));
        } else {
            Coordinator only = coordinator(type, client);
            response.setErrorCode(only.errorCode())
                    .setErrorMessage(only.errorMessage())
                    .setNodeId(only.nodeId())
                    .setHost(only.host())
                    .setPort(only.port());
        }
        return CompletableFuture.completedFuture(response);
    }

    private static Coordinator coordinator(byte type, Client client) {
        if (type == CoordinatorType.GROUP.id()) {
            return new Coordinator()
                    .setNodeId(Client.NODE_ID)
                    .setHost(client.host())
                    .setPort(client.port())
                    .setErrorMessage("");
        }
        boolean transaction = type == CoordinatorType.TRANSACTION.id();
        return new Coordinator()
                .setNodeId(NO_NODE)
                .setHost("")
                .setPort(-1)
                .setErrorCode(NO_TRANSACTIONS.code())
                .setErrorMessage((transaction ? "transactions" : "share groups") + " are not supported");
    }
}
