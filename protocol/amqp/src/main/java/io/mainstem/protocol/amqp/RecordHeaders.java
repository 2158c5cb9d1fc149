package io.mainstem.protocol.amqp;

import io.mainstem.broker.MessageAttributes;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.mainstem.protocol.amqp.codec.TableReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Properties of a message on their way in: to the headers of a record. One for each channel, used again and again. */
final class RecordHeaders {

    private static final ByteBuffer CC = ascii("CC");
    private static final ByteBuffer BCC = ascii("BCC");
    private static final ByteBuffer DELAY = ascii("x-delay");
    private static final ByteBuffer DEDUPLICATION = ascii("x-deduplication-header");

    private static final ByteBuffer KEY_HEADER = ascii(MessageAttributes.KEY);
    private static final ByteBuffer HIDDEN_KEY_HEADER = ascii(RecordMapping.HIDDEN_KEY);
    private static final ByteBuffer DELIVER_AT_HEADER = ascii(MessageAttributes.DELIVER_AT);
    private static final ByteBuffer DEDUPLICATION_HEADER = ascii(MessageAttributes.DEDUPLICATION_ID);
    private static final ByteBuffer REPLY_QUEUE = ascii(DirectReplies.QUEUE);

    /** The numbers of one byte as text. */
    private static final ByteBuffer[] OCTETS = IntStream.range(0, 256)
            .mapToObj(octet -> ascii(Integer.toString(octet)))
            .toArray(ByteBuffer[]::new);

    private final Supplier<String> replyAddress;
    private final ContentHeader.PropertyVisitor visitor = this::property;
    private final HeaderWriter headers = new HeaderWriter();
    private final List<String> furtherKeys = new ArrayList<>();
    private final List<String> hiddenKeys = new ArrayList<>();
    private @Nullable String userId;
    private long delayMillis;

    /** @param replyAddress where answers go that are to come straight to the channel; throws when it takes none */
    RecordHeaders(Supplier<String> replyAddress) {
        this.replyAddress = replyAddress;
    }

    /** Takes over the properties; everything is copied. Refuses values that RabbitMQ refuses. */
    void read(ContentHeader content) {
        headers.reset();
        furtherKeys.clear();
        hiddenKeys.clear();
        userId = null;
        delayMillis = 0;
        content.visit(visitor);
    }

    /** The routing keys of the CC and BCC headers. */
    List<String> furtherKeys() {
        return furtherKeys;
    }

    /** Lets the bindings of an exchange see the further keys. */
    void addFurtherKeys() {
        for (String key : furtherKeys) {
            headers.add(KEY_HEADER, ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)));
        }
        for (String key : hiddenKeys) {
            headers.add(HIDDEN_KEY_HEADER, ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Lets the message wait as long as its publisher asks for. */
    void addDelay(long nowMillis) {
        if (delayMillis > 0) {
            headers.add(DELIVER_AT_HEADER, ascii(Long.toString(nowMillis + delayMillis)));
        }
    }

    /** The encoded headers, until the next change. */
    ByteBuffer section() {
        return headers.section();
    }

    /** Who the publisher says it is. */
    @Nullable
    String userId() {
        return userId;
    }

    private void property(Property property, ByteBuf value) {
        if (property == Property.HEADERS) {
            table(value);
        } else if (property.isText()) {
            text(property, value);
        } else if (property.isOctet()) {
            headers.add(RecordMapping.headerName(property), OCTETS[value.getUnsignedByte(value.readerIndex())]);
        } else {
            String number = Long.toString(value.getLong(value.readerIndex()));
            headers.add(RecordMapping.headerName(property), ascii(number));
        }
    }

    private void text(Property property, ByteBuf value) {
        ByteBuffer text = value.nioBuffer();
        switch (property) {
            case USER_ID -> userId = value.toString(StandardCharsets.UTF_8);
            case EXPIRATION -> Expiration.check(value.toString(StandardCharsets.UTF_8));
            case REPLY_TO -> {
                if (text.equals(REPLY_QUEUE)) {
                    text = ascii(replyAddress.get());
                }
            }
            default -> {}
        }
        headers.add(RecordMapping.headerName(property), text);
    }

    private void table(ByteBuf entries) {
        // An empty table is not the same as none, and nothing else would tell.
        boolean raw = !entries.isReadable();
        boolean hidesKeys = false;
        TableReader table = new TableReader(entries);
        while (table.next()) {
            ByteBuffer name = table.name().nioBuffer();
            special(name, table);
            boolean reserved = RecordMapping.isReserved(name);
            if (name.equals(BCC)) {
                hidesKeys = true;
            } else if (!reserved && comesBack(table)) {
                headers.add(name, table.value().nioBuffer());
            } else if (!reserved && table.isVoid()) {
                headers.add(name, null);
            } else {
                raw = true;
                if (!reserved) {
                    headers.add(name, text(table.decode()));
                }
            }
        }
        if (hidesKeys) {
            headers.add(RecordMapping.headerName(Property.HEADERS), withoutHiddenKeys(entries));
        } else if (raw) {
            headers.add(RecordMapping.headerName(Property.HEADERS), entries.nioBuffer());
        }
    }

    /** What RabbitMQ, or a plugin that many of its users have, does not only carry. */
    private void special(ByteBuffer name, TableReader table) {
        switch (name.remaining()) {
            case 2, 3 -> {
                if (name.equals(CC) || name.equals(BCC)) {
                    addKeys(table);
                }
            }
            case 7 -> {
                if (name.equals(DELAY) && table.decode() instanceof Number delay) {
                    delayMillis = delay.longValue();
                }
            }
            case 22 -> {
                if (name.equals(DEDUPLICATION) && table.decode() instanceof String id) {
                    headers.add(DEDUPLICATION_HEADER, ByteBuffer.wrap(id.getBytes(StandardCharsets.UTF_8)));
                }
            }
            default -> {}
        }
    }

    private static @Nullable ByteBuffer text(@Nullable Object value) {
        String text = value == null ? null : RecordMapping.text(value);
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void addKeys(TableReader table) {
        Object value = table.decode();
        if (!(value instanceof List<?> keys)) {
            String name = table.name().toString(StandardCharsets.UTF_8);
            throw Failures.precondition("invalid message: {unacceptable_type_in_header,\"" + name + "\","
                    + FieldTable.typeName(value) + "}");
        }
        for (Object key : keys) {
            if (key instanceof String text) {
                furtherKeys.add(text);
                if (table.name().readableBytes() == BCC.remaining()) {
                    hiddenKeys.add(text);
                }
            }
        }
    }

    private static ByteBuffer withoutHiddenKeys(ByteBuf entries) {
        ByteBuf rest = Unpooled.buffer(entries.readableBytes());
        TableReader table = new TableReader(entries);
        while (table.next()) {
            if (!table.name().nioBuffer().equals(BCC)) {
                rest.writeBytes(table.entry());
            }
        }
        return rest.nioBuffer();
    }

    /** Whether it is given its type on the way out: text is a string then, and what is no text is bytes. */
    private static boolean comesBack(TableReader table) {
        return (table.isLongString() || table.isBinary())
                && ByteBufUtil.isText(table.value(), StandardCharsets.UTF_8) == table.isLongString();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
