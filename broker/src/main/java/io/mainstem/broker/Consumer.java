package io.mainstem.broker;

/**
 * Takes the messages of one queue. All calls come from the queue's event loop, never two at a time, and must return at
 * once.
 */
public interface Consumer {

    /**
     * Reserves room for one delivery. After a false the consumer is left alone until {@link Subscription#resume}, so
     * credit, a closed window, or a slow connection are all told by this one answer.
     */
    boolean tryAcquire();

    /** Takes a message, after a successful {@link #tryAcquire}. */
    void deliver(Delivery delivery);

    /** No further delivery follows for the moment: what was delivered should leave now. */
    void flush();

    /** The queue has gone, and the subscription with it. */
    void cancelled();
}
