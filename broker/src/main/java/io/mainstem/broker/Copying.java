package io.mainstem.broker;

import io.mainstem.engine.batch.Record;

/** A message that is about to be copied, and its record. */
record Copying(long queueNumber, QueueSource source, Record record) {

    /** Names the message for ever. */
    String origin() {
        return origin(queueNumber, source.id, record.offset());
    }

    /** The topic that it was published to; empty when it was sent straight to a queue. */
    String topicName() {
        String name = RelocatedFrom.of(source, record).topic();
        return name.startsWith(Topics.OWN_TOPIC_PREFIX) ? "" : name;
    }

    static String origin(long queueNumber, Source source, long offset) {
        return queueNumber + "-" + source.topicNumber() + "-" + source.partition() + "-" + offset;
    }
}
