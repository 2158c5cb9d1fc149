package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;

/** Hands out batches as they are stored. Every fetch names all its partitions: no sessions are kept. */
final class FetchHandler implements Handler<FetchRequest> {

    private final Catalog catalog;
    private final int maxFetchBytes;

    FetchHandler(Catalog catalog, int maxFetchBytes) {
        this.catalog = catalog;
        this.maxFetchBytes = maxFetchBytes;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(FetchRequest request, Client client) {
        if (request.metadata().sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            return CompletableFuture.completedFuture(
                    new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
        }
        return new PendingFetch(new FetchReader(catalog, request, maxFetchBytes), request, client).start();
    }
}
