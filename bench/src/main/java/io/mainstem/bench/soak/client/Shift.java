package io.mainstem.bench.soak.client;

import java.util.concurrent.TimeUnit;

/**
 * When a consumer works.
 *
 * @param restSeconds how long it rests after each time of work
 */
public record Shift(int workSeconds, int restSeconds) {

    public static final Shift ALWAYS = new Shift(1, 0);

    boolean isRestingAt(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos) % (workSeconds + restSeconds) >= workSeconds;
    }
}
