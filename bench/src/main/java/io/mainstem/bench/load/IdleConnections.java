package io.mainstem.bench.load;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.peer.Protocol;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Connections that have greeted the server and say no more than they must. */
public final class IdleConnections implements AutoCloseable {

    private static final short API_VERSIONS = 18;
    private static final short NO_CLIENT_ID = -1;
    private static final int REQUEST_BYTES = 10;

    private final String address;
    private final Protocol protocol;
    private final List<Closeable> open = new ArrayList<>();

    public IdleConnections(String address, Protocol protocol) {
        this.address = address;
        this.protocol = protocol;
    }

    /** Opens so many more. */
    public void open(int count) {
        ConnectionFactory factory = AmqpConnections.factory(address);
        try {
            for (int number = 0; number < count; number++) {
                open.add(protocol == Protocol.KAFKA ? kafka(factory.getHost(), factory.getPort()) : amqp(factory));
            }
        } catch (IOException | TimeoutException e) {
            throw new PeerException("connection " + open.size() + " was not opened: " + e);
        }
    }

    private static Closeable amqp(ConnectionFactory factory) throws IOException, TimeoutException {
        Connection connection = factory.newConnection();
        return connection::abort;
    }

    /** Asks for the versions, as every client does first, and waits for the answer. */
    private Closeable kafka(String host, int port) throws IOException {
        Socket socket = new Socket(host, port);
        ByteBuffer request = ByteBuffer.allocate(Integer.BYTES + REQUEST_BYTES)
                .putInt(REQUEST_BYTES)
                .putShort(API_VERSIONS)
                .putShort((short) 0)
                .putInt(open.size())
                .putShort(NO_CLIENT_ID);
        socket.getOutputStream().write(request.array());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        in.skipNBytes(in.readInt());
        return socket;
    }

    @Override
    public void close() {
        for (Closeable connection : open) {
            try {
                connection.close();
            } catch (IOException e) {
                // it is gone
            }
        }
    }
}
