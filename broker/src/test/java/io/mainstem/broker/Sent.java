package io.mainstem.broker;

import java.util.HashMap;
import java.util.Map;

/** A published message and what is known of it. */
final class Sent {
    final String id;
    final String topic;
    final String key;
    boolean confirmed;

    /** By queue: the broker had confirmed a fitting binding before this was published. */
    final Map<String, Boolean> owed = new HashMap<>();

    Sent(String id, String topic, String key) {
        this.id = id;
        this.topic = topic;
        this.key = key;
    }
}
