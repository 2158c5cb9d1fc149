package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslHandshakeRequest;

/** Tells a client that wants to log in that this listener asks nobody who they are. */
final class SaslHandshakeHandler implements Handler<SaslHandshakeRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(SaslHandshakeRequest request, Client client) {
        return CompletableFuture.completedFuture(
                new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code()));
    }
}
