package io.mainstem.broker;

import org.jspecify.annotations.Nullable;

/** Learns what became of a published message. */
public interface PublishListener {

    /**
     * Called once for each message, after it is durable or has failed, on no promised thread; must return at once.
     *
     * @param token what the publisher gave with the message, to tell it from others
     * @param failure null when the message is durable; otherwise why that is not known
     */
    void published(long token, @Nullable Throwable failure);

    /**
     * Lets a task run once the publisher has handed over all that it has at the moment, so that it becomes durable
     * together; at once where that cannot be known. Called from publish, and must return at once.
     */
    default void afterwards(Runnable task) {
        task.run();
    }
}
