package io.mainstem.log;

import org.jspecify.annotations.Nullable;

/** Keeps what a callback found out, for a stage would swallow it. */
final class Violations {

    private @Nullable AssertionError first;

    void check(Runnable assertion) {
        try {
            assertion.run();
        } catch (AssertionError e) {
            if (first == null) {
                first = e;
            }
        }
    }

    void throwFirst() {
        if (first != null) {
            throw first;
        }
    }
}
