package io.mainstem.protocol.kafka;

import io.mainstem.broker.BrokerException;
import io.mainstem.engine.EngineException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker's failures in Kafka's words. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** What to tell the client. Only what nobody foresaw is logged, for it is a fault of ours. */
    static Errors errorOf(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof EngineException engine) {
            return errorOf(engine.kind());
        }
        if (cause instanceof BrokerException broker) {
            return errorOf(broker.kind());
        }
        if (cause instanceof ApiException) {
            return Errors.forException(cause);
        }
        LOG.error("a request failed for a reason that nobody foresaw", cause);
        return Errors.UNKNOWN_SERVER_ERROR;
    }

    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static Errors errorOf(EngineException.Kind kind) {
        return switch (kind) {
            case UNKNOWN_LOG -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case STALE_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case FENCED -> Errors.NOT_LEADER_OR_FOLLOWER;
            case STORE_FULL, OVERLOADED, UNREADABLE, CLOSED -> Errors.KAFKA_STORAGE_ERROR;
            // Retriable, and says no more than is known: an idempotent producer sends again and gets the truth.
            case UNKNOWN_OUTCOME -> Errors.REQUEST_TIMED_OUT;
        };
    }

    private static Errors errorOf(BrokerException.Kind kind) {
        return switch (kind) {
            case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case UNKNOWN_TOPIC -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_NAME, RESERVED_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> Errors.INVALID_PARTITIONS;
            case INVALID_SETTING -> Errors.INVALID_CONFIG;
            case MESSAGE_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case INVALID_RECORD -> Errors.INVALID_RECORD;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case CLOSED -> Errors.KAFKA_STORAGE_ERROR;
            case UNKNOWN_QUEUE, QUEUE_FULL, TOO_MANY, IN_USE, NOT_EMPTY, EXCLUSIVE_CONSUMER, INVALID_BINDING ->
                Errors.INVALID_REQUEST;
        };
    }
}
