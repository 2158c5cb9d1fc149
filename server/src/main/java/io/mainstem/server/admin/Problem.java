package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.BrokerException;
import io.mainstem.engine.EngineException;
import io.mainstem.protocol.kafka.groups.GroupException;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletionException;

/** Why a request is not answered as its client wishes, as {@code application/problem+json} tells it (RFC 9457). */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final long NO_LINE = 0;

    private final transient HttpResponseStatus status;
    private long line = NO_LINE;

    Problem(HttpResponseStatus status, String detail) {
        super(detail);
        this.status = status;
    }

    static Problem badRequest(String detail) {
        return new Problem(HttpResponseStatus.BAD_REQUEST, detail);
    }

    static Problem notFound(String detail) {
        return new Problem(HttpResponseStatus.NOT_FOUND, detail);
    }

    static Problem conflict(String detail) {
        return new Problem(HttpResponseStatus.CONFLICT, detail);
    }

    static Problem tooLarge(String detail) {
        return new Problem(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, detail);
    }

    static Problem stopping() {
        return new Problem(HttpResponseStatus.SERVICE_UNAVAILABLE, "the broker is stopping");
    }

    static Problem of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Problem problem) {
            return problem;
        }
        if (cause instanceof BrokerException refused) {
            return new Problem(statusOf(refused.kind()), String.valueOf(refused.getMessage()));
        }
        if (cause instanceof EngineException failed) {
            return new Problem(statusOf(failed.kind()), String.valueOf(failed.getMessage()));
        }
        if (cause instanceof GroupException refused) {
            return new Problem(statusOf(refused.kind()), String.valueOf(refused.getMessage()));
        }
        return new Problem(HttpResponseStatus.INTERNAL_SERVER_ERROR, "a defect of the broker, see its log: " + cause);
    }

    /** The line of the body that it is about, from 1. */
    Problem atLine(long number) {
        line = number;
        return this;
    }

    HttpResponseStatus status() {
        return status;
    }

    /** Whoever operates the broker should look for the cause. */
    boolean isDefect() {
        return status.equals(HttpResponseStatus.INTERNAL_SERVER_ERROR);
    }

    ObjectNode toJson() {
        ObjectNode document = Json.object()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", getMessage());
        return line == NO_LINE ? document : document.put("line", line);
    }

    private static HttpResponseStatus statusOf(BrokerException.Kind kind) {
        return switch (kind) {
            case UNKNOWN_TOPIC, UNKNOWN_QUEUE -> HttpResponseStatus.NOT_FOUND;
            case TOPIC_EXISTS, IN_USE, NOT_EMPTY, EXCLUSIVE_CONSUMER -> HttpResponseStatus.CONFLICT;
            case TOO_MANY -> HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
            case RESERVED_NAME -> HttpResponseStatus.FORBIDDEN;
            case CLOSED -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    private static HttpResponseStatus statusOf(GroupException.Kind kind) {
        return switch (kind) {
            case UNKNOWN_GROUP, UNKNOWN_PARTITION -> HttpResponseStatus.NOT_FOUND;
            case NOT_EMPTY -> HttpResponseStatus.CONFLICT;
            case UNAVAILABLE -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case REFUSED -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    private static HttpResponseStatus statusOf(EngineException.Kind kind) {
        return switch (kind) {
            case UNKNOWN_LOG -> HttpResponseStatus.NOT_FOUND;
            case BATCH_TOO_LARGE -> HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE;
            case STORE_FULL -> HttpResponseStatus.INSUFFICIENT_STORAGE;
            case OVERLOADED, CLOSED -> HttpResponseStatus.SERVICE_UNAVAILABLE;
            case UNKNOWN_OUTCOME -> HttpResponseStatus.GATEWAY_TIMEOUT;
            default -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
