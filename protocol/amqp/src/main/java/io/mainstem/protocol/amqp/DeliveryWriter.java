package io.mainstem.protocol.amqp;

import io.mainstem.broker.Delivery;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Map;

/** Writes deliveries: method, content header, body. One for each connection. */
final class DeliveryWriter {

    private static final int BASIC_CLASS = 60;
    private static final int CONTENT_HEADER_FIXED_BYTES = 14;
    private static final int MAX_SHORT_STRING_BYTES = 255;

    private final Connection connection;
    private final Output output;
    private final MessageProperties properties = new MessageProperties();

    DeliveryWriter(Connection connection) {
        this.connection = connection;
        this.output = connection.output();
    }

    /** Writes a delivery to a consumer. */
    void deliver(int channel, byte[] consumerTag, long deliveryTag, Delivery delivery) {
        ByteBuf out = output.buffer();
        int start = FrameWriter.beginMethod(out, channel, Method.BASIC_DELIVER);
        out.writeByte(consumerTag.length).writeBytes(consumerTag);
        envelope(out, deliveryTag, delivery);
        FrameWriter.end(out, start);
        content(channel, out, delivery);
    }

    /** Writes the answer to a basic.get. */
    void getOk(int channel, long deliveryTag, Delivery delivery, long messagesLeft) {
        ByteBuf out = output.buffer();
        int start = FrameWriter.beginMethod(out, channel, Method.BASIC_GET_OK);
        envelope(out, deliveryTag, delivery);
        out.writeInt((int) Math.min(messagesLeft, Integer.MAX_VALUE));
        FrameWriter.end(out, start);
        content(channel, out, delivery);
    }

    /** Writes a reply that comes without a queue. */
    void deliver(int channel, byte[] consumerTag, long deliveryTag, Record reply) {
        ByteBuf out = output.buffer();
        int start = FrameWriter.beginMethod(out, channel, Method.BASIC_DELIVER);
        out.writeByte(consumerTag.length).writeBytes(consumerTag);
        out.writeLong(deliveryTag).writeBoolean(false);
        FrameWriter.shortString(out, "");
        key(out, reply);
        FrameWriter.end(out, start);
        content(channel, out, reply, Map.of());
    }

    /** Writes that nobody wants a message. Its body must not change any more. */
    void returned(int channel, String exchange, Record message) {
        ByteBuf out = output.buffer();
        int start = FrameWriter.beginMethod(out, channel, Method.BASIC_RETURN);
        out.writeShort(ReplyCode.NO_ROUTE.number());
        FrameWriter.shortString(out, ReplyCode.NO_ROUTE.name());
        FrameWriter.shortString(out, exchange);
        key(out, message);
        FrameWriter.end(out, start);
        content(channel, out, message, Map.of());
    }

    private void envelope(ByteBuf out, long deliveryTag, Delivery delivery) {
        out.writeLong(deliveryTag).writeBoolean(delivery.isRedelivered());
        String topic = delivery.topicName();
        if (delivery instanceof StreamDelivery && delivery.record().key() == null) {
            // As its publisher sent it: to the default exchange, with the stream's name.
            FrameWriter.shortString(out, "");
            connection.virtualHost().writeExchange(topic, out);
            return;
        }
        connection.virtualHost().writeExchange(topic, out);
        key(out, delivery.record());
    }

    static void key(ByteBuf out, Record message) {
        ByteBuffer key = message.key();
        // A key of another protocol may be longer than a routing key can be; then its start must do.
        int keyBytes = key == null ? 0 : Math.min(key.remaining(), MAX_SHORT_STRING_BYTES);
        out.writeByte(keyBytes);
        if (key != null) {
            Bytes.write(key, key.position(), keyBytes, out);
        }
    }

    private void content(int channel, ByteBuf out, Delivery delivery) {
        content(channel, out, delivery.record(), DeliveryHeaders.of(delivery, connection.virtualHost()));
    }

    private void content(int channel, ByteBuf out, Record message, Map<String, Object> told) {
        ByteBuffer body = message.value();
        int start = FrameWriter.begin(out, Frame.HEADER, channel);
        out.writeShort(BASIC_CLASS).writeShort(0).writeLong(body == null ? 0 : body.remaining());
        properties.write(message, told, out, output.maxPayloadBytes() - CONTENT_HEADER_FIXED_BYTES);
        FrameWriter.end(out, start);
        if (body != null) {
            output.body(channel, body);
        }
    }
}
