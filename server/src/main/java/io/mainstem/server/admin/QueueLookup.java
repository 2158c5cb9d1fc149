package io.mainstem.server.admin;

import io.mainstem.broker.Queue;
import io.mainstem.broker.Queues;
import io.mainstem.protocol.amqp.StreamQueue;

/** Finds queues by name, and for a name that there is not the one that may have been meant. */
final class QueueLookup {

    private final Queues queues;

    QueueLookup(Queues queues) {
        this.queues = queues;
    }

    /** @throws Problem when there is no such queue */
    Queue find(String name) {
        return queues.find(name).orElseThrow(() -> unknown(name));
    }

    /**
     * A queue that holds messages.
     *
     * @param what would be done with them, for whoever asks it of a stream
     * @throws Problem when there is no such queue, or it is a stream
     */
    Queue holding(String name, String what) {
        Queue queue = find(name);
        if (StreamQueue.isStream(queue)) {
            throw Problem.conflict("queue '" + name + "' is a stream: it holds no messages to " + what
                    + ", it only reads the topic of its name; see mainstem tail " + name + " --from beginning");
        }
        return queue;
    }

    private Problem unknown(String name) {
        return Problem.notFound("no queue '" + name + "'; "
                + SimilarNames.hint(
                        name,
                        queues.all().stream().map(Queue::name).toList(),
                        "mainstem queues list shows those there are"));
    }
}
