package io.mainstem.protocol.kafka.groups;

import java.util.Comparator;

/** A partition of a topic by name. */
public record TopicPlace(String topic, int partition) implements Comparable<TopicPlace> {

    private static final Comparator<TopicPlace> ORDER =
            Comparator.comparing(TopicPlace::topic).thenComparing(TopicPlace::partition);

    @Override
    public int compareTo(TopicPlace other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
