package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a broker to Kafka clients on one address, from {@link #start} until {@link #close}. */
public final class KafkaListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaListener.class);

    /**
     * At most so much is read at once: a produce request of common size arrives whole, and need not be put together.
     */
    private static final int READ_BYTES = 256 << 10;

    private final Handlers handlers;
    private final ConsumerGroups groups;
    private final KafkaOptions options;
    private final EventLoopGroup loops;
    private final boolean ownsLoops;
    private final Map<Channel, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Channel server;

    private KafkaListener(Broker broker, InetSocketAddress at, KafkaOptions options, EventLoopGroup loops, boolean own)
            throws IOException {
        this.handlers = new Handlers(broker, options);
        this.groups = new ConsumerGroups(handlers.groups());
        this.options = options;
        this.loops = loops;
        this.ownsLoops = own;
        this.server = bind(at);
    }

    /**
     * Loads the tables of the protocol, which takes longer than the rest of {@link #start}; on any thread, or never.
     */
    public static void preload() {
        Handlers.preload();
    }

    /** Starts on event loops of its own, and closes them in the end. */
    public static KafkaListener start(Broker broker, String host, int port, KafkaOptions options) throws IOException {
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("mainstem-kafka", true), newIoHandler());
        try {
            return new KafkaListener(broker, new InetSocketAddress(host, port), options, loops, true);
        } catch (IOException | RuntimeException e) {
            var unused = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    /**
     * Starts on event loops that others use too, and leaves them running in the end.
     *
     * @param address port 0 takes a free one
     * @param loops made with epoll handlers where {@code Epoll.isAvailable()}, else with NIO handlers
     * @throws IOException when the address cannot be bound
     */
    public static KafkaListener start(
            Broker broker, InetSocketAddress address, KafkaOptions options, EventLoopGroup loops) throws IOException {
        return new KafkaListener(broker, address, options, loops, false);
    }

    /** The address that clients reach, with the port that was taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** The consumer groups. Usable until the listener is closed. */
    public ConsumerGroups groups() {
        return groups;
    }

    /** Stops accepting, answers what was received, closes the connections. Waits at most the close timeout. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.closeTimeoutMillis());
        server.close().awaitUninterruptibly();
        connections.forEach((channel, connection) -> channel.eventLoop().execute(connection::drain));
        for (Channel channel : connections.keySet()) {
            long left = deadlineNanos - System.nanoTime();
            if (!channel.closeFuture().awaitUninterruptibly(Math.max(left, 0), TimeUnit.NANOSECONDS)) {
                LOG.warn("{} has requests in flight at the end: disconnecting it", channel.remoteAddress());
                channel.close().awaitUninterruptibly();
            }
        }
        handlers.groups().close();
        if (ownsLoops) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private Channel bind(InetSocketAddress address) throws IOException {
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(serverChannelType())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 2_048, READ_BYTES))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw cause instanceof IOException io ? io : new IOException("cannot listen on " + address, cause);
        }
        return bound.channel();
    }

    private void accept(SocketChannel channel) {
        Connection connection = new Connection(channel, handlers, options);
        connections.put(channel, connection);
        channel.closeFuture().addListener(gone -> connections.remove(channel));
        if (closed.get() || connections.size() > options.maxConnections()) {
            LOG.warn(
                    "{} is one connection more than {}: disconnecting it",
                    channel.remoteAddress(),
                    options.maxConnections());
            var unused = channel.close();
            return;
        }
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, options.maxIdleMillis(), TimeUnit.MILLISECONDS))
                .addLast(new FrameDecoder(options.maxFrameBytes()))
                // Holds back the further requests of one read while the connection wants none.
                .addLast(new FlowControlHandler())
                .addLast(connection);
    }

    private static IoHandlerFactory newIoHandler() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    private Class<? extends ServerChannel> serverChannelType() {
        boolean epoll = loops instanceof MultiThreadIoEventLoopGroup group && group.isIoType(EpollIoHandler.class);
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }
}
