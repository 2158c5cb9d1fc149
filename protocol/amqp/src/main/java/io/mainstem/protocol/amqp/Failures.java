package io.mainstem.protocol.amqp;

import io.mainstem.broker.BrokerException;
import io.mainstem.engine.EngineException;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What went wrong, in the protocol's terms and in RabbitMQ's words. */
final class Failures {

    private Failures() {}

    /** @param virtualHost that of the client, whose names it is told */
    static AmqpException toAmqp(Throwable failure, VirtualHost virtualHost) {
        Throwable cause = cause(failure);
        if (cause instanceof AmqpException known) {
            return known;
        }
        if (cause instanceof BrokerException refused) {
            if (!refused.missing().isEmpty()) {
                return no(virtualHost.describe(refused));
            }
            return new AmqpException(code(refused.kind()), String.valueOf(refused.getMessage()));
        }
        return new AmqpException(code(cause), String.valueOf(cause.getMessage()));
    }

    /** The failure in other words, if the broker refused for this reason; as it is otherwise. */
    static RuntimeException reword(Throwable failure, BrokerException.Kind kind, AmqpException inOtherWords) {
        return isBecause(failure, kind) ? inOtherWords : unchecked(failure);
    }

    /** What is to be thrown for a failure. */
    static RuntimeException unchecked(Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof RuntimeException exception ? exception : new CompletionException(cause);
    }

    static boolean isBecause(Throwable failure, BrokerException.Kind kind) {
        return cause(failure) instanceof BrokerException refused && refused.kind() == kind;
    }

    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Who sees an internal error looks for the cause; anything else explains itself. */
    static boolean isOurs(AmqpException failure) {
        return failure.code() == ReplyCode.INTERNAL_ERROR;
    }

    /** @param what an exchange or a queue, as the virtual host words it */
    static AmqpException no(String what) {
        return new AmqpException(ReplyCode.NOT_FOUND, "no " + what);
    }

    static AmqpException precondition(String text) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, text);
    }

    static AmqpException refused(String text) {
        return new AmqpException(ReplyCode.ACCESS_REFUSED, text);
    }

    /** For a method that only a server sends, or that has no place on its channel. */
    static AmqpException unimplemented() {
        return new AmqpException(ReplyCode.COMMAND_INVALID, "unimplemented method");
    }

    static AmqpException notImplemented(String text) {
        return new AmqpException(ReplyCode.NOT_IMPLEMENTED, text);
    }

    /** @param queue as the virtual host words it */
    static AmqpException locked(String queue) {
        return new AmqpException(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + queue
                        + ". It could be originally declared on another connection or the exclusive property value"
                        + " does not match that of the original declaration.");
    }

    /** Throws unless what was declared in an argument, which may be missing, is what there is. */
    static void requireEquivalentText(String argument, String of, Optional<String> received, Optional<String> current) {
        if (received.isPresent() && current.isPresent()) {
            requireEquivalent(argument, of, received.get(), current.get());
        } else if (received.isPresent()) {
            throw precondition("inequivalent arg '" + argument + "' for " + of + ": received the value '"
                    + received.get() + "' of type 'longstr' but current is none");
        } else if (current.isPresent()) {
            throw precondition("inequivalent arg '" + argument + "' for " + of
                    + ": received none but current is the value '" + current.get() + "' of type 'longstr'");
        }
    }

    /** Throws unless what was declared is what there is. */
    static void requireEquivalent(String argument, String of, Object received, Object current) {
        if (!received.equals(current)) {
            throw precondition("inequivalent arg '" + argument + "' for " + of + ": received '" + received
                    + "' but current is '" + current + "'");
        }
    }

    /** What may be tried again later costs the channel only. */
    private static ReplyCode code(Throwable cause) {
        if (!(cause instanceof EngineException failure)) {
            return ReplyCode.INTERNAL_ERROR;
        }
        return switch (failure.kind()) {
            case STORE_FULL, OVERLOADED, BATCH_TOO_LARGE -> ReplyCode.PRECONDITION_FAILED;
            case CLOSED -> ReplyCode.CONNECTION_FORCED;
            default -> ReplyCode.INTERNAL_ERROR;
        };
    }

    private static ReplyCode code(BrokerException.Kind kind) {
        return switch (kind) {
            case UNKNOWN_TOPIC, UNKNOWN_QUEUE -> ReplyCode.NOT_FOUND;
            case RESERVED_NAME, EXCLUSIVE_CONSUMER -> ReplyCode.ACCESS_REFUSED;
            case TOPIC_EXISTS,
                    INVALID_NAME,
                    INVALID_PARTITIONS,
                    INVALID_RECORD,
                    INVALID_BINDING,
                    INVALID_SETTING,
                    IN_USE,
                    NOT_EMPTY -> ReplyCode.PRECONDITION_FAILED;
            case CLOSED -> ReplyCode.CONNECTION_FORCED;
            default -> ReplyCode.INTERNAL_ERROR;
        };
    }
}
