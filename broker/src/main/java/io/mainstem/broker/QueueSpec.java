package io.mainstem.broker;

import java.util.Map;

/**
 * What a queue is to be. The queue's state is kept over a restart when it is durable and neither exclusive nor
 * auto-delete.
 *
 * @param name 1 to 255 bytes of UTF-8
 * @param exclusive only its owner may use it; whoever declares says who that is
 * @param autoDelete the queue goes when its last consumer goes
 * @param settings what it does with its messages
 * @param labels what whoever declares it wants to find again; the broker takes no notice
 */
public record QueueSpec(
        String name,
        boolean durable,
        boolean exclusive,
        boolean autoDelete,
        QueueSettings settings,
        Map<String, String> labels) {

    public QueueSpec {
        labels = Map.copyOf(labels);
    }

    /** A queue without settings. */
    public QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete) {
        this(name, durable, exclusive, autoDelete, QueueSettings.NONE, Map.of());
    }

    /** A queue that is kept. */
    public static QueueSpec durable(String name) {
        return new QueueSpec(name, true, false, false);
    }

    /** A queue that is kept. */
    public static QueueSpec durable(String name, QueueSettings settings) {
        return new QueueSpec(name, true, false, false, settings, Map.of());
    }

    boolean isPersistent() {
        return durable && !exclusive && !autoDelete;
    }
}
