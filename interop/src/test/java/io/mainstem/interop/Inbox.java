package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A consumer whose deliveries wait until a scenario takes them. */
final class Inbox extends DefaultConsumer {

    private static final int DEADLINE_SECONDS = 10;

    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);

    private String tag = "";

    Inbox(Channel channel) {
        super(channel);
    }

    /** Consumes, with acknowledgements. */
    static Inbox of(Channel channel, String queue) throws IOException {
        return of(channel, queue, Map.of());
    }

    static Inbox of(Channel channel, String queue, Map<String, Object> arguments) throws IOException {
        return of(channel, queue, false, arguments);
    }

    /** Consumes without acknowledgements. */
    static Inbox automatic(Channel channel, String queue) throws IOException {
        return of(channel, queue, true, Map.of());
    }

    private static Inbox of(Channel channel, String queue, boolean automatic, Map<String, Object> arguments)
            throws IOException {
        Inbox inbox = new Inbox(channel);
        inbox.tag = channel.basicConsume(queue, automatic, arguments, inbox);
        return inbox;
    }

    @Override
    public void handleDelivery(String consumerTag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        deliveries.add(new Delivery(envelope, properties, body));
    }

    @Override
    public void handleCancel(String consumerTag) {
        cancelled.countDown();
    }

    /** The next one. */
    Delivery take() throws InterruptedException {
        Delivery next = deliveries.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("a delivery").isNotNull();
        return next;
    }

    List<Delivery> take(int count) throws InterruptedException {
        List<Delivery> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(take());
        }
        return taken;
    }

    /** The bodies of the next so many, with a star on what is delivered again. */
    List<String> bodies(int count) throws InterruptedException {
        return take(count).stream().map(Inbox::body).toList();
    }

    /** The body, with a star if it is delivered again. */
    static String body(Delivery delivery) {
        return Messages.text(delivery.getBody()) + (delivery.getEnvelope().isRedeliver() ? "*" : "");
    }

    static long tag(Delivery delivery) {
        return delivery.getEnvelope().getDeliveryTag();
    }

    /** Stops consuming. */
    void cancel() throws IOException {
        getChannel().basicCancel(tag);
    }

    /** How many have come and not been taken. */
    int waiting() {
        return deliveries.size();
    }

    boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /** Waits until the broker cancels it. */
    boolean isCancelledByBroker() throws InterruptedException {
        return cancelled.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
}
