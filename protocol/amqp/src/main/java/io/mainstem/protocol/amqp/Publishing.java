package io.mainstem.protocol.amqp;

import io.mainstem.broker.Message;
import io.mainstem.broker.Topic;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.Method;
import io.mainstem.protocol.amqp.codec.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what a client publishes on one channel (method, content header, body frames) and publishes it. The body
 * of one frame goes to the broker from where it was received; only a longer one is gathered first.
 */
final class Publishing {

    private static final int MANDATORY = 1;
    private static final int IMMEDIATE = 2;
    private static final int BASIC_CLASS = 60;

    private enum Expected {
        METHOD,
        HEADER,
        BODY
    }

    private final AmqpChannel channel;
    private final ContentHeader content = new ContentHeader();
    private final RecordHeaders headers;
    private final Consumer<Topic> target = this::target;

    private Expected expected = Expected.METHOD;
    private String exchange = "";
    /** Null for the default exchange. */
    private @Nullable Topic topic;

    private final ByteBuffer routingKey = ByteBuffer.allocate(255);
    /** On the default exchange, where it goes. */
    private List<String> queues = List.of();

    private boolean mandatory;
    private long bodyBytes;
    private long nowMillis;
    private @Nullable ByteBuf gathered;

    Publishing(AmqpChannel channel) {
        this.channel = channel;
        this.headers = new RecordHeaders(() -> channel.basic().replyAddress());
    }

    boolean expectsMethod() {
        return expected == Expected.METHOD;
    }

    /** @param arguments those of basic.publish */
    void method(ByteBuf arguments) {
        int start = arguments.readerIndex();
        try {
            arguments.skipBytes(Short.BYTES);
            exchange = channel.connection().names().read(arguments);
            int keyIndex = arguments.readerIndex();
            int keyBytes = arguments.readUnsignedByte();
            arguments.readBytes(routingKey.clear().limit(keyBytes)).readerIndex(keyIndex);
            routingKey.flip();
            // As text it is needed where it is the name of a queue.
            queues = exchange.isEmpty() ? List.of(channel.connection().names().read(arguments)) : List.of();
            int flags = arguments.getByte(keyIndex + 1 + keyBytes);
            mandatory = (flags & MANDATORY) != 0;
            if ((flags & IMMEDIATE) != 0) {
                throw Failures.notImplemented("immediate=true");
            }
        } catch (IndexOutOfBoundsException e) {
            throw Frame.undecodable(arguments.readerIndex(start));
        }
        topic = null;
        if (!exchange.isEmpty()) {
            channel.connection().exchanges().withExchange(channel, exchange, target);
        }
        expected = Expected.HEADER;
    }

    private void target(Topic found) {
        if (found.spec().internal()) {
            String what = channel.connection().virtualHost().exchange(exchange);
            throw Failures.refused("cannot publish to internal " + what);
        }
        topic = found;
    }

    void content(Frame frame) {
        nameMethod();
        if (expected == Expected.HEADER && frame.type() == Frame.HEADER) {
            content.read(Bytes.view(frame.payload()));
            header();
        } else if (expected == Expected.BODY && frame.type() == Frame.BODY) {
            body(frame.payload());
        } else {
            throw unexpected(frame);
        }
    }

    /** Whatever goes wrong before a message is complete is an error of its basic.publish. */
    private void nameMethod() {
        if (expected != Expected.METHOD) {
            channel.connection().current(Method.BASIC_PUBLISH);
        }
    }

    AmqpException unexpected(Frame frame) {
        nameMethod();
        return new AmqpException(
                ReplyCode.UNEXPECTED_FRAME,
                switch (expected) {
                    case METHOD -> "expected method frame, got non method frame instead";
                    case HEADER ->
                        "expected content header for class " + BASIC_CLASS + ", got non content header frame instead";
                    case BODY -> "expected content body, got non content body frame instead";
                });
    }

    /** Forgets what was begun. */
    void abandon() {
        expected = Expected.METHOD;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    private void header() {
        if (content.classId() != BASIC_CLASS) {
            throw new AmqpException(
                    ReplyCode.UNEXPECTED_FRAME,
                    "expected content header for class " + BASIC_CLASS + ", got one for class " + content.classId()
                            + " instead");
        }
        bodyBytes = content.bodyBytes();
        long maxBodyBytes = channel.connection().options().maxBodyBytes();
        if (bodyBytes > maxBodyBytes) {
            throw Failures.precondition(
                    "message size " + bodyBytes + " is larger than configured max size " + maxBodyBytes);
        }
        headers.read(content);
        String userId = headers.userId();
        if (userId != null && !userId.equals(channel.connection().user())) {
            throw Failures.precondition("user_id property set to '" + userId + "' but authenticated user was '"
                    + channel.connection().user() + "'");
        }
        nowMillis = channel.connection().nowMillis();
        Topic target = topic;
        headers.addFurtherKeys();
        if (target != null) {
            if (ExchangeType.isDelayed(target.spec())) {
                headers.addDelay(nowMillis);
            }
        } else if (!headers.furtherKeys().isEmpty()) {
            Set<String> names = new LinkedHashSet<>(queues);
            names.addAll(headers.furtherKeys());
            queues = List.copyOf(names);
        }
        expected = Expected.BODY;
        if (bodyBytes == 0) {
            publish(Unpooled.EMPTY_BUFFER);
        }
    }

    private void body(ByteBuf part) {
        ByteBuf body = gathered;
        int known = body == null ? 0 : body.readableBytes();
        if (known + (long) part.readableBytes() > bodyBytes) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "content body is longer than its header says");
        }
        if (body == null && part.readableBytes() == bodyBytes) {
            publish(part);
            return;
        }
        if (body == null) {
            // Grows as it comes: what the header says is only a promise.
            body = channel.connection().allocate(part.readableBytes());
            gathered = body;
        }
        body.writeBytes(part);
        if (body.readableBytes() == bodyBytes) {
            try {
                publish(body);
            } finally {
                abandon();
            }
        }
    }

    private void publish(ByteBuf body) {
        expected = Expected.METHOD;
        Message message = new Message(nowMillis, routingKey, Bytes.view(body), headers.section());
        Publication publication = new Publication(exchange, topic, queues, mandatory, message);
        Transaction transaction = channel.transaction();
        if (transaction != null) {
            transaction.add(publication);
        } else {
            channel.publisher().publish(publication);
        }
    }
}
