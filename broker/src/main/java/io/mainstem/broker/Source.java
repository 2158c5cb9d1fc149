package io.mainstem.broker;

/**
 * One log that a queue takes messages from, as state records name it.
 *
 * @param topicNumber the topic's number, which no later topic has
 */
record Source(long topicNumber, int partition) {

    FieldWriter encode(FieldWriter out) {
        return out.number(topicNumber).number(partition);
    }

    static Source decode(FieldReader in) {
        return new Source(in.number(), in.intNumber());
    }
}
