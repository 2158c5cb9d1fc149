package io.mainstem.bench.soak.client;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.mainstem.bench.soak.check.Message;
import io.mainstem.bench.soak.check.Source;
import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;

/** Publishes persistent messages with confirms. What is not confirmed is not sent again. */
public final class QueuePublisher extends Client {

    private static final int UNDER_WAY = 500;
    private static final int LOOK_MILLIS = 10;
    private static final long LAST_CONFIRMS_MILLIS = 15_000;

    /** What is to be there before a connection publishes. */
    @FunctionalInterface
    public interface Preparation {
        Preparation NONE = channel -> {};

        void prepare(Channel channel) throws IOException;
    }

    private final String exchange;
    private final String key;
    private final Source source;
    private final Load load;
    private Preparation preparation = Preparation.NONE;

    public QueuePublisher(Target target, String exchange, String key, Source source, Load load) {
        super(target, "publisher " + source.name());
        this.exchange = exchange;
        this.key = key;
        this.source = source;
        this.load = load;
    }

    /** Does this first on each connection. */
    public QueuePublisher preparing(Preparation value) {
        preparation = value;
        return this;
    }

    @Override
    void connectAndWork() throws IOException, TimeoutException, InterruptedException {
        Connection connection = target().connect();
        NavigableMap<Long, Long> underWay = new ConcurrentSkipListMap<>();
        try {
            Channel channel = connection.createChannel();
            preparation.prepare(channel);
            publish(channel, underWay);
        } finally {
            connection.abort();
            // what is still confirmed by the client's threads comes too late
            underWay.clear();
        }
    }

    private void publish(Channel channel, NavigableMap<Long, Long> underWay) throws IOException, InterruptedException {
        channel.confirmSelect();
        channel.addConfirmListener(
                (tag, multiple) -> settled(underWay, tag, multiple).forEach(source::acknowledged),
                (tag, multiple) -> settled(underWay, tag, multiple));
        Pace pace = new Pace(load.perSecond());
        while (!isEnded() && channel.isOpen()) {
            pace.await();
            if (underWay.size() >= UNDER_WAY) {
                Thread.sleep(LOOK_MILLIS);
                continue;
            }
            Message message = source.next();
            underWay.put(channel.getNextPublishSeqNo(), message.sequence());
            channel.basicPublish(exchange, key, MessageProperties.PERSISTENT_BASIC, message.encode(load.bytes()));
        }
        long deadlineNanos = System.nanoTime() + LAST_CONFIRMS_MILLIS * 1_000_000;
        while (channel.isOpen() && !underWay.isEmpty() && System.nanoTime() < deadlineNanos) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static List<Long> settled(NavigableMap<Long, Long> underWay, long tag, boolean multiple) {
        NavigableMap<Long, Long> part = multiple ? underWay.headMap(tag, true) : underWay.subMap(tag, true, tag, true);
        List<Long> sequences = List.copyOf(part.values());
        part.clear();
        return sequences;
    }
}
