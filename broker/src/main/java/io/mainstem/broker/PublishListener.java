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
}
