package io.mainstem.broker;

/**
 * One log that a queue takes messages from, as state records name it, or those of its messages that were relocated into
 * its own topic.
 *
 * @param topicNumber number of the topic where the records stand, which no later topic has
 * @param partition RELOCATED for what was relocated
 */
record Source(long topicNumber, int partition) {

    private static final int RELOCATED = -1;

    /** What a queue has of other logs, and what its own topic keeps for it. */
    static Source ofRelocated(Topic own) {
        return new Source(own.number(), RELOCATED);
    }

    boolean isOfRelocated() {
        return partition == RELOCATED;
    }

    FieldWriter encode(FieldWriter out) {
        return out.number(topicNumber).number(partition);
    }

    static Source decode(FieldReader in) {
        return new Source(in.number(), in.intNumber());
    }
}
