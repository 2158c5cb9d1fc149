package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.broker.Topics;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** The broker's topics as far as a Kafka client can name them. */
final class Catalog {

    /** The topics behind queues. */
    private static final String QUEUE_PREFIX = "q.";

    private final Topics topics;

    Catalog(Topics topics) {
        this.topics = topics;
    }

    Optional<Topic> find(String name) {
        return isVisible(name) ? topics.find(name) : Optional.empty();
    }

    Optional<Topic> find(Uuid id) {
        return topics.find(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()))
                .filter(topic -> isVisible(topic.name()));
    }

    List<Topic> all() {
        return topics.all().stream().filter(topic -> isVisible(topic.name())).toList();
    }

    Topics topics() {
        return topics;
    }

    /** @throws ApiException when there is no such partition */
    Topic partition(String name, int partition) {
        return find(name)
                .filter(topic -> hasPartition(topic, partition))
                .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
    }

    /** Internal topics are left out by clients that subscribe to a pattern. */
    static boolean isInternal(Topic topic) {
        return topic.isInternal() || topic.name().startsWith(QUEUE_PREFIX);
    }

    static boolean hasPartition(Topic topic, int partition) {
        return partition >= 0 && partition < topic.partitions();
    }

    static Uuid idOf(Topic topic) {
        return new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }

    private static boolean isVisible(String name) {
        return org.apache.kafka.common.internals.Topic.isValid(name);
    }
}
