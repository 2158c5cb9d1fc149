package io.mainstem.protocol.kafka;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to its response: received, started, done. It owns the frame until it is done. Only
 * {@link #isDone} and what it guards is touched from outside the connection's event loop.
 */
final class Exchange {

    private final RequestHeader header;
    private final Handlers.Route<?> route;
    private final ByteBuf frame;
    private final int frameBytes;
    private final int bodyPosition;

    private boolean isAnswered = true;
    private @Nullable ApiMessage response;
    private @Nullable Throwable failure;
    /** Written last and read first: it publishes the two above. */
    private volatile boolean isDone;

    private Exchange(RequestHeader header, Handlers.Route<?> route, ByteBuf frame, int bodyPosition) {
        this.header = header;
        this.route = route;
        this.frame = frame;
        this.frameBytes = frame.readableBytes();
        this.bodyPosition = bodyPosition;
    }

    /**
     * Takes a frame over.
     *
     * @throws ProtocolViolation when it is for nothing that is served; then the frame stays the caller's
     */
    static Exchange of(ByteBuf frame, Handlers handlers) {
        try {
            var bytes = frame.nioBuffer();
            RequestHeader header = RequestHeader.parse(bytes);
            return new Exchange(header, handlers.find(header), frame, bytes.position());
        } catch (InvalidRequestException e) {
            throw new ProtocolViolation("no Kafka request: " + e.getMessage());
        }
    }

    int frameBytes() {
        return frameBytes;
    }

    boolean isPipelined() {
        return route.handler().isPipelined();
    }

    /**
     * Begins the work, and calls back once it is done, on any thread, perhaps before this returns.
     *
     * @throws ProtocolViolation when the request cannot be read; then there is nothing to wait for
     */
    void start(Client client, Runnable whenDone) {
        if (isTooNewApiVersions()) {
            response = new ApiVersionsResponseData()
                    .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                    .setApiKeys(ApiVersionsHandler.ownRange());
            end(whenDone);
            return;
        }
        start(route, client, whenDone);
    }

    private <R extends AbstractRequest> void start(Handlers.Route<R> typed, Client client, Runnable whenDone) {
        R request = typed.parse(header.apiVersion(), new FrameReader(frame.nioBuffer(bodyPosition, bodyBytes())));
        isAnswered = typed.handler().isAnswered(request);
        CompletionStage<? extends ApiMessage> stage;
        try {
            stage = typed.handler().handle(request, client.named(header.clientId()));
        } catch (RuntimeException e) {
            fail(request, e);
            end(whenDone);
            return;
        }
        var unused = stage.whenComplete((message, problem) -> {
            if (problem == null) {
                response = message;
            } else {
                fail(request, problem);
            }
            end(whenDone);
        });
    }

    private int bodyBytes() {
        return frame.writerIndex() - bodyPosition;
    }

    private void fail(AbstractRequest request, Throwable problem) {
        failure = Failures.cause(problem);
        if (isAnswered) {
            AbstractResponse error =
                    request.getErrorResponse(Failures.errorOf(problem).exception());
            response = error == null ? null : error.data();
        }
    }

    private void end(Runnable whenDone) {
        frame.release();
        isDone = true;
        whenDone.run();
    }

    /** Lets go of an exchange that was never started. */
    void drop() {
        frame.release();
    }

    boolean isDone() {
        return isDone;
    }

    /** Whether the client can only be told by a closed connection. */
    boolean isSilentFailure() {
        return failure != null && response == null;
    }

    Throwable failure() {
        return Objects.requireNonNull(failure);
    }

    /** What to write, or null when there is nothing to say. */
    @Nullable
    ApiMessage response() {
        return isAnswered ? response : null;
    }

    /** A client that knows newer versions than we do learns ours from the oldest form, which everybody reads. */
    short responseVersion() {
        return isTooNewApiVersions() ? 0 : header.apiVersion();
    }

    ResponseHeader responseHeader() {
        return new ResponseHeader(header.correlationId(), header.apiKey().responseHeaderVersion(responseVersion()));
    }

    private boolean isTooNewApiVersions() {
        return header.apiKey() == ApiKeys.API_VERSIONS && !header.isApiVersionSupported();
    }

    @Override
    public String toString() {
        return header.apiKey() + " version " + header.apiVersion();
    }
}
