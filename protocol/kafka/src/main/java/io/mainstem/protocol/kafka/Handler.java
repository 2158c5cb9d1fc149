package io.mainstem.protocol.kafka;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;

/** Answers the requests of one key, at every version that is advertised. Used by all connections at a time. */
interface Handler<R extends AbstractRequest> {

    /**
     * Called on the connection's event loop, which it must not block. The frame behind the request stays until the
     * stage completes; a stage that fails becomes the key's own error response.
     */
    CompletionStage<? extends ApiMessage> handle(R request, Client client);

    /** Whether a request may begin while earlier ones of this kind, on the same connection, are under way. */
    default boolean isPipelined() {
        return false;
    }

    /** Whether the client waits for a response. If not, a failed stage ends the connection: nothing else tells it. */
    default boolean isAnswered(R request) {
        return true;
    }
}
