package io.mainstem.server.admin;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin interface on the Unix domain socket of a data directory, from {@link #start} until {@link #close}.
 * Who may open the socket may do everything; that is the owner of the directory.
 */
public final class AdminListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminListener.class);
    private static final int READ_BYTES = 64 << 10;

    private final Routes routes;
    private final AdminOptions options;
    private final AdminSocket socket;
    /** One thread, apart from those of clients: reading a large topic for an operator delays none of them. */
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("mainstem-admin", true), NioIoHandler.newFactory());

    private final Map<Channel, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Path path;

    private AdminListener(Routes routes, Path dataDirectory, AdminOptions options) throws IOException {
        this.routes = routes;
        this.options = options;
        this.socket = AdminSocket.of(dataDirectory);
        try {
            this.path = socket.create(this::bind);
        } catch (IOException | RuntimeException e) {
            var unused = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /**
     * @param groups usable until the listener is closed; empty where Kafka clients are not served
     * @param dataDirectory which the caller's process holds
     * @throws IOException when the socket cannot be made
     */
    public static AdminListener start(
            Broker broker, Optional<ConsumerGroups> groups, Path dataDirectory, AdminOptions options)
            throws IOException {
        return new AdminListener(new Routes(broker, groups), dataDirectory, options);
    }

    /** Where the socket is. */
    public Path path() {
        return path;
    }

    /** Accepts nobody any more, answers what was asked, ends streams. Waits at most the close timeout. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            socket.remove();
        } catch (IOException e) {
            LOG.warn("The admin socket {} cannot be removed: {}", path, e.toString());
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.closeTimeoutMillis());
        connections.values().forEach(connection -> connection.execute(connection::stop));
        for (Channel channel : connections.keySet()) {
            long left = deadlineNanos - System.nanoTime();
            channel.closeFuture().awaitUninterruptibly(Math.max(left, 0), TimeUnit.NANOSECONDS);
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void bind(Path at) throws IOException {
        int unwritten = options.maxUnwrittenBytes();
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerDomainSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(unwritten / 2, unwritten))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(UnixDomainSocketAddress.of(at))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw cause instanceof IOException io ? io : new IOException("cannot listen on " + at, cause);
        }
    }

    private void accept(Channel channel) {
        Connection connection = new Connection(channel, routes, options);
        connections.put(channel, connection);
        channel.closeFuture().addListener(gone -> connections.remove(channel));
        if (closed.get() || connections.size() > options.maxConnections()) {
            LOG.warn("One connection to the admin interface more than {}: closing it", options.maxConnections());
            var unused = channel.close();
            return;
        }
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, options.maxIdleMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(new HttpDecoderConfig().setMaxChunkSize(READ_BYTES)))
                // Holds back what else came with one read while the connection wants none.
                .addLast(new FlowControlHandler())
                .addLast(connection);
    }
}
