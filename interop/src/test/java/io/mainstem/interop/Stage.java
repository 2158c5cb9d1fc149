package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** A broker that one scenario is played on, and what was seen there, line by line. For one thread. */
abstract class Stage implements AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Map<String, String> seen = new LinkedHashMap<>();

    /** Writes down what was seen. No two things of a scenario have one name. */
    final void see(String what, Object outcome) {
        assertThat(seen.put(what, show(outcome)))
                .as("'%s' was seen before", what)
                .isNull();
    }

    /** Writes down the value, or the error. */
    final void seeOutcome(String what, Callable<?> action) {
        Object outcome;
        try {
            outcome = action.call();
        } catch (Exception e) {
            outcome = error(e);
        }
        see(what, outcome);
    }

    /** What was seen so far, by what was asked, in order. */
    final Map<String, String> seen() {
        return Collections.unmodifiableMap(seen);
    }

    /** A value as it is compared. */
    String show(Object outcome) {
        return String.valueOf(outcome);
    }

    /** A failure as it is compared. */
    abstract String error(Exception failure);

    @Override
    public abstract void close();
}
