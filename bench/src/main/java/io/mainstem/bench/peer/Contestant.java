package io.mainstem.bench.peer;

import java.nio.file.Path;

/** A server in one configuration, of which runs are compared with those of others. */
public interface Contestant {

    /** What tables call it, such as {@code Kafka, fsync}. */
    String name();

    /** Its version and the settings that differ from its defaults. */
    String description();

    /** Whether it is one of ours, which the others are compared with. */
    default boolean isOurs() {
        return false;
    }

    /**
     * Starts it in an empty directory, and waits until it serves.
     *
     * @throws PeerException when it does not start, with the place of its log
     */
    RunningServer start(Path directory);
}
