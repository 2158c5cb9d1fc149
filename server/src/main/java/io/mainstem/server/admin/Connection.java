package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads one request after the other, each when the one before it has been answered. Nothing is
 * read that the exchange has not asked for. But for {@link #execute} everything happens on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Connection extends SimpleChannelInboundHandler<HttpObject> {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final String LINES = "application/x-ndjson";

    private final Channel channel;
    private final Routes routes;
    private final AdminOptions options;

    /** What is being answered; null between an answer and the next request. */
    private @Nullable Exchange exchange;

    /** Something was asked for and has not come. */
    private boolean waiting;

    private boolean bodyComplete = true;
    private boolean keepAlive;
    private boolean stopping;
    private long discardedBytes;

    Connection(Channel channel, Routes routes, AdminOptions options) {
        this.channel = channel;
        this.routes = routes;
        this.options = options;
    }

    AdminOptions options() {
        return options;
    }

    /** Asks for the next part of the body, if there is one. */
    void read() {
        if (!bodyComplete) {
            readNext();
        }
    }

    /** Notices from now on when the client leaves; one that sends something instead is left. */
    void watchForEnd() {
        readNext();
    }

    /** Not from within a read: the flow control would count one that it satisfies already. */
    private void readNext() {
        execute(this::readNow);
    }

    private void readNow() {
        waiting = true;
        channel.read();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Runs a step on the event loop, after what waits there already. May be called from any thread. */
    void execute(Runnable step) {
        try {
            channel.eventLoop().execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("An event loop has ended, and the connection with it");
        }
    }

    Future<?> everySecond(Runnable step) {
        return channel.eventLoop().scheduleAtFixedRate(step, 1, 1, TimeUnit.SECONDS);
    }

    /** Answers with a document, or with nothing if there is none. */
    void answer(Exchange answered, HttpResponseStatus status, @Nullable JsonNode document) {
        if (answered == exchange) {
            send(status, document, JSON);
        }
    }

    void fail(Exchange failed, Problem problem) {
        fail(failed, problem, problem.toJson());
    }

    /** @param document what {@link Problem#toJson} says, and perhaps more */
    void fail(Exchange failed, Problem problem, ObjectNode document) {
        if (failed != exchange) {
            return;
        }
        if (problem.isDefect()) {
            LOG.error("A request to the admin interface failed", problem);
        }
        send(problem.status(), document, PROBLEM);
    }

    /** Begins an answer that is a stream of lines. */
    void startStream() {
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, LINES);
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        setConnection(head);
        channel.writeAndFlush(head);
    }

    /** Takes over the buffer. */
    void stream(ByteBuf lines) {
        channel.writeAndFlush(new DefaultHttpContent(lines));
    }

    void endStream() {
        finish(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    /** Ends a stream with a line that says why it ends. */
    void failStream(Problem problem) {
        if (problem.isDefect()) {
            LOG.error("Reading for the admin interface failed", problem);
        }
        ByteBuf line = channel.alloc().buffer();
        Json.write(Json.object().set("problem", problem.toJson()), line);
        channel.write(new DefaultHttpContent(line));
        keepAlive = false;
        endStream();
    }

    /** Ends the connection as soon as what it has asked for is answered. */
    void stop() {
        stopping = true;
        if (exchange == null) {
            channel.close();
        } else {
            exchange.stop();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        readNow();
    }

    /** A part of a head gives no message, and the flow control takes what was asked for as given. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (waiting) {
            readNow();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        waiting = false;
        if (message.decoderResult().isFailure()) {
            malformed(message.decoderResult().cause());
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(request);
        }
        if (message instanceof HttpContent content) {
            receive(content);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null && channel.isWritable()) {
            exchange.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Exchange left = exchange;
        exchange = null;
        if (left != null) {
            left.gone();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent && exchange == null) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (failure instanceof IOException) {
            LOG.debug("A client of the admin interface has left: {}", failure.toString());
        } else {
            LOG.error("A connection to the admin interface failed", failure);
        }
        channel.close();
    }

    private void begin(HttpRequest request) {
        if (exchange != null) {
            channel.close(); // it does not wait for the end of its stream
            return;
        }
        bodyComplete = false;
        keepAlive = HttpUtil.isKeepAlive(request);
        try {
            if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
                throw new Problem(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this interface speaks HTTP/1.1");
            }
            exchange = routes.exchange(request, this);
        } catch (RuntimeException e) {
            Problem problem = Problem.of(e);
            send(problem.status(), problem.toJson(), PROBLEM);
            return;
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            channel.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        exchange.begin();
    }

    private void receive(HttpContent content) {
        bodyComplete = content instanceof LastHttpContent;
        Exchange receiver = exchange;
        if (receiver == null) {
            discard(content.content().readableBytes());
            return;
        }
        try {
            if (content.content().isReadable()) {
                receiver.content(content.content());
            }
            if (bodyComplete) {
                receiver.end();
            }
        } catch (RuntimeException e) {
            fail(receiver, Problem.of(e));
        }
    }

    /** The rest of a body whose answer is known; a client that gets the answer stops to send. */
    private void discard(int bytes) {
        discardedBytes += bytes;
        if (bodyComplete || discardedBytes > options.maxLineBytes()) {
            channel.close();
        } else {
            readNext();
        }
    }

    private void malformed(Throwable cause) {
        HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;
        if (cause instanceof TooLongHttpLineException) {
            status = HttpResponseStatus.REQUEST_URI_TOO_LONG;
        } else if (cause instanceof TooLongHttpHeaderException) {
            status = HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        Exchange broken = exchange;
        exchange = null;
        if (broken != null) {
            broken.gone();
        }
        keepAlive = false;
        bodyComplete = true;
        send(status, new Problem(status, "this is not HTTP/1.1: " + cause.getMessage()).toJson(), PROBLEM);
    }

    private void send(HttpResponseStatus status, @Nullable JsonNode document, String contentType) {
        ByteBuf body = Unpooled.EMPTY_BUFFER;
        if (document != null) {
            body = channel.alloc().buffer();
            Json.write(document, body);
        }
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        if (document != null) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        if (!status.equals(HttpResponseStatus.NO_CONTENT)) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        }
        setConnection(response);
        finish(channel.writeAndFlush(response));
    }

    private void setConnection(HttpMessage head) {
        keepAlive &= bodyComplete && !stopping;
        if (!keepAlive) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void finish(ChannelFuture written) {
        exchange = null;
        if (!bodyComplete) {
            readNext();
        } else if (keepAlive && !stopping) {
            readNext();
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }
}
