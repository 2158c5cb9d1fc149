package io.mainstem.server.admin;

import io.mainstem.broker.Topic;
import io.mainstem.broker.Topics;
import java.util.Comparator;
import java.util.Optional;

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
        String hint = closest(name)
                .map(other -> "did you mean '" + other + "'?")
                .orElse("mainstem topics list shows those there are, mainstem topics create makes one");
        return Problem.notFound("no topic '" + name + "'; " + hint);
    }

    private Optional<String> closest(String name) {
        int furthest = Math.max(1, name.length() / 3);
        return topics.all().stream()
                .map(Topic::name)
                .filter(other -> distance(name, other) <= furthest)
                .min(Comparator.comparingInt(other -> distance(name, other)));
    }

    /** Letters to insert, remove or replace until the one is the other. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
