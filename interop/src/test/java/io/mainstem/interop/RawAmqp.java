package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

/**
 * AMQP by hand, with the Java client's own codec: for what that client does not let one send, and for what it does not
 * show.
 */
final class RawAmqp implements AutoCloseable {

    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private static final int CONNECT_MILLIS = 5_000;
    private static final int METHOD = 1;

    private final Socket socket = new Socket();
    private final DataOutputStream out;
    private final DataInputStream in;

    RawAmqp(AmqpStage stage) throws IOException {
        socket.connect(new InetSocketAddress(stage.host(), stage.port()), CONNECT_MILLIS);
        socket.setSoTimeout(CONNECT_MILLIS);
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a method on a channel of the Java client, and returns its answer. */
    static AmqpStage.Attempt rpc(Method method) {
        return channel -> channel.rpc(method).getMethod();
    }

    static AmqpStage.Attempt cancel(String tag) {
        return rpc(new AMQP.Basic.Cancel.Builder().consumerTag(tag).build());
    }

    /** One on which a channel 1 is open. */
    static RawAmqp open(AmqpStage stage) throws IOException {
        RawAmqp raw = new RawAmqp(stage);
        raw.send(HEADER);
        raw.next();
        raw.send(0, startOk("PLAIN", "\0guest\0guest"));
        raw.next();
        raw.send(0, new AMQImpl.Connection.TuneOk(2047, 4096, 0));
        raw.send(0, new AMQImpl.Connection.Open("/", "", false));
        raw.next();
        raw.send(1, new AMQImpl.Channel.Open(""));
        raw.next();
        return raw;
    }

    static AMQImpl.Connection.StartOk startOk(String mechanism, String response) {
        return new AMQImpl.Connection.StartOk(
                Map.of("capabilities", Map.of("authentication_failure_close", true)),
                mechanism,
                LongStringHelper.asLongString(response),
                "en_US");
    }

    void send(byte... bytes) throws IOException {
        try {
            out.write(bytes);
            out.flush();
        } catch (SocketException e) {
            // closed by the other side, which is seen when reading
        }
    }

    void send(int channel, Method method) throws IOException {
        send(((com.rabbitmq.client.impl.Method) method).toFrame(channel));
    }

    private void send(Frame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        frame.writeTo(new DataOutputStream(bytes));
        send(bytes.toByteArray());
    }

    /** A frame by its type, channel and content, with this as its last byte. */
    void frame(int type, int channel, byte[] payload, int end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeByte(type);
        frame.writeShort(channel);
        frame.writeInt(payload.length);
        frame.write(payload);
        frame.writeByte(end);
        send(bytes.toByteArray());
    }

    /** The next frame or the end of the connection, as text. */
    String next() throws IOException {
        try {
            Frame frame = Frame.readFrom(in, () -> 1 << 20);
            if (frame == null) {
                return "nothing";
            }
            if (frame.getType() != METHOD) {
                return "frame " + frame.getType() + " on channel " + frame.getChannel();
            }
            Method method = AMQImpl.readMethodFrom(frame.getInputStream());
            return "channel " + frame.getChannel() + " " + Messages.mask(show(method));
        } catch (MalformedFrameException e) {
            return "no frame: " + e.getMessage();
        } catch (EOFException | SocketException e) {
            return "closed";
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }

    private static String show(Method method) {
        if (method instanceof AMQP.Connection.Start start) {
            return "connection.start " + start.getVersionMajor() + "." + start.getVersionMinor() + " "
                    + start.getMechanisms() + " " + start.getLocales() + " "
                    + Messages.show(start.getServerProperties().get("capabilities"));
        } else if (method instanceof AMQP.Connection.Tune tune) {
            return "connection.tune " + tune.getChannelMax() + " " + tune.getFrameMax() + " " + tune.getHeartbeat();
        } else if (method instanceof AMQP.Connection.Close close) {
            return "connection.close " + close.getReplyCode() + " " + close.getReplyText() + " at " + close.getClassId()
                    + "." + close.getMethodId();
        } else if (method instanceof AMQP.Channel.Close close) {
            return "channel.close " + close.getReplyCode() + " " + close.getReplyText() + " at " + close.getClassId()
                    + "." + close.getMethodId();
        }
        return method.protocolMethodName();
    }

    /** All that comes until the connection ends. */
    String rest() throws IOException {
        StringBuilder all = new StringBuilder();
        String next = next();
        while (!next.equals("closed") && !next.equals("nothing")) {
            all.append(next).append("; ");
            next = next();
        }
        return all.append(next).toString();
    }

    /** The next eight bytes, and whether the connection ends then. */
    String header() throws IOException {
        try {
            byte[] bytes = new byte[8];
            in.readFully(bytes);
            return new String(bytes, 0, 4, StandardCharsets.US_ASCII)
                    + HexFormat.of().formatHex(bytes, 4, 8) + " " + (isEnd() ? "closed" : "and more");
        } catch (EOFException | SocketException e) {
            return "closed";
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }

    private boolean isEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
