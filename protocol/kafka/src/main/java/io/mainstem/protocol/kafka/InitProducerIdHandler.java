package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.InitProducerIdRequest;

/** Gives ids to idempotent producers. Transactional ones are refused in a way that no client tries again. */
final class InitProducerIdHandler implements Handler<InitProducerIdRequest> {

    private static final short FIRST_EPOCH = 0;
    private static final short NO_EPOCH = -1;

    private final Broker broker;

    InitProducerIdHandler(Broker broker) {
        this.broker = broker;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(InitProducerIdRequest request, Client client) {
        if (request.data().transactionalId() != null) {
            return CompletableFuture.completedFuture(new InitProducerIdResponseData()
                    .setErrorCode(FindCoordinatorHandler.NO_TRANSACTIONS.code())
                    .setProducerEpoch(NO_EPOCH));
        }
        return broker.allocateProducerId()
                .thenApply(id -> new InitProducerIdResponseData()
                        .setErrorCode(Errors.NONE.code())
                        .setProducerId(id)
                        .setProducerEpoch(FIRST_EPOCH));
    }
}
