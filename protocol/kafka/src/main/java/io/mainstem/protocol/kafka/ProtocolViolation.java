package io.mainstem.protocol.kafka;

/** Bytes that are no request which this listener serves. The message goes into the log, the client is disconnected. */
final class ProtocolViolation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        // No stack trace: the mistake is the client's, and garbage must be cheap.
        super(message, null, false, false);
    }
}
