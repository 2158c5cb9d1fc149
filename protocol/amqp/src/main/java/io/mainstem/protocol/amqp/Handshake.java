package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the protocol header to an open connection: who the client is, which limits both keep, which virtual host.
 *
 * <p>Until there are users, there is {@code guest}, and only for clients on this machine.
 */
final class Handshake {

    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);

    private static final String GUEST = "guest";

    /** What a client may rely on; the rest of what RabbitMQ lists is not there yet. */
    private static final Map<String, Object> CAPABILITIES = Map.of(
            "publisher_confirms", true,
            "exchange_exchange_bindings", true,
            "basic.nack", true,
            "consumer_cancel_notify", true,
            "per_consumer_qos", true,
            "direct_reply_to", true,
            "connection.blocked", true,
            "consumer_priorities", true,
            "authentication_failure_close", true);

    private final Connection connection;
    private Method expected = Method.CONNECTION_START_OK;
    private Map<String, @Nullable Object> clientProperties = Map.of();
    private int channelMax;

    Handshake(Connection connection) {
        this.connection = connection;
    }

    String user() {
        return GUEST;
    }

    int channelMax() {
        return channelMax;
    }

    boolean wantsToKnowOfShortages() {
        return capability("connection.blocked");
    }

    boolean wantsCancelNotifications() {
        return capability("consumer_cancel_notify");
    }

    /** What the client calls itself. */
    String client() {
        Object name = clientProperties.get("connection_name");
        return clientProperties.getOrDefault("product", "unnamed") + " "
                + clientProperties.getOrDefault("version", "")
                + (name == null ? "" : " (" + name + ")");
    }

    /** The protocol header was right. */
    void start() {
        String version = Handshake.class.getPackage().getImplementationVersion();
        Map<String, Object> properties = Map.of(
                "product",
                "Mainstem",
                "version",
                version == null ? "development" : version,
                "platform",
                "Java",
                "cluster_name",
                connection.broker().clusterId(),
                "capabilities",
                CAPABILITIES);
        connection
                .output()
                .method(0, Method.CONNECTION_START, 0, 9, properties, bytes("PLAIN AMQPLAIN"), bytes("en_US"));
    }

    void handle(Method method, Frame frame) {
        if (method != expected) {
            throw new AmqpException(
                    ReplyCode.CHANNEL_ERROR, "unexpected method in connection state " + stateInRabbitMqsWords());
        }
        Arguments arguments = Arguments.read(method, frame.payload());
        switch (method) {
            case CONNECTION_START_OK -> startOk(arguments);
            case CONNECTION_TUNE_OK -> tuneOk(arguments);
            default -> open(arguments);
        }
    }

    private String stateInRabbitMqsWords() {
        return switch (expected) {
            case CONNECTION_START_OK -> "starting";
            case CONNECTION_TUNE_OK -> "tuning";
            default -> "opening";
        };
    }

    private void startOk(Arguments arguments) {
        clientProperties = arguments.table("client-properties");
        String mechanism = arguments.text("mechanism");
        List<String> credentials = switch (mechanism) {
            case "PLAIN" -> plain(arguments.bytes("response"));
            case "AMQPLAIN" -> amqplain(arguments.bytes("response"));
            default ->
                throw new AmqpException(
                        ReplyCode.COMMAND_INVALID, "unknown authentication mechanism '" + mechanism + "'");
        };
        boolean known = credentials.equals(List.of(GUEST, GUEST));
        if (!known || !connection.handler().isFromThisMachine()) {
            refuse(mechanism, known ? "guest may only connect from this machine" : "unknown user or wrong password");
            return;
        }
        AmqpOptions options = connection.options();
        long heartbeatSeconds = options.heartbeat().toSeconds();
        connection
                .output()
                .method(0, Method.CONNECTION_TUNE, options.maxChannels(), options.maxFrameBytes(), heartbeatSeconds);
        expected = Method.CONNECTION_TUNE_OK;
    }

    private void refuse(String mechanism, String reason) {
        LOG.warn("AMQP {}: login refused: {}", connection, reason);
        if (!capability("authentication_failure_close")) {
            // An older client takes the end of the connection for the refusal.
            connection.handler().closeGently();
            return;
        }
        // as in RabbitMQ, no method is named
        connection.current(null);
        throw Failures.refused("Login was refused using authentication mechanism " + mechanism
                + ". For details see the broker logfile.");
    }

    private void tuneOk(Arguments arguments) {
        AmqpOptions options = connection.options();
        int maxFrameBytes = agreed("frame_max", arguments.number("frame-max"), options.maxFrameBytes());
        if (maxFrameBytes < Frame.MIN_MAX_BYTES) {
            throw new AmqpException(
                    ReplyCode.NOT_ALLOWED,
                    "negotiated frame_max = " + maxFrameBytes + " is lower than the minimum allowed value ("
                            + Frame.MIN_MAX_BYTES + ")");
        }
        channelMax = agreed("channel_max", arguments.number("channel-max"), options.maxChannels());
        connection.output().maxFrameBytes(maxFrameBytes);
        connection.handler().agreed(maxFrameBytes, (int) arguments.number("heartbeat"));
        expected = Method.CONNECTION_OPEN;
    }

    /** For a client, 0 is no limit of its own. */
    private static int agreed(String what, long wanted, int offered) {
        if (wanted > offered) {
            throw new AmqpException(
                    ReplyCode.NOT_ALLOWED,
                    "negotiated " + what + " = " + wanted + " is higher than the maximum allowed value (" + offered
                            + ")");
        }
        return wanted == 0 ? offered : (int) wanted;
    }

    private void open(Arguments arguments) {
        String virtualHost = arguments.text("virtual-host");
        if (!virtualHost.equals(VirtualHost.DEFAULT_NAME)
                && !connection.options().virtualHosts().contains(virtualHost)) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, "vhost " + virtualHost + " not found");
        }
        connection.opened(new VirtualHost(virtualHost));
        connection.output().method(0, Method.CONNECTION_OPEN_OK, "");
    }

    private boolean capability(String name) {
        return clientProperties.get("capabilities") instanceof Map<?, ?> capabilities
                && Boolean.TRUE.equals(capabilities.get(name));
    }

    /** NUL user NUL password, after an identity to act for that nobody uses. */
    private static List<String> plain(byte[] response) {
        String[] parts = new String(response, StandardCharsets.UTF_8).split("\0", -1);
        return parts.length == 3 ? List.of(parts[1], parts[2]) : List.of();
    }

    /** A table without its length. */
    private static List<String> amqplain(byte[] response) {
        ByteBuf table = Unpooled.buffer().writeInt(response.length).writeBytes(response);
        Map<String, @Nullable Object> fields;
        try {
            fields = FieldTable.read(table);
        } catch (IndexOutOfBoundsException e) {
            return List.of();
        }
        return List.of(String.valueOf(fields.get("LOGIN")), String.valueOf(fields.get("PASSWORD")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
