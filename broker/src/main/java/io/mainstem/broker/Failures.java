package io.mainstem.broker;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What stages fail with. */
final class Failures {

    private Failures() {}

    /** The failure that a stage has put into a CompletionException. */
    static @Nullable Throwable unwrap(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
