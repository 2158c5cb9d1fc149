package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;

/** A client that may say anything, in any pieces. */
final class WireClient implements AutoCloseable {

    private static final int MAX_FRAME_BYTES = 131_072;

    private final Socket socket;
    private final ByteBuf received = Unpooled.buffer();
    private final Frame frame = new Frame();

    WireClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) BrokerFixture.DEADLINE.toMillis());
    }

    /** All that a client says to get a connection and its channel 1. */
    static ByteBuf handshake(int heartbeatSeconds) {
        ByteBuf out = Unpooled.buffer().writeBytes(Frame.protocolHeader());
        startOk(out, Map.of("authentication_failure_close", true), "guest");
        FrameWriter.method(out, 0, Method.CONNECTION_TUNE_OK, 2047, MAX_FRAME_BYTES, heartbeatSeconds);
        FrameWriter.method(out, 0, Method.CONNECTION_OPEN, "/", "", false);
        FrameWriter.method(out, 1, Method.CHANNEL_OPEN, "");
        return out;
    }

    static void startOk(ByteBuf out, Map<String, Object> capabilities, String password) {
        byte[] response = ("\0guest\0" + password).getBytes(UTF_8);
        FrameWriter.method(
                out, 0, Method.CONNECTION_START_OK, Map.of("capabilities", capabilities), "PLAIN", response, "en_US");
    }

    /** Connects, and has channel 1 open. */
    static WireClient open(int port) throws IOException {
        WireClient client = new WireClient(port);
        client.send(handshake(0));
        client.expectHandshake();
        return client;
    }

    void expectHandshake() throws IOException {
        expect(Method.CONNECTION_START);
        expect(Method.CONNECTION_TUNE);
        expect(Method.CONNECTION_OPEN_OK);
        expect(Method.CHANNEL_OPEN_OK);
    }

    void send(ByteBuf bytes) throws IOException {
        socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
    }

    void send(int channel, Method method, Object... arguments) throws IOException {
        ByteBuf out = Unpooled.buffer();
        FrameWriter.method(out, channel, method, arguments);
        send(out);
    }

    /** Sends the head of a frame and whatever follows it. */
    void sendFrame(int type, int channel, byte... payload) throws IOException {
        ByteBuf out = Unpooled.buffer();
        int start = FrameWriter.begin(out, type, channel);
        out.writeBytes(payload);
        FrameWriter.end(out, start);
        send(out);
    }

    Arguments expect(Method method) throws IOException {
        Frame next = next();
        Method received = Method.readId(next.payload());
        assertThat(received).isEqualTo(method);
        return Arguments.read(received, next.payload());
    }

    /** Reply code, text, class and method of the close that comes next. */
    String expectClose(Method closeMethod) throws IOException {
        Arguments close = expect(closeMethod);
        return close.number("reply-code") + " " + close.text("reply-text") + " " + close.number("class-id") + "."
                + close.number("method-id");
    }

    String expectConnectionClose() throws IOException {
        String reason = expectClose(Method.CONNECTION_CLOSE);
        send(0, Method.CONNECTION_CLOSE_OK);
        expectEnd();
        return reason;
    }

    Frame next() throws IOException {
        while (!frame.open(received, MAX_FRAME_BYTES)) {
            assertThat(receive()).as("more from the server").isTrue();
        }
        Frame next = frame.copy();
        frame.close();
        return next;
    }

    /** The server says nothing more and closes. */
    void expectEnd() throws IOException {
        while (receive()) {
            assertThat(received.isReadable()).as("nothing but the end").isFalse();
        }
    }

    byte[] receiveAll() throws IOException {
        while (receive()) {
            // Until the end.
        }
        return ByteBufUtil.getBytes(received);
    }

    /** Says that nothing more follows. */
    void closeOutput() throws IOException {
        socket.shutdownOutput();
    }

    private boolean receive() throws IOException {
        byte[] bytes = new byte[8192];
        int length = socket.getInputStream().read(bytes);
        if (length > 0) {
            received.writeBytes(bytes, 0, length);
        }
        return length >= 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
