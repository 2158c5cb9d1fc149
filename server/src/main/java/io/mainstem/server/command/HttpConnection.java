package io.mainstem.server.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A connection over a Unix domain socket for one request. A command has one thing to do and waits for it: so the socket
 * blocks, and Netty's codec runs without an event loop. Not safe for use by several threads.
 */
final class HttpConnection implements AutoCloseable {

    private static final int READ_BYTES = 64 << 10;

    private final SocketChannel socket;
    private final EmbeddedChannel codec = new EmbeddedChannel(new HttpClientCodec());
    private final ByteBuffer received = ByteBuffer.allocate(READ_BYTES);

    private HttpConnection(SocketChannel socket) {
        this.socket = socket;
    }

    /** @param body to be read to its end, or closed with the connection */
    record Response(int status, InputStream body) {}

    static HttpConnection open(Path path) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            return new HttpConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends the request and reads the head of the answer, which may come before all was sent. */
    Response send(FullHttpRequest request) throws IOException {
        codec.writeOutbound(request);
        try {
            for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
                write(out);
            }
        } catch (IOException e) {
            // it has closed its side; perhaps it says why
            if (!(readObject() instanceof HttpResponse refusal)) {
                throw e;
            }
            return new Response(refusal.status().code(), new Body());
        }
        if (readObject() instanceof HttpResponse response) {
            return new Response(response.status().code(), new Body());
        }
        throw new IOException("it does not speak HTTP");
    }

    @Override
    public void close() {
        try {
            codec.finishAndReleaseAll();
            socket.close();
        } catch (IOException e) {
            // nothing is lost
        }
    }

    private void write(ByteBuf out) throws IOException {
        try {
            for (ByteBuffer buffer : out.nioBuffers()) {
                while (buffer.hasRemaining()) {
                    socket.write(buffer);
                }
            }
        } finally {
            out.release();
        }
    }

    private HttpObject readObject() throws IOException {
        HttpObject object = codec.readInbound();
        while (object == null) {
            received.clear();
            if (socket.read(received) < 0) {
                throw new EOFException("it has closed the connection");
            }
            codec.writeInbound(Unpooled.copiedBuffer(received.flip()));
            object = codec.readInbound();
        }
        if (object.decoderResult().isFailure()) {
            throw new IOException(
                    "it does not speak HTTP", object.decoderResult().cause());
        }
        return object;
    }

    /** The body as it comes. What {@link #available} tells can be read without waiting for the broker. */
    private final class Body extends InputStream {

        private ByteBuf part = Unpooled.EMPTY_BUFFER;
        private boolean complete;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!part.isReadable()) {
                if (complete) {
                    return -1;
                }
                next();
            }
            int count = Math.min(length, part.readableBytes());
            part.readBytes(bytes, offset, count);
            return count;
        }

        @Override
        public int available() {
            return part.readableBytes();
        }

        @Override
        public void close() {
            HttpConnection.this.close();
        }

        private void next() throws IOException {
            ReferenceCountUtil.release(part);
            part = Unpooled.EMPTY_BUFFER;
            if (readObject() instanceof HttpContent content) {
                part = content.content();
                complete = content instanceof LastHttpContent;
            }
        }
    }
}
