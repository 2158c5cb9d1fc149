package io.mainstem.protocol.kafka;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/** A client that sends what it is told, also what no real client would send. */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int correlationId;

    RawClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout((int) Service.DEADLINE.toMillis());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** Sends a request and returns its number. */
    int send(AbstractRequest request) throws IOException {
        int id = correlationId++;
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "raw", id);
        sendFrame(request.serializeWithHeader(header));
        return id;
    }

    void sendFrame(ByteBuffer frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + frame.remaining());
        bytes.putInt(frame.remaining()).put(frame);
        sendBytes(bytes.array());
    }

    void sendBytes(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Receives the next response, which must be the one to this request, and must be read to its last byte. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller knows what it asked for
    <T extends AbstractResponse> T receive(ApiKeys key, short version, int id) throws IOException {
        ByteBuffer frame = receiveFrame();
        ResponseHeader header = ResponseHeader.parse(frame, key.responseHeaderVersion(version));
        if (header.correlationId() != id) {
            throw new AssertionError("response " + header.correlationId() + " instead of " + id);
        }
        AbstractResponse response = AbstractResponse.parseResponse(key, new ByteBufferAccessor(frame), version);
        if (frame.hasRemaining()) {
            throw new AssertionError(frame.remaining() + " bytes after the response to " + key + " " + version);
        }
        return (T) response;
    }

    ByteBuffer receiveFrame() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    <T extends AbstractResponse> T ask(AbstractRequest request) throws IOException {
        return receive(request.apiKey(), request.version(), send(request));
    }

    /** Tells the other side that nothing more will be sent. */
    void endOfRequests() throws IOException {
        socket.shutdownOutput();
    }

    /** Waits until the other side has closed the connection, whatever it says before. */
    void awaitClosed() {
        try {
            in.skipNBytes(Long.MAX_VALUE);
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection stays open", e);
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
