package io.mainstem.interop;

/**
 * A client that takes messages from a queue until it is closed, acknowledges one by one, tells a {@link History}, and
 * connects again whenever the broker has gone.
 */
interface QueueClient extends AutoCloseable {

    /** The queue that takes the clients' markers: stored, and read by nobody. */
    String MARKERS = "markers";

    /** How often a client sends a marker while there is something to do. */
    int MARKER_INTERVAL_MILLIS = 100;

    int PREFETCH = 50;

    History history();

    /** False when it has failed. */
    boolean isAlive();

    @Override
    void close();
}
