package io.mainstem.bench.soak.client;

import io.mainstem.bench.soak.check.Message;

/** What a consumer does with a message. */
public enum Reaction {
    ACKNOWLEDGE,
    REQUEUE,
    REJECT;

    /** Decides by the message, so that it is the same when it comes again. */
    @FunctionalInterface
    public interface Rule {
        Rule ACKNOWLEDGE_ALL = (message, redelivered) -> ACKNOWLEDGE;

        Reaction of(Message message, boolean redelivered);
    }
}
