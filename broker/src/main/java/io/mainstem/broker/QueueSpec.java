package io.mainstem.broker;

/**
 * What a queue is to be. The queue's state is kept over a restart when it is durable and neither exclusive nor
 * auto-delete.
 *
 * @param name 1 to 255 bytes of UTF-8
 * @param exclusive only its owner may use it; whoever declares says who that is
 * @param autoDelete the queue goes when its last consumer goes
 */
public record QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete) {

    /** A queue that is kept. */
    public static QueueSpec durable(String name) {
        return new QueueSpec(name, true, false, false);
    }

    boolean isPersistent() {
        return durable && !exclusive && !autoDelete;
    }
}
