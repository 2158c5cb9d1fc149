package io.mainstem.protocol.amqp;

import io.mainstem.broker.Message;
import io.mainstem.broker.PublishListener;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Brings what one channel has published where it belongs, sends back what nobody wants, and follows it. */
final class Publisher {

    private final AmqpChannel channel;

    Publisher(AmqpChannel channel) {
        this.channel = channel;
    }

    void publish(Publication publication) {
        Topic topic = publication.topic();
        if (topic != null) {
            publishTo(topic, publication);
        } else {
            publishToQueues(publication);
        }
    }

    private void publishTo(Topic topic, Publication publication) {
        Message message = publication.message();
        if (publication.mandatory() && !topic.routes(message)) {
            sendBack(publication);
        }
        topic.publish(message, channel.confirms(), begin(publication));
        if (topic.isHeld()) {
            // what is taken now waits until consumers have made room; there is no use in taking more
            String what = virtualHost().exchange(publication.exchange());
            channel.connection().inflow().waitForRoom(what, topic.whenRoom());
        }
    }

    private void publishToQueues(Publication publication) {
        List<String> names = publication.queues();
        if (names.size() == 1) {
            Queue queue = find(names.get(0));
            if (queue != null) {
                publishTo(queue, publication.message(), channel.confirms(), begin(publication));
                return;
            }
        }
        List<Queue> queues = new ArrayList<>();
        int replies = 0;
        for (String name : names) {
            Queue queue = find(name);
            if (queue != null) {
                queues.add(queue);
            } else if (reply(name, publication)) {
                replies++;
            }
        }
        if (publication.mandatory() && queues.isEmpty() && replies == 0) {
            sendBack(publication);
        }
        long token = begin(publication);
        if (queues.isEmpty()) {
            // Nobody wanted it, and with that it is dealt with.
            channel.confirms().published(token, null);
            return;
        }
        PublishListener all = new LastOf(queues.size(), channel.confirms());
        for (Queue queue : queues) {
            publishTo(queue, publication.message(), all, token);
        }
    }

    private void publishTo(Queue queue, Message message, PublishListener listener, long token) {
        queue.publish(message, listener, token);
        CompletableFuture<Void> room = queue.whenRoom().toCompletableFuture();
        if (!room.isDone()) {
            String what = virtualHost().queue(virtualHost().inClient(queue.name()));
            channel.connection().inflow().waitForRoom(what, room);
        }
    }

    private VirtualHost virtualHost() {
        return channel.connection().virtualHost();
    }

    private @Nullable Queue find(String name) {
        return channel.queues()
                .find(name)
                .filter(queue -> !StreamQueue.isStream(queue) || topicOf(queue).isPresent())
                .orElse(null);
    }

    private Optional<Topic> topicOf(Queue stream) {
        return channel.connection().broker().topics().find(stream.name());
    }

    private boolean reply(String name, Publication publication) {
        return channel.connection()
                .replies()
                .find(name)
                .map(receiver -> {
                    receiver.take(record(publication.copy().message()));
                    return true;
                })
                .orElse(false);
    }

    private long begin(Publication publication) {
        long bytes = publication.bytes();
        channel.connection().inflow().publishing(bytes);
        return channel.confirms().begin(bytes);
    }

    private void sendBack(Publication publication) {
        // Copied, because it leaves after the buffer that it came in may be gone.
        Record record = record(publication.copy().message());
        channel.connection().deliveries().returned(channel.number(), publication.exchange(), record);
    }

    private static Record record(Message message) {
        return new Record(0, message.timestampMillis(), message.key(), message.value(), message.headers());
    }

    /** Tells the publisher of a message that goes to several places once it is in the last of them. */
    private static final class LastOf implements PublishListener {

        private final AtomicInteger open;
        private final PublishListener publisher;
        private volatile @Nullable Throwable firstFailure;

        LastOf(int places, PublishListener publisher) {
            this.open = new AtomicInteger(places);
            this.publisher = publisher;
        }

        @Override
        public void published(long token, @Nullable Throwable failure) {
            if (failure != null) {
                firstFailure = failure;
            }
            if (open.decrementAndGet() == 0) {
                publisher.published(token, firstFailure);
            }
        }

        @Override
        public void afterwards(Runnable task) {
            publisher.afterwards(task);
        }
    }
}
