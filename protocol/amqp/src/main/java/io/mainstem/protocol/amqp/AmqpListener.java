package io.mainstem.protocol.amqp;

import io.mainstem.broker.Broker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts AMQP 0-9-1 clients of a broker. */
@SuppressWarnings("FutureReturnValueIgnored") // a close needs no look at its outcome
public final class AmqpListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AmqpListener.class);

    private static final WriteBufferWaterMark WRITE_BUFFER_BYTES = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private static final long SHORTAGE_LOOK_MILLIS = 1_000;

    /** What the connections of a listener share. */
    record Context(
            Broker broker,
            AmqpOptions options,
            Clock clock,
            DirectReplies replies,
            Supplier<Set<Shortage>> shortages) {}

    private final Context context;
    private final Channel serverSocket;
    private final Supplier<Set<Shortage>> shortageSource;
    private final Future<?> shortageWatch;
    private volatile Set<Shortage> shortages = Set.of();
    private final Set<ConnectionHandler> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private AmqpListener(
            Broker broker,
            EventLoopGroup eventLoops,
            InetSocketAddress address,
            AmqpOptions options,
            Supplier<Set<Shortage>> shortageSource) {
        this.shortageSource = shortageSource;
        this.context = new Context(broker, options, Clock.systemUTC(), new DirectReplies(), () -> shortages);
        this.serverSocket = new ServerBootstrap()
                .group(eventLoops)
                .channel(serverSocketType(eventLoops))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER_BYTES)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel socket) {
                        accept(socket);
                    }
                })
                .bind(address)
                .syncUninterruptibly()
                .channel();
        this.shortageWatch = eventLoops
                .next()
                .scheduleWithFixedDelay(
                        this::lookForShortages, SHORTAGE_LOOK_MILLIS, SHORTAGE_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        LOG.info("AMQP listens on {}", serverSocket.localAddress());
    }

    /**
     * Starts to accept clients. Throws what the operating system says when the address cannot be had.
     *
     * @param eventLoops of epoll or NIO; stay the caller's, and may serve others too
     * @param address port 0 takes a free one
     */
    public static AmqpListener start(
            Broker broker, EventLoopGroup eventLoops, InetSocketAddress address, AmqpOptions options) {
        return start(broker, eventLoops, address, options, Shortage.of(broker, options));
    }

    /** @param shortages tells, each time it is asked, what there is too little of */
    static AmqpListener start(
            Broker broker,
            EventLoopGroup eventLoops,
            InetSocketAddress address,
            AmqpOptions options,
            Supplier<Set<Shortage>> shortages) {
        return new AmqpListener(broker, eventLoops, address, options, shortages);
    }

    /** The address that clients are accepted on. */
    public InetSocketAddress address() {
        return (InetSocketAddress) serverSocket.localAddress();
    }

    /**
     * Accepts nobody any more, confirms what was accepted from publishers once it is durable, tells the clients, and
     * closes their connections, within a second if they do not answer. Returns when they are closed; that may take
     * twice the close timeout while messages become durable. Not to be called from an event loop.
     */
    @Override
    public void close() {
        closing = true;
        shortageWatch.cancel(false);
        serverSocket.close().syncUninterruptibly();
        List<Channel> sockets = new ArrayList<>();
        for (ConnectionHandler handler : connections) {
            sockets.add(handler.socket());
            handler.connection().execute(handler.connection()::shutDown);
        }
        long deadlineNanos =
                System.nanoTime() + 3 * context.options().closeTimeout().toNanos();
        for (Channel socket : sockets) {
            socket.closeFuture()
                    .awaitUninterruptibly(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
        LOG.info("AMQP closed, {} connections ended", sockets.size());
    }

    /** Lets publishers wait as long as there is too little of something. */
    void lookForShortages() {
        Set<Shortage> found = Set.copyOf(shortageSource.get());
        if (found.equals(shortages)) {
            return;
        }
        shortages = found;
        if (found.isEmpty()) {
            LOG.info("AMQP: publishers go on");
        } else {
            LOG.warn("AMQP: publishers wait, the broker is {}", Shortage.describe(found));
        }
        for (ConnectionHandler handler : connections) {
            Connection connection = handler.connection();
            connection.execute(connection.inflow()::update);
        }
    }

    private void accept(Channel socket) {
        if (closing) {
            socket.close();
            return;
        }
        if (connections.size() >= context.options().maxConnections()) {
            LOG.warn("AMQP {}: refused, there are {} connections", socket.remoteAddress(), connections.size());
            socket.close();
            return;
        }
        ConnectionHandler handler = new ConnectionHandler(socket, context);
        connections.add(handler);
        socket.closeFuture().addListener(closed -> connections.remove(handler));
        socket.pipeline().addLast(handler);
    }

    private static Class<? extends ServerChannel> serverSocketType(EventLoopGroup eventLoops) {
        boolean epoll = eventLoops instanceof IoEventLoopGroup group && group.isIoType(EpollIoHandler.class);
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }
}
