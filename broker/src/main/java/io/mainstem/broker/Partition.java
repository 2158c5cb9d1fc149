package io.mainstem.broker;

import io.mainstem.engine.LogId;
import java.util.Optional;

/**
 * One log of a topic, and who works on it.
 *
 * @param retention only for a topic in memory
 */
record Partition(LogId log, TopicWriter writer, Router router, Optional<MemoryRetention> retention) {

    static Partition of(Topic topic, int index, BrokerContext context) {
        LogId log = new LogId(topic.name(), index, topic.number());
        return new Partition(
                log,
                new TopicWriter(topic, index, context.options().publishBatchBytes()),
                new Router(topic, index, log, context),
                topic.spec().inMemory()
                        ? Optional.of(new MemoryRetention(
                                context.engine(), log, () -> topic.intake().trimmed()))
                        : Optional.empty());
    }
}
