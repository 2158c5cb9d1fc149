package io.mainstem.server;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.engine.Engine;
import io.mainstem.log.DataDirectoryException;
import io.mainstem.log.Durability;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import io.mainstem.protocol.amqp.AmqpListener;
import io.mainstem.protocol.amqp.AmqpOptions;
import io.mainstem.protocol.amqp.TypedTable;
import io.mainstem.protocol.kafka.KafkaListener;
import io.mainstem.protocol.kafka.KafkaOptions;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.mainstem.server.admin.AdminListener;
import io.mainstem.server.admin.AdminOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker with its listeners, in this process.
 *
 * <pre>{@code
 * try (MainstemServer server = MainstemServer.builder().inMemory().start()) {
 *     connect(server.kafkaAddress().orElseThrow());
 * }
 * }</pre>
 */
public final class MainstemServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MainstemServer.class);

    /** What to close, the last opened first. */
    private final Deque<Runnable> closing = new ArrayDeque<>();

    private final Broker broker;
    private Optional<InetSocketAddress> kafkaAddress = Optional.empty();
    private Optional<InetSocketAddress> amqpAddress = Optional.empty();
    private Optional<Path> adminSocket = Optional.empty();
    private Optional<ConsumerGroups> groups = Optional.empty();

    private MainstemServer(ServerConfiguration configuration) {
        boolean started = false;
        try {
            Engine engine = openEngine(configuration);
            closing.push(engine::close);
            broker = startBroker(engine);
            closing.push(broker::close);
            listen(configuration);
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** A server on free loopback ports that keeps its data nowhere, until something else is said. */
    public static Builder builder() {
        return new Builder();
    }

    /** @throws StartException when it cannot start, and why */
    static MainstemServer start(ServerConfiguration configuration) {
        return new MainstemServer(configuration.checked());
    }

    /** Where Kafka clients are served. */
    public Optional<InetSocketAddress> kafkaAddress() {
        return kafkaAddress;
    }

    /** Where AMQP 0-9-1 clients are served. */
    public Optional<InetSocketAddress> amqpAddress() {
        return amqpAddress;
    }

    /** The Unix domain socket of the admin interface; a server in memory has none. */
    public Optional<Path> adminSocket() {
        return adminSocket;
    }

    /** Finishes what was accepted, lets clients go, and closes the data directory. */
    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }

    private static Engine openEngine(ServerConfiguration configuration) {
        LocalOptions options = LocalOptions.defaults()
                .withDurability(configuration.durability())
                .withOpenFiles(configuration.openFiles())
                .withHousekeepingMillis(configuration.housekeepingMillis());
        try {
            return configuration
                    .dataDirectory()
                    .map(directory -> LocalEngine.open(directory, options))
                    .orElseGet(() -> LocalEngine.inMemory(options));
        } catch (DataDirectoryException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Broker startBroker(Engine engine) {
        try {
            // also when no AMQP client is served: what it stored before must be routed as it was
            BrokerOptions options = BrokerOptions.defaults().withTypedHeaders(new TypedTable());
            return Broker.start(engine, options).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new StartException("the broker could not read its data: " + e.getCause(), e);
        }
    }

    private void listen(ServerConfiguration configuration) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup eventLoops =
                new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("mainstem-network", true), io);
        closing.push(() -> eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly());
        configuration.kafka().ifPresent(address -> {
            KafkaListener listener = listen(
                    "Kafka", address, at -> KafkaListener.start(broker, at, KafkaOptions.defaults(), eventLoops));
            closing.push(listener::close);
            kafkaAddress = Optional.of(listener.address());
            groups = Optional.of(listener.groups());
        });
        configuration.amqp().ifPresent(address -> {
            AmqpOptions options = AmqpSetting.options(configuration.amqpVirtualHosts(), configuration.amqpSettings());
            AmqpListener listener = listen("AMQP", address, at -> AmqpListener.start(broker, eventLoops, at, options));
            closing.push(listener::close);
            amqpAddress = Optional.of(listener.address());
        });
        configuration.dataDirectory().ifPresent(this::listenToAdmins);
        LOG.info(
                "Started with {}",
                configuration.dataDirectory().map(Path::toString).orElse("its data in memory"));
    }

    /** A broker that cannot be administered still serves its clients. */
    private void listenToAdmins(Path dataDirectory) {
        try {
            AdminListener listener = AdminListener.start(broker, groups, dataDirectory, AdminOptions.defaults());
            closing.push(listener::close);
            adminSocket = Optional.of(listener.path());
        } catch (IOException | RuntimeException e) {
            LOG.warn("The command line will not reach this broker, it has no admin socket: {}", e.toString());
        }
    }

    /** Binds somewhere; the operating system says no in more than one kind of exception. */
    @FunctionalInterface
    private interface Binder<T> {
        T bind(InetSocketAddress address) throws IOException;
    }

    private static <T> T listen(String protocol, ListenAddress address, Binder<T> binder) {
        try {
            return binder.bind(address.resolve());
        } catch (StartException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new StartException("cannot serve " + protocol + " on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Says what a server is to be. */
    public static final class Builder {

        private static final ListenAddress FREE = new ListenAddress("127.0.0.1", 0);

        private Optional<Path> dataDirectory = Optional.empty();
        private Optional<ListenAddress> kafka = Optional.of(FREE);
        private Optional<ListenAddress> amqp = Optional.of(FREE);
        private Durability durability = Durability.FSYNC;

        private Builder() {}

        /** Keeps the data in a directory, which is made when it is not there. */
        public Builder dataDirectory(Path directory) {
            dataDirectory = Optional.of(directory);
            return this;
        }

        /** Keeps the data nowhere. */
        public Builder inMemory() {
            dataDirectory = Optional.empty();
            return this;
        }

        /** Serves Kafka clients at {@code HOST:PORT}, or not at all if {@code off}. */
        public Builder kafka(String address) {
            kafka = ListenAddress.parse(address);
            return this;
        }

        /** Serves AMQP 0-9-1 clients at {@code HOST:PORT}, or not at all if {@code off}. */
        public Builder amqp(String address) {
            amqp = ListenAddress.parse(address);
            return this;
        }

        /** When a record counts as stored. */
        public Builder durability(Durability when) {
            durability = when;
            return this;
        }

        /** @throws StartException when the server cannot start, and why */
        public MainstemServer start() {
            ServerConfiguration defaults = ServerConfiguration.DEFAULTS;
            return MainstemServer.start(new ServerConfiguration(
                    dataDirectory,
                    kafka,
                    amqp,
                    defaults.amqpVirtualHosts(),
                    defaults.amqpSettings(),
                    durability,
                    defaults.openFiles(),
                    defaults.housekeepingMillis(),
                    Optional.empty(),
                    false));
        }
    }
}
