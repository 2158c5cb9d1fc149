package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.AmqpException;
import java.math.BigInteger;

/** The expiration of a message: milliseconds as text, which clients may get wrong in many ways. */
final class Expiration {

    /** Ten years. */
    static final long MAX_MILLIS = 315_360_000_000L;

    private Expiration() {}

    /** Refuses what is no time that a message can live, in RabbitMQ's words. */
    static void check(String text) {
        int end = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        int firstDigit = end;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (end == firstDigit) {
            throw invalid(text, "no_integer");
        }
        if (end < text.length()) {
            throw invalid(text, "{leftover_string,\"" + text.substring(end) + "\"}");
        }
        BigInteger millis = new BigInteger(text);
        if (millis.signum() < 0) {
            throw invalid(text, "{value_negative," + millis + "}");
        }
        if (millis.compareTo(BigInteger.valueOf(MAX_MILLIS)) > 0) {
            throw invalid(text, "{value_too_large," + millis + "}");
        }
    }

    /** Whether a message may have it. */
    static boolean isValid(String text) {
        try {
            check(text);
            return true;
        } catch (AmqpException e) {
            return false;
        }
    }

    private static RuntimeException invalid(String text, String reason) {
        return Failures.precondition("invalid expiration '" + text + "': " + reason);
    }
}
