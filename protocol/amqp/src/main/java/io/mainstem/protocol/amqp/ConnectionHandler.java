package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the socket and the {@link Connection}: takes frames out of the stream, keeps heartbeats and timeouts, and
 * stops reading while the connection is paused. What has arrived by then stays undecoded, and as nothing more is read
 * it is bounded.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close or a deadline needs no look at its outcome
final class ConnectionHandler extends ByteToMessageDecoder {

    /** Reasons to pause; several may hold at once. */
    static final int HOLDS_TOO_MUCH = 1;

    static final int PUBLISHES_TOO_FAST = 2;
    static final int SHUTS_DOWN = 4;
    static final int SHORTAGE = 8;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /**
     * How long a client that was told the end may take to close the socket, so that it gets to read what it was told.
     */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final AmqpListener.Context context;
    private final Channel socket;
    private final Connection connection;
    private final String peer;
    private final boolean fromThisMachine;
    private final Frame frame = new Frame();
    private int maxFrameBytes;
    private boolean headerSeen;
    private boolean discards;
    private int pauses;
    private @Nullable Future<?> deadline;

    ConnectionHandler(Channel socket, AmqpListener.Context context) {
        this.socket = socket;
        this.context = context;
        this.maxFrameBytes = context.options().maxFrameBytes();
        InetSocketAddress address = (InetSocketAddress) socket.remoteAddress();
        this.fromThisMachine = address.getAddress().isLoopbackAddress();
        this.peer = address.getAddress().getHostAddress() + ":" + address.getPort();
        this.connection = new Connection(this, context);
    }

    Channel socket() {
        return socket;
    }

    Connection connection() {
        return connection;
    }

    String peer() {
        return peer;
    }

    boolean isFromThisMachine() {
        return fromThisMachine;
    }

    /** The limits that both sides keep from now on. */
    void agreed(int frameBytes, int heartbeatSeconds) {
        maxFrameBytes = frameBytes;
        if (heartbeatSeconds > 0) {
            long halfMillis = heartbeatSeconds * 1000L / 2;
            // Whoever hears nothing for two intervals gives the other up; so something is said in every half of one.
            socket.pipeline().addFirst(new IdleStateHandler(4 * halfMillis, halfMillis, 0, TimeUnit.MILLISECONDS));
        }
    }

    void opened() {
        cancelDeadline();
    }

    void pause(int reason) {
        pauses |= reason;
        socket.config().setAutoRead(false);
    }

    /** True when there was this reason, and now there is none; decode then. */
    boolean resume(int reason) {
        if ((pauses & reason) == 0) {
            return false;
        }
        pauses &= ~reason;
        return pauses == 0;
    }

    void resumeAll() {
        pauses = 0;
        decodeMore();
    }

    /** Goes on with what has arrived. */
    void decodeMore() {
        if (pauses != 0 || !socket.isActive()) {
            return;
        }
        // From a task of its own: this may be called while frames are being decoded.
        connection.execute(() -> {
            if (pauses == 0 && socket.isActive()) {
                ChannelHandlerContext handlerContext = socket.pipeline().context(this);
                if (handlerContext != null) {
                    decodeAgain(handlerContext);
                }
            }
        });
    }

    private void decodeAgain(ChannelHandlerContext handlerContext) {
        try {
            channelRead(handlerContext, Unpooled.EMPTY_BUFFER);
        } catch (Exception e) {
            exceptionCaught(handlerContext, e);
        }
        connection.output().flush();
        if (pauses == 0) {
            socket.config().setAutoRead(true);
        }
    }

    /** The client has this long to answer. */
    void closeWithin(Duration time) {
        cancelDeadline();
        deadline = socket.eventLoop().schedule(() -> socket.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Sends what is to be sent, then ends; what still comes in is read and thrown away, or the client might not read.
     */
    void closeGently() {
        discards = true;
        pauses = 0;
        socket.config().setAutoRead(true);
        closeWithin(LINGER);
        connection.output().flushLast().addListener(sent -> {
            if (socket instanceof DuplexChannel duplex && sent.isSuccess()) {
                duplex.shutdownOutput();
            } else {
                socket.close();
            }
        });
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Duration time = context.options().handshakeTimeout();
        deadline = socket.eventLoop()
                .schedule(
                        () -> {
                            LOG.warn("AMQP {}: no handshake within {} ms", peer, time.toMillis());
                            socket.close();
                        },
                        time.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (discards) {
            in.skipBytes(in.readableBytes());
        } else if (pauses != 0) {
            return;
        } else if (!headerSeen) {
            protocolHeader(in);
        } else {
            frame(in);
        }
    }

    private void protocolHeader(ByteBuf in) {
        ByteBuf header = Frame.protocolHeader();
        int length = Math.min(header.readableBytes(), in.readableBytes());
        if (!in.slice(in.readerIndex(), length).equals(header.slice(0, length))) {
            LOG.info("AMQP {}: not an AMQP 0-9-1 client", peer);
            connection.output().buffer().writeBytes(header);
            closeGently();
        } else if (length == header.readableBytes()) {
            in.skipBytes(length);
            headerSeen = true;
            connection.start();
        }
    }

    private void frame(ByteBuf in) {
        try {
            if (!frame.open(in, maxFrameBytes)) {
                return;
            }
        } catch (AmqpException e) {
            connection.unreadable(e);
            // Where the next frame starts cannot be known any more.
            discards = true;
            closeWithin(LINGER);
            return;
        }
        try {
            connection.frame(frame);
        } finally {
            frame.close();
        }
    }

    // Not the superclass's, which reads on although reading is turned off.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        connection.output().flush();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        cancelDeadline();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        discards = true;
        super.channelInactive(ctx);
        connection.disconnected();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent idle) {
            if (idle.state() == IdleState.WRITER_IDLE) {
                connection.output().heartbeat();
                connection.output().flush();
            } else if (pauses == 0) {
                // While nothing is read, nothing can be heard.
                LOG.warn("AMQP {}: missed heartbeats", peer);
                socket.close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("AMQP {}: {}", peer, cause.getMessage());
        } else {
            LOG.error("AMQP {}: internal error", peer, cause);
        }
        socket.close();
    }
}
