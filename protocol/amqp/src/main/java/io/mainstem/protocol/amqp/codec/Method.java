package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The methods of AMQP 0-9-1 and RabbitMQ's extensions, with their arguments as the published table lists them: type and
 * name, in the order of the wire. A {@code ticket} is reserved since 0-9 and has no meaning.
 */
public enum Method {
    CONNECTION_START(
            10,
            10,
            "octet version-major, octet version-minor, table server-properties, longstr mechanisms, longstr locales"),
    CONNECTION_START_OK(10, 11, "table client-properties, shortstr mechanism, longstr response, shortstr locale"),
    CONNECTION_SECURE(10, 20, "longstr challenge"),
    CONNECTION_SECURE_OK(10, 21, "longstr response"),
    CONNECTION_TUNE(10, 30, "short channel-max, long frame-max, short heartbeat"),
    CONNECTION_TUNE_OK(10, 31, "short channel-max, long frame-max, short heartbeat"),
    CONNECTION_OPEN(10, 40, "shortstr virtual-host, shortstr capabilities, bit insist"),
    CONNECTION_OPEN_OK(10, 41, "shortstr known-hosts"),
    CONNECTION_CLOSE(10, 50, "short reply-code, shortstr reply-text, short class-id, short method-id"),
    CONNECTION_CLOSE_OK(10, 51, ""),
    CONNECTION_BLOCKED(10, 60, "shortstr reason"),
    CONNECTION_UNBLOCKED(10, 61, ""),
    CONNECTION_UPDATE_SECRET(10, 70, "longstr new-secret, shortstr reason"),
    CONNECTION_UPDATE_SECRET_OK(10, 71, ""),

    CHANNEL_OPEN(20, 10, "shortstr out-of-band"),
    CHANNEL_OPEN_OK(20, 11, "longstr channel-id"),
    CHANNEL_FLOW(20, 20, "bit active"),
    CHANNEL_FLOW_OK(20, 21, "bit active"),
    CHANNEL_CLOSE(20, 40, "short reply-code, shortstr reply-text, short class-id, short method-id"),
    CHANNEL_CLOSE_OK(20, 41, ""),

    ACCESS_REQUEST(30, 10, "shortstr realm, bit exclusive, bit passive, bit active, bit write, bit read"),
    ACCESS_REQUEST_OK(30, 11, "short ticket"),

    EXCHANGE_DECLARE(
            40,
            10,
            "short ticket, shortstr exchange, shortstr type, bit passive, bit durable, bit auto-delete, bit internal,"
                    + " bit no-wait, table arguments"),
    EXCHANGE_DECLARE_OK(40, 11, ""),
    EXCHANGE_DELETE(40, 20, "short ticket, shortstr exchange, bit if-unused, bit no-wait"),
    EXCHANGE_DELETE_OK(40, 21, ""),
    EXCHANGE_BIND(
            40,
            30,
            "short ticket, shortstr destination, shortstr source, shortstr routing-key, bit no-wait, table arguments"),
    EXCHANGE_BIND_OK(40, 31, ""),
    EXCHANGE_UNBIND(
            40,
            40,
            "short ticket, shortstr destination, shortstr source, shortstr routing-key, bit no-wait, table arguments"),
    EXCHANGE_UNBIND_OK(40, 51, ""),

    QUEUE_DECLARE(
            50,
            10,
            "short ticket, shortstr queue, bit passive, bit durable, bit exclusive, bit auto-delete, bit no-wait,"
                    + " table arguments"),
    QUEUE_DECLARE_OK(50, 11, "shortstr queue, long message-count, long consumer-count"),
    QUEUE_BIND(
            50,
            20,
            "short ticket, shortstr queue, shortstr exchange, shortstr routing-key, bit no-wait, table arguments"),
    QUEUE_BIND_OK(50, 21, ""),
    QUEUE_PURGE(50, 30, "short ticket, shortstr queue, bit no-wait"),
    QUEUE_PURGE_OK(50, 31, "long message-count"),
    QUEUE_DELETE(50, 40, "short ticket, shortstr queue, bit if-unused, bit if-empty, bit no-wait"),
    QUEUE_DELETE_OK(50, 41, "long message-count"),
    QUEUE_UNBIND(50, 50, "short ticket, shortstr queue, shortstr exchange, shortstr routing-key, table arguments"),
    QUEUE_UNBIND_OK(50, 51, ""),

    BASIC_QOS(60, 10, "long prefetch-size, short prefetch-count, bit global"),
    BASIC_QOS_OK(60, 11, ""),
    BASIC_CONSUME(
            60,
            20,
            "short ticket, shortstr queue, shortstr consumer-tag, bit no-local, bit no-ack, bit exclusive,"
                    + " bit no-wait, table arguments"),
    BASIC_CONSUME_OK(60, 21, "shortstr consumer-tag"),
    BASIC_CANCEL(60, 30, "shortstr consumer-tag, bit no-wait"),
    BASIC_CANCEL_OK(60, 31, "shortstr consumer-tag"),
    BASIC_PUBLISH(60, 40, "short ticket, shortstr exchange, shortstr routing-key, bit mandatory, bit immediate"),
    BASIC_RETURN(60, 50, "short reply-code, shortstr reply-text, shortstr exchange, shortstr routing-key"),
    BASIC_DELIVER(
            60,
            60,
            "shortstr consumer-tag, longlong delivery-tag, bit redelivered, shortstr exchange, shortstr routing-key"),
    BASIC_GET(60, 70, "short ticket, shortstr queue, bit no-ack"),
    BASIC_GET_OK(
            60,
            71,
            "longlong delivery-tag, bit redelivered, shortstr exchange, shortstr routing-key, long message-count"),
    BASIC_GET_EMPTY(60, 72, "shortstr cluster-id"),
    BASIC_ACK(60, 80, "longlong delivery-tag, bit multiple"),
    BASIC_REJECT(60, 90, "longlong delivery-tag, bit requeue"),
    BASIC_RECOVER_ASYNC(60, 100, "bit requeue"),
    BASIC_RECOVER(60, 110, "bit requeue"),
    BASIC_RECOVER_OK(60, 111, ""),
    BASIC_NACK(60, 120, "longlong delivery-tag, bit multiple, bit requeue"),

    CONFIRM_SELECT(85, 10, "bit no-wait"),
    CONFIRM_SELECT_OK(85, 11, ""),

    TX_SELECT(90, 10, ""),
    TX_SELECT_OK(90, 11, ""),
    TX_COMMIT(90, 20, ""),
    TX_COMMIT_OK(90, 21, ""),
    TX_ROLLBACK(90, 30, ""),
    TX_ROLLBACK_OK(90, 31, "");

    /** One argument of a method. */
    record Field(FieldType type, String name) {}

    private static final IntObjectMap<Method> BY_ID = new IntObjectHashMap<>();

    static {
        for (Method method : values()) {
            BY_ID.put(method.id, method);
        }
    }

    /** Class and method together, as the first four bytes of a method frame hold them. */
    private final int id;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.copyOf
    private final List<Field> fields;

    Method(int classId, int methodId, String arguments) {
        this.id = classId << 16 | methodId;
        List<Field> parsed = new ArrayList<>();
        for (String argument : arguments.isEmpty() ? new String[0] : arguments.split(", ", -1)) {
            int space = argument.indexOf(' ');
            FieldType type = FieldType.valueOf(argument.substring(0, space).toUpperCase(Locale.ROOT));
            parsed.add(new Field(type, argument.substring(space + 1)));
        }
        fields = List.copyOf(parsed);
    }

    /** Takes class and method from the start of a method frame's payload. */
    public static Method readId(ByteBuf payload) {
        if (payload.readableBytes() < Integer.BYTES) {
            String frame = Frame.describe(Frame.METHOD, payload);
            throw new AmqpException(ReplyCode.FRAME_ERROR, frame + ": unknown_frame");
        }
        int id = payload.readInt();
        Method method = BY_ID.get(id);
        if (method == null) {
            String number = (id >>> 16) + "." + (id & 0xFFFF);
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "unknown method " + number);
        }
        return method;
    }

    public int classId() {
        return id >>> 16;
    }

    public int methodId() {
        return id & 0xFFFF;
    }

    int id() {
        return id;
    }

    List<Field> fields() {
        return fields;
    }

    /** The name as the specification writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }
}
