package io.mainstem.protocol.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker in memory with an AMQP listener, and RabbitMQ's client connected to it; new for each test. */
final class BrokerFixture implements BeforeEachCallback, AfterEachCallback {

    static final Duration DEADLINE = Duration.ofSeconds(20);

    private final AmqpOptions options;
    private final BrokerOptions brokerOptions;
    private final List<Connection> connections = new ArrayList<>();
    private final AtomicReference<Set<Shortage>> shortages = new AtomicReference<>(Set.of());
    private EventLoopGroup eventLoops;
    private LocalEngine engine;
    private Broker broker;
    private AmqpListener listener;

    BrokerFixture() {
        this(AmqpOptions.defaults());
    }

    BrokerFixture(AmqpOptions options) {
        this(options, BrokerOptions.defaults());
    }

    @SuppressWarnings("NullAway.Init") // by beforeEach
    BrokerFixture(AmqpOptions options, BrokerOptions brokerOptions) {
        this.options = options;
        this.brokerOptions = brokerOptions;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        eventLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        engine = LocalEngine.inMemory(LocalOptions.defaults());
        broker = Broker.start(engine, brokerOptions.withTypedHeaders(new TypedTable()))
                .toCompletableFuture()
                .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        listener = AmqpListener.start(broker, eventLoops, anyPort, options, shortages::get);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        for (Connection connection : connections) {
            connection.abort(1000);
        }
        listener.close();
        broker.close();
        engine.close();
        eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    Broker broker() {
        return broker;
    }

    /** From now on there is too little of these. */
    void runShortOf(Shortage... what) {
        shortages.set(Set.of(what));
        listener.lookForShortages();
    }

    AmqpListener listener() {
        return listener;
    }

    int port() {
        return listener.address().getPort();
    }

    ConnectionFactory clients() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port());
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    Connection connect() throws IOException, TimeoutException {
        Connection connection = clients().newConnection();
        connections.add(connection);
        return connection;
    }

    Channel channel() throws IOException, TimeoutException {
        return connect().createChannel();
    }

    Channel channelOf(String virtualHost) throws IOException, TimeoutException {
        ConnectionFactory factory = clients();
        factory.setVirtualHost(virtualHost);
        Connection connection = factory.newConnection();
        connections.add(connection);
        return connection.createChannel();
    }

    /** Runs what the broker refuses, and returns the reply code and text it gave. */
    static String refusal(ThrowingCallable call) {
        try {
            call.call();
        } catch (ShutdownSignalException e) {
            return reply(e);
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal) {
                return reply(signal);
            }
            throw new AssertionError(e);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("was not refused");
    }

    static String reply(ShutdownSignalException signal) {
        if (signal.getReason() instanceof AMQP.Channel.Close close) {
            return close.getReplyCode() + " " + close.getReplyText();
        }
        if (signal.getReason() instanceof AMQP.Connection.Close close) {
            return close.getReplyCode() + " " + close.getReplyText();
        }
        return signal.toString();
    }
}
