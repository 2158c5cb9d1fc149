package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Consumes a stream on a channel, acknowledges nothing by itself, and keeps what comes. */
final class StreamInbox extends DefaultConsumer {

    final List<String> cancelled = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

    StreamInbox(Channel channel) {
        super(channel);
    }

    /** Begins at an offset, with a prefetch. */
    static StreamInbox consume(Channel channel, String stream, Object offset, int prefetch) throws IOException {
        StreamInbox inbox = new StreamInbox(channel);
        channel.basicQos(prefetch);
        channel.basicConsume(stream, false, Map.of("x-stream-offset", offset), inbox);
        return inbox;
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
        deliveries.add(new Delivery(envelope, properties, body));
    }

    @Override
    public void handleCancel(String consumerTag) {
        cancelled.add(consumerTag);
    }

    Delivery take() throws InterruptedException {
        Delivery delivery = deliveries.poll(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivery).as("delivery").isNotNull();
        return Objects.requireNonNull(delivery);
    }

    /** The bodies of as many deliveries, in their order. */
    List<String> bodies(int count) throws InterruptedException {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < count) {
            bodies.add(new String(take().getBody(), UTF_8));
        }
        return bodies;
    }

    /** Takes and acknowledges as many deliveries; gives their bodies. */
    List<String> acknowledge(int count) throws IOException, InterruptedException {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < count) {
            Delivery delivery = take();
            bodies.add(new String(delivery.getBody(), UTF_8));
            getChannel().basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        return bodies;
    }

    int waiting() {
        return deliveries.size();
    }

    /** After round trips nothing has come: what was allowed to come would have come before the answers. */
    boolean isQuiet(String stream) throws IOException {
        for (int round = 0; round < 10; round++) {
            getChannel().queueDeclarePassive(stream);
        }
        return deliveries.isEmpty();
    }

    static Object offsetOf(Delivery delivery) {
        return delivery.getProperties().getHeaders().get("x-stream-offset");
    }
}
