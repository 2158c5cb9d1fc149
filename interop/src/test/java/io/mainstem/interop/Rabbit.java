package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import io.mainstem.interop.History.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** What tests say to RabbitMQ's Java client again and again. */
final class Rabbit {

    private static final long BACK_OFF_NANOS = Duration.ofMillis(20).toNanos();

    private Rabbit() {}

    /** A connection that ends with its socket, so that a test sees every end. */
    static ConnectionFactory factory(BrokerProcess broker) {
        return factory(broker.host(), broker.amqpPort());
    }

    static ConnectionFactory factory(String host, int port) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(5_000);
        return factory;
    }

    static Connection connectOnce(BrokerProcess broker) throws IOException, TimeoutException {
        return factory(broker).newConnection();
    }

    static Connection connect(BrokerProcess broker) {
        try {
            return connectOnce(broker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether somebody lets clients connect here. */
    static boolean accepts(String host, int port) {
        try {
            factory(host, port).newConnection().abort();
            return true;
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    /** Declares a durable topic exchange, and the queue for the markers of {@link QueueClient}s. */
    static void declareExchange(BrokerProcess broker, String exchange) throws IOException {
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare(exchange, "topic", true);
            channel.queueDeclare(QueueClient.MARKERS, true, false, false, null);
        }
    }

    static void declareQueue(BrokerProcess broker, String exchange, String queue, String... keys) throws IOException {
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, null);
            for (String key : keys) {
                channel.queueBind(queue, exchange, key);
            }
        }
    }

    /** Takes one by one, and acknowledges, what is left in a queue. */
    static History drain(BrokerProcess broker, String queue) throws IOException {
        History history = new History("drain", new HashSet<>());
        try (Connection connection = connect(broker)) {
            history.add(Kind.CONNECTED, System.nanoTime(), "");
            Channel channel = connection.createChannel();
            GetResponse response = channel.basicGet(queue, false);
            while (response != null) {
                boolean again = response.getEnvelope().isRedeliver();
                history.add(
                        again ? Kind.REDELIVERED : Kind.DELIVERED,
                        System.nanoTime(),
                        entry(response).digest());
                channel.basicAck(response.getEnvelope().getDeliveryTag(), false);
                response = channel.basicGet(queue, false);
            }
        }
        return history;
    }

    /** The pause of a client between two attempts to connect. */
    static void backOff() {
        LockSupport.parkNanos(BACK_OFF_NANOS);
    }

    static Entry entry(Delivery delivery) {
        return Entry.of(delivery.getEnvelope().getRoutingKey().getBytes(StandardCharsets.UTF_8), delivery.getBody());
    }

    static Entry entry(GetResponse response) {
        return Entry.of(response.getEnvelope().getRoutingKey().getBytes(StandardCharsets.UTF_8), response.getBody());
    }
}
