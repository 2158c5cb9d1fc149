package io.mainstem.broker;

import java.util.Optional;

/**
 * What a topic is to be.
 *
 * @param name 1 to 255 bytes of UTF-8 without control characters; {@code q.*} and {@code __*} belong to the broker
 * @param partitions number of logs, from 1
 * @param routing how bindings read keys; empty until somebody who cares declares it, and then read as PATTERN
 * @param inMemory the records never touch the disk, and the topic ends with the process
 * @param autoDelete the topic goes when its last binding goes
 */
public record TopicSpec(String name, int partitions, Optional<Routing> routing, boolean inMemory, boolean autoDelete) {

    /** A durable topic as a stream client creates it. */
    public static TopicSpec stream(String name, int partitions) {
        return new TopicSpec(name, partitions, Optional.empty(), false, false);
    }

    /** A durable topic of one log with a routing. */
    public static TopicSpec routed(String name, Routing routing) {
        return new TopicSpec(name, 1, Optional.of(routing), false, false);
    }

    TopicSpec withRouting(Routing newRouting) {
        return new TopicSpec(name, partitions, Optional.of(newRouting), inMemory, autoDelete);
    }
}
