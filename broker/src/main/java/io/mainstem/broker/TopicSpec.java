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
 * @param internal clients may bind it, and publish to it only through bindings of other topics to it; who speaks for
 *     clients asks and refuses
 * @param alternate the name of the topic that routes what no binding of this one wants; there need not be one
 * @param settings how it keeps its records; in memory they stay as long as a queue needs them, whatever this says
 */
public record TopicSpec(
        String name,
        int partitions,
        Optional<Routing> routing,
        boolean inMemory,
        boolean autoDelete,
        boolean internal,
        Optional<String> alternate,
        TopicSettings settings) {

    /** A durable topic as a stream client creates it. */
    public static TopicSpec stream(String name, int partitions) {
        return stream(name, partitions, TopicSettings.DEFAULTS);
    }

    /** A durable topic as a stream client creates it. */
    public static TopicSpec stream(String name, int partitions, TopicSettings settings) {
        return new TopicSpec(name, partitions, Optional.empty(), false, false, false, Optional.empty(), settings);
    }

    /** A durable topic of one log with a routing, which keeps its records. */
    public static TopicSpec routed(String name, Routing routing) {
        return routed(name, routing, false, false);
    }

    /** A topic of one log with a routing, which keeps its records whatever their age. */
    public static TopicSpec routed(String name, Routing routing, boolean inMemory, boolean autoDelete) {
        return new TopicSpec(
                name, 1, Optional.of(routing), inMemory, autoDelete, false, Optional.empty(), TopicSettings.KEEP);
    }

    public TopicSpec withAlternate(String topic) {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, internal, Optional.of(topic), settings);
    }

    public TopicSpec asInternal() {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, true, alternate, settings);
    }

    TopicSpec withRouting(Routing newRouting, boolean newInternal, Optional<String> newAlternate) {
        return new TopicSpec(
                name, partitions, Optional.of(newRouting), inMemory, autoDelete, newInternal, newAlternate, settings);
    }

    TopicSpec withPartitions(int newPartitions) {
        return new TopicSpec(name, newPartitions, routing, inMemory, autoDelete, internal, alternate, settings);
    }

    TopicSpec withSettings(TopicSettings newSettings) {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, internal, alternate, newSettings);
    }
}
