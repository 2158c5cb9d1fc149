package io.mainstem.protocol.kafka;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;

/** Nobody has a quota. */
final class DescribeClientQuotasHandler implements Handler<DescribeClientQuotasRequest> {

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeClientQuotasRequest request, Client client) {
        return CompletableFuture.completedFuture(
                new DescribeClientQuotasResponseData().setErrorMessage(null).setEntries(new ArrayList<>()));
    }
}
