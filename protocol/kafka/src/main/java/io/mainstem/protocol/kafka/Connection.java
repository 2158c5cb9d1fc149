package io.mainstem.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one client, answered in the order in which they came.
 *
 * <p>A request waits until those before it are answered; only pipelined ones (produce) start while others of their kind
 * are under way, so that they share a sync. Reading stops while too many requests are here or too many response bytes
 * are unwritten. All state belongs to the event loop; work that completes elsewhere comes back through
 * {@link #advanceSoon}.
 */
final class Connection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Frames of one connection that are held in memory before no further one is read; the last may exceed it. */
    static final long MAX_UNANSWERED_BYTES = 16 << 20;

    private final Channel channel;
    private final Handlers handlers;
    private final KafkaOptions options;
    private final Client client;

    private final Queue<Exchange> waiting = new ArrayDeque<>();
    private final Queue<Exchange> running = new ArrayDeque<>();
    private final AtomicBoolean advanceScheduled = new AtomicBoolean();
    private long unansweredBytes;
    private long unwrittenBytes;
    /** What waits until consumers have made room; further requests would wait as well. */
    private int heldBack;

    private boolean advancing;
    /** No request is read any more; the connection closes once what is here is answered. */
    private boolean ending;

    private boolean closing;

    Connection(Channel channel, Handlers handlers, KafkaOptions options) {
        this.channel = channel;
        this.handlers = handlers;
        this.options = options;
        this.client = new Client(
                "",
                ((InetSocketAddress) channel.remoteAddress()).getAddress(),
                (InetSocketAddress) channel.localAddress(),
                channel.eventLoop(),
                channel.eventLoop().newPromise(),
                this::readNothingUntil);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf frame = (ByteBuf) message;
        if (ending) {
            frame.release();
            return;
        }
        try {
            Exchange exchange = Exchange.of(frame, handlers);
            waiting.add(exchange);
            unansweredBytes += exchange.frameBytes();
        } catch (ProtocolViolation e) {
            frame.release();
            end("sent " + e.getMessage());
        }
        advance();
    }

    /** Answers what was received, and then closes. On the event loop. */
    void drain() {
        ending = true;
        client.leaving().trySuccess(null);
        advance();
    }

    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        boolean wrote = false;
        try {
            do {
                wrote |= answerDone();
            } while (startNext());
        } finally {
            advancing = false;
        }
        if (wrote) {
            channel.flush();
        }
        boolean idle = running.isEmpty() && waiting.isEmpty();
        if (ending && idle && !closing) {
            closing = true;
            channel.writeAndFlush(channel.alloc().buffer(0, 0)).addListener(ChannelFutureListener.CLOSE);
        }
        updateReading();
    }

    /** Called on any thread. Completions that come together are answered together, with one flush. */
    private void advanceSoon() {
        if (channel.eventLoop().inEventLoop() && advancing) {
            return; // the loop in advance() sees it
        }
        if (advanceScheduled.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(() -> {
                    advanceScheduled.set(false);
                    advance();
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("a response came after the listener's end", e);
            }
        }
    }

    private boolean answerDone() {
        boolean wrote = false;
        for (Exchange head = running.peek(); head != null && head.isDone(); head = running.peek()) {
            running.remove();
            unansweredBytes -= head.frameBytes();
            ApiMessage response = head.response();
            if (head.isSilentFailure()) {
                end("sent a " + head + " without acknowledgement that failed: "
                        + head.failure().getMessage());
                dropWaiting();
            }
            if (response != null) {
                wrote |= write(head, response);
            }
        }
        return wrote;
    }

    private boolean write(Exchange exchange, ApiMessage response) {
        try {
            if (!channel.isOpen()) {
                return false;
            }
            ResponseWriter.Frame frame = ResponseWriter.write(
                    channel.alloc(), exchange.responseHeader(), response, exchange.responseVersion());
            unwrittenBytes += frame.sizeInBytes();
            int last = frame.parts().size() - 1;
            for (int i = 0; i < last; i++) {
                var unused = channel.write(frame.parts().get(i), channel.voidPromise());
            }
            channel.write(frame.parts().get(last)).addListener(written -> {
                unwrittenBytes -= frame.sizeInBytes();
                advance();
            });
            return true;
        } catch (RuntimeException e) {
            LOG.error("the response to {} cannot be written", exchange, e);
            end("cannot be answered");
            return false;
        } finally {
            SliceRecords.release(response);
        }
    }

    private boolean startNext() {
        Exchange next = waiting.peek();
        if (next == null || unwrittenBytes > options.maxUnwrittenBytes() || !mayStart(next)) {
            return false;
        }
        waiting.remove();
        running.add(next);
        try {
            next.start(client, this::advanceSoon);
        } catch (ProtocolViolation e) {
            running.remove(next);
            unansweredBytes -= next.frameBytes();
            next.drop();
            dropWaiting();
            end("sent " + e.getMessage());
        }
        return true;
    }

    /** Only pipelined requests run beside others, so the oldest one tells what all of them are. */
    private boolean mayStart(Exchange next) {
        Exchange oldest = running.peek();
        return oldest == null || (next.isPipelined() && oldest.isPipelined());
    }

    private void readNothingUntil(CompletionStage<?> done) {
        heldBack++;
        done.whenComplete((result, failure) -> {
            try {
                channel.eventLoop().execute(() -> {
                    heldBack--;
                    updateReading();
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("room came after the listener's end", e);
            }
        });
    }

    private void updateReading() {
        boolean full = heldBack > 0
                || running.size() + waiting.size() >= options.maxRequestsInFlight()
                || unansweredBytes >= MAX_UNANSWERED_BYTES
                || unwrittenBytes > options.maxUnwrittenBytes();
        boolean read = !full && !ending;
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }

    /** One line for the client's mistake; what it asked before is answered. */
    private void end(String why) {
        if (!ending && channel.isOpen()) {
            LOG.warn("{} {}: disconnecting it", channel.remoteAddress(), why);
        }
        ending = true;
    }

    private void dropWaiting() {
        for (Exchange exchange : waiting) {
            unansweredBytes -= exchange.frameBytes();
            exchange.drop();
        }
        waiting.clear();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ending = true;
        closing = true;
        dropWaiting();
        client.leaving().trySuccess(null);
        advance();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && running.isEmpty()) {
            LOG.info("{} was silent for {} ms: disconnecting it", channel.remoteAddress(), options.maxIdleMillis());
            var unused = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof ProtocolViolation) {
            end("sent " + cause.getMessage());
            advance();
        } else {
            if (cause instanceof IOException) {
                LOG.debug("{} went away", channel.remoteAddress(), cause);
            } else {
                LOG.error("{}: disconnecting it after an error of ours", channel.remoteAddress(), cause);
            }
            var unused = ctx.close();
        }
    }
}
