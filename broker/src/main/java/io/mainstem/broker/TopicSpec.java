package io.mainstem.broker;

import java.util.Map;
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
 * @param labels what whoever declares its routing wants to find again; the broker takes no notice
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
        Map<String, String> labels,
        TopicSettings settings) {

    public TopicSpec {
        labels = Map.copyOf(labels);
    }

    /** A durable topic as a stream client creates it. */
    public static TopicSpec stream(String name, int partitions) {
        return stream(name, partitions, TopicSettings.DEFAULTS);
    }

    /** A durable topic as a stream client creates it. */
    public static TopicSpec stream(String name, int partitions, TopicSettings settings) {
        return new TopicSpec(
                name, partitions, Optional.empty(), false, false, false, Optional.empty(), Map.of(), settings);
    }

    /** A durable topic of one log with a routing, which keeps its records until its queues have settled them. */
    public static TopicSpec routed(String name, Routing routing) {
        return routed(name, routing, false, false);
    }

    /** A topic of one log with a routing, which keeps its records until its queues have settled them. */
    public static TopicSpec routed(String name, Routing routing, boolean inMemory, boolean autoDelete) {
        return new TopicSpec(
                name,
                1,
                Optional.of(routing),
                inMemory,
                autoDelete,
                false,
                Optional.empty(),
                Map.of(),
                TopicSettings.UNTIL_SETTLED);
    }

    public TopicSpec withAlternate(String topic) {
        return new TopicSpec(
                name, partitions, routing, inMemory, autoDelete, internal, Optional.of(topic), labels, settings);
    }

    public TopicSpec asInternal() {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, true, alternate, labels, settings);
    }

    public TopicSpec withLabels(Map<String, String> newLabels) {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, internal, alternate, newLabels, settings);
    }

    TopicSpec withRoutingOf(MetadataRecord.TopicRouted routed) {
        return new TopicSpec(
                name,
                partitions,
                Optional.of(routed.routing()),
                inMemory,
                autoDelete,
                routed.internal(),
                routed.alternate(),
                routed.labels(),
                settings);
    }

    TopicSpec withPartitions(int newPartitions) {
        return new TopicSpec(name, newPartitions, routing, inMemory, autoDelete, internal, alternate, labels, settings);
    }

    TopicSpec withSettings(TopicSettings newSettings) {
        return new TopicSpec(name, partitions, routing, inMemory, autoDelete, internal, alternate, labels, newSettings);
    }
}
