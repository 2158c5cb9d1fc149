package io.mainstem.server.admin;

import io.mainstem.broker.Topic;
import io.mainstem.broker.Topics;

/** Finds topics by name, and for a name that there is not the one that may have been meant. */
final class TopicLookup {

    private final Topics topics;

    TopicLookup(Topics topics) {
        this.topics = topics;
    }

    /** @throws Problem when there is no such topic */
    Topic find(String name) {
        return topics.find(name).orElseThrow(() -> unknown(name));
    }

    /** @throws Problem when the topic has no such partition */
    int partition(Topic topic, long number) {
        if (number < 0 || number >= topic.partitions()) {
            throw Problem.notFound("topic '" + topic.name() + "' has no partition " + number + ", only 0 to "
                    + (topic.partitions() - 1));
        }
        return (int) number;
    }

    boolean isGone(Topic topic) {
        return topics.find(topic.id()).isEmpty();
    }

    private Problem unknown(String name) {
        return Problem.notFound("no topic '" + name + "'; "
                + SimilarNames.hint(
                        name,
                        topics.all().stream().map(Topic::name).toList(),
                        "mainstem topics list shows those there are, mainstem topics create makes one"));
    }
}
