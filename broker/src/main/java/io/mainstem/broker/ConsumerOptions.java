package io.mainstem.broker;

/**
 * How a consumer wants to be served.
 *
 * @param exclusive it must be the only one
 * @param priority those with a higher one are served first, as long as they have room
 */
public record ConsumerOptions(boolean exclusive, int priority) {

    /** One among equals. */
    public static final ConsumerOptions SHARED = new ConsumerOptions(false, 0);

    /** One that wants to be alone. */
    public static final ConsumerOptions EXCLUSIVE = new ConsumerOptions(true, 0);
}
