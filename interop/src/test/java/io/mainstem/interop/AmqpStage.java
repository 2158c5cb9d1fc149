package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What plays a scenario with RabbitMQ's Java client. */
final class AmqpStage extends Stage {

    /** A virtual host that is there beside the usual one. */
    static final String OTHER_VIRTUAL_HOST = "staging";

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Duration POLL = Duration.ofMillis(20);

    private static final int ANSWER_DEADLINE_MILLIS = 8_000;

    private final String host;
    private final int port;
    private final Runnable stop;
    private final List<Connection> connections = new ArrayList<>();
    private Connection current;

    /** What is tried on a channel; what it returns is seen. */
    @FunctionalInterface
    interface Attempt {
        Object make(Channel channel) throws Exception;
    }

    /** On a broker that others play on. */
    AmqpStage(String host, int port) {
        this(host, port, () -> {
            throw new IllegalStateException("others play on this broker");
        });
    }

    /** @param stop ends the broker in an orderly way */
    AmqpStage(String host, int port, Runnable stop) {
        this.host = host;
        this.port = port;
        this.stop = stop;
    }

    void stopBroker() {
        stop.run();
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    ConnectionFactory factory() {
        ConnectionFactory factory = Rabbit.factory(host, port);
        factory.setChannelRpcTimeout(ANSWER_DEADLINE_MILLIS);
        return factory;
    }

    /** A connection of its own. */
    Connection open() {
        return open(factory -> {});
    }

    Connection open(Consumer<ConnectionFactory> settings) {
        ConnectionFactory factory = factory();
        settings.accept(factory);
        try {
            Connection connection = factory.newConnection();
            connections.add(connection);
            return connection;
        } catch (IOException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The connection that most of a scenario happens on; a new one if that has been closed. */
    Connection connection() {
        if (current == null || !current.isOpen()) {
            current = open();
        }
        return current;
    }

    /** A new channel. */
    Channel channel() throws IOException {
        return connection().createChannel();
    }

    /** A new channel with confirms. */
    Channel confirming() throws IOException {
        Channel channel = channel();
        channel.confirmSelect();
        return channel;
    }

    /**
     * Does something on a channel of its own, and sees what it returned, or how the broker closed the channel or the
     * connection, also when it did so later.
     */
    void attempt(String what, Attempt attempt) throws IOException {
        attempt(what, channel(), attempt);
    }

    /** The same on a channel that may have been used before; it is closed afterwards. */
    void attempt(String what, Channel channel, Attempt attempt) {
        seeOutcome(what, () -> {
            Object value = attempt.make(channel);
            // is answered after everything before it
            channel.basicQos(0);
            channel.close();
            return value;
        });
    }

    /** Something that returns nothing and is answered; "done" is seen if it was not refused. */
    static Attempt done(VoidAttempt attempt) {
        return channel -> {
            attempt.make(channel);
            return "done";
        };
    }

    /** What is tried on a channel and returns nothing. */
    @FunctionalInterface
    interface VoidAttempt {
        void make(Channel channel) throws Exception;
    }

    /** A queue that is neither durable nor exclusive nor deleted by itself. */
    String queue(String name, Map<String, Object> arguments) throws IOException {
        try (Channel channel = channel()) {
            return channel.queueDeclare(name, false, false, false, arguments).getQueue();
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    String queue(String name) throws IOException {
        return queue(name, Map.of());
    }

    /** How many messages are ready, and how many consumers there are. */
    String counts(String queue) throws IOException {
        try (Channel channel = channel()) {
            return show(channel.queueDeclarePassive(queue));
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next message of a queue, as soon as there is one; it is taken. */
    GetResponse next(String queue) throws Exception {
        return next(queue, true);
    }

    /** The next message of a queue, as soon as there is one, goes to where its dead letters go. */
    void rejectNext(String queue) throws Exception {
        next(queue, false);
    }

    private GetResponse next(String queue, boolean wanted) throws Exception {
        try (Channel channel = channel()) {
            GetResponse got = await("a message in " + queue)
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> channel.basicGet(queue, wanted), Objects::nonNull);
            if (!wanted) {
                channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
            }
            return got;
        }
    }

    /** The next dead letter, without what only RabbitMQ 4 says of its last death. */
    GetResponse nextDead(String queue) throws Exception {
        GetResponse dead = next(queue);
        return new GetResponse(
                dead.getEnvelope(), Messages.withoutLastDeath(dead.getProps()), dead.getBody(), dead.getMessageCount());
    }

    /** Publishes these bodies to a queue, and waits for the confirms. */
    void publish(String exchange, String key, AMQP.BasicProperties properties, String... bodies) throws Exception {
        try (Channel channel = confirming()) {
            for (String body : bodies) {
                channel.basicPublish(exchange, key, properties, Messages.bytes(body));
            }
            channel.waitForConfirms(DEADLINE.toMillis());
        }
    }

    void publish(String exchange, String key, String... bodies) throws Exception {
        publish(exchange, key, Messages.NO_PROPERTIES, bodies);
    }

    @Override
    String show(Object outcome) {
        return Messages.show(outcome);
    }

    @Override
    String error(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException closing) {
                return Messages.show(closing);
            }
        }
        return Messages.mask(failure.toString());
    }

    @Override
    public void close() {
        for (Connection connection : connections) {
            connection.abort(2_000);
        }
    }
}
