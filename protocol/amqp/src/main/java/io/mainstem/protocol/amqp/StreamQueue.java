package io.mainstem.protocol.amqp;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Topic;
import io.mainstem.engine.Bounds;
import io.mainstem.protocol.amqp.codec.AmqpException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Queues of type stream. Such a queue is a name by which clients read the topic of the same name, by offset and without
 * taking anything from it. In the broker it is a queue that is bound to nothing: it holds the labels of its
 * declaration, and its consumers are counted and cancelled there.
 */
public final class StreamQueue {

    static final String TYPE_ARGUMENT = "x-queue-type";
    static final String TYPE = "stream";

    /** The label that says whether the topic was there before the queue, and stays when that goes. */
    static final String TOPIC_LABEL = "stream.topic";

    static final String MADE = "made";
    static final String ADOPTED = "adopted";

    private StreamQueue() {}

    /** Whether it was declared as one. */
    public static boolean isStream(Queue queue) {
        return TYPE.equals(queue.spec().labels().get(TYPE_ARGUMENT));
    }

    /** @param queue as the virtual host words it */
    static AmqpException notSupported(String what, String queue) {
        return Failures.notImplemented(what + " not supported by stream queues " + queue);
    }

    /** How many records there are to read. */
    static long messages(Topic topic) {
        long messages = 0;
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Bounds bounds = topic.bounds(partition);
            messages += bounds.durableEndOffset() - bounds.firstOffset();
        }
        return messages;
    }

    /** Removes the queue, and its topic if it was made for it and nobody has found another use for it. */
    static CompletionStage<Long> delete(Broker broker, Queue queue, boolean ifUnused) {
        Optional<Topic> topic = broker.topics().find(queue.name());
        long messages = topic.map(StreamQueue::messages).orElse(0L);
        Map<String, String> labels = queue.spec().labels();
        boolean topicGoes = MADE.equals(labels.get(TOPIC_LABEL))
                && topic.isPresent()
                && topic.get().spec().routing().isEmpty();
        return broker.queues().delete(queue.name(), ifUnused, false).thenCompose(deleted -> {
            if (!topicGoes) {
                return CompletableFuture.completedFuture(0L);
            }
            return broker.topics().delete(queue.name(), true).handle((done, failure) -> {
                boolean stays = failure != null
                        && (Failures.isBecause(failure, Kind.IN_USE)
                                || Failures.isBecause(failure, Kind.UNKNOWN_TOPIC));
                if (failure != null && !stays) {
                    throw Failures.unchecked(failure);
                }
                return stays ? 0L : messages;
            });
        });
    }
}
