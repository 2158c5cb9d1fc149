package io.mainstem.broker;

/**
 * A filter of a queue or a topic on a topic, in force between two changes. {@link Versions} says of each record of a
 * log which changes it comes after.
 *
 * @param fromVersion the change that made it
 * @param untilVersion the change that ended it; {@link #OPEN} while there is none
 */
record Binding(BindingKey key, Destination destination, Filter filter, long fromVersion, long untilVersion) {

    static final long OPEN = Long.MAX_VALUE;

    /** A version after all that have been. */
    static final long LATEST = OPEN - 1;

    static Binding open(BindingKey key, Destination destination, Filter filter, long fromVersion) {
        return new Binding(key, destination, filter, fromVersion, OPEN);
    }

    Binding endingAt(long version) {
        return new Binding(key, destination, filter, fromVersion, version);
    }

    Binding leadingTo(Destination other) {
        return new Binding(key, other, filter, fromVersion, untilVersion);
    }

    boolean isOpen() {
        return untilVersion == OPEN;
    }

    boolean isInForce(long version) {
        return fromVersion <= version && version < untilVersion;
    }
}
