package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;

/** Tells a client that logs in that this listener asks nobody who they are. */
final class SaslAuthenticateHandler implements Handler<SaslAuthenticateRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(SaslAuthenticateRequest request, Client client) {
        return CompletableFuture.completedFuture(new SaslAuthenticateResponseData()
                .setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                .setErrorMessage("this listener asks nobody who they are"));
    }
}
