package io.mainstem.log;

import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Retention;

/** Whether the oldest part of a log is past one of the log's limits. */
final class Expiry {

    private Expiry() {}

    /**
     * Says whether it goes.
     *
     * @param millis since its newest record
     * @param bytesBehind what the log holds without it
     * @param recordsBehind how many offsets the log holds without it
     */
    static boolean isPast(Retention limits, long millis, long bytesBehind, long recordsBehind) {
        return (limits.millis() != LogPolicy.UNLIMITED && millis > limits.millis())
                || (limits.bytes() != LogPolicy.UNLIMITED && bytesBehind >= limits.bytes())
                || (limits.records() != LogPolicy.UNLIMITED && recordsBehind >= limits.records());
    }
}
