package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.ShutdownSignalException;
import io.mainstem.interop.History.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** RabbitMQ's Java client as a {@link QueueClient}. */
final class RabbitConsumer implements QueueClient {

    private static final int CONFIRM_DEADLINE_MILLIS = 20_000;

    private final BrokerProcess broker;
    private final String queue;
    private final History history;
    private final Thread thread;
    private volatile boolean closed;

    RabbitConsumer(BrokerProcess broker, String queue, Set<String> seen) {
        this.broker = broker;
        this.queue = queue;
        this.history = new History("RabbitMQ Java client " + System.identityHashCode(this), seen);
        this.thread = new Thread(this::run, "rabbit-consumer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public boolean isAlive() {
        return thread.isAlive();
    }

    private void run() {
        while (!closed) {
            try (Connection connection = Rabbit.connectOnce(broker)) {
                history.add(Kind.CONNECTED, System.nanoTime(), "");
                consume(connection);
            } catch (IOException | TimeoutException | ShutdownSignalException e) {
                // The broker has been killed; it comes back.
                Rabbit.backOff();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void consume(Connection connection) throws IOException, InterruptedException, TimeoutException {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        channel.basicQos(PREFETCH);
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, false, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        long lastMarkerNanos = System.nanoTime();
        while (!closed && channel.isOpen()) {
            Delivery delivery = deliveries.poll(MARKER_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            if (delivery != null) {
                acknowledge(channel, delivery);
            }
            long now = System.nanoTime();
            if (now - lastMarkerNanos >= TimeUnit.MILLISECONDS.toNanos(MARKER_INTERVAL_MILLIS)) {
                mark(channel, now);
                lastMarkerNanos = now;
            }
        }
    }

    private void acknowledge(Channel channel, Delivery delivery) throws IOException {
        boolean again = delivery.getEnvelope().isRedeliver();
        String digest = Rabbit.entry(delivery).digest();
        history.add(again ? Kind.REDELIVERED : Kind.DELIVERED, System.nanoTime(), digest);
        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        history.add(Kind.ACKNOWLEDGED, System.nanoTime(), digest);
    }

    private void mark(Channel channel, long now) throws IOException, InterruptedException, TimeoutException {
        AMQP.BasicProperties persistent = MessageProperties.PERSISTENT_BASIC;
        channel.basicPublish("", MARKERS, persistent, "marker".getBytes(StandardCharsets.US_ASCII));
        if (channel.waitForConfirms(CONFIRM_DEADLINE_MILLIS)) {
            history.add(Kind.MARKER_CONFIRMED, now, "");
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
