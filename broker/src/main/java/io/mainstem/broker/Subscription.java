package io.mainstem.broker;

/** A consumer's tie to its queue. May be used from any thread. */
public interface Subscription extends AutoCloseable {

    /** The consumer has room again: ask it. */
    void resume();

    /**
     * Ends the deliveries. What was delivered and not settled stays with the consumer, which settles or requeues it. A
     * delivery that was under way may still come.
     */
    @Override
    void close();
}
