package io.mainstem.protocol.amqp;

import io.mainstem.broker.MessageAttributes;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Property;
import io.mainstem.protocol.amqp.codec.TableReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Properties of a message on their way in: to the headers of a record. One for each channel, used again and again. */
final class RecordHeaders {

    static final ByteBuffer CC = ascii("CC");
    private static final ByteBuffer BCC = ascii("BCC");
    private static final ByteBuffer DELAY = ascii("x-delay");
    private static final ByteBuffer DEDUPLICATION = ascii("x-deduplication-header");

    private static final ByteBuffer KEY_HEADER = ascii(MessageAttributes.KEY);
    private static final ByteBuffer HIDDEN_KEY_HEADER = ascii(RecordMapping.HIDDEN_KEY);
    private static final ByteBuffer DELIVER_AT_HEADER = ascii(MessageAttributes.DELIVER_AT);
    private static final ByteBuffer DEDUPLICATION_HEADER = ascii(MessageAttributes.DEDUPLICATION_ID);
    private static final ByteBuffer REPLY_QUEUE = ascii(DirectReplies.QUEUE);

    /** Of a long, with a minus. */
    private static final int MOST_DIGITS = 20;

    private final Supplier<String> replyAddress;
    private final HeaderWriter headers = new HeaderWriter();
    private final TableReader table = new TableReader();
    private final ByteBuffer digits = ByteBuffer.allocate(MOST_DIGITS);
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
        for (Property property = content.next(); property != null; property = content.next()) {
            property(property, content.buffer(), content.valuePosition(), content.valueLength());
        }
    }

    /** The routing keys of the CC and BCC headers. */
    List<String> furtherKeys() {
        return furtherKeys;
    }

    /** Lets the bindings of an exchange see the further keys. */
    void addFurtherKeys() {
        for (String key : furtherKeys) {
            headers.add(KEY_HEADER, utf8(key));
        }
        for (String key : hiddenKeys) {
            headers.add(HIDDEN_KEY_HEADER, utf8(key));
        }
    }

    /** Lets the message wait as long as its publisher asks for; at most ten years. */
    void addDelay(long nowMillis) {
        if (delayMillis > Expiration.MAX_MILLIS) {
            throw Failures.precondition("invalid x-delay '" + delayMillis + "': {value_too_large," + delayMillis + "}");
        } else if (delayMillis > 0) {
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

    private void property(Property property, ByteBuffer in, int position, int length) {
        if (property == Property.HEADERS) {
            table(in, position, length);
        } else if (property.isText()) {
            text(property, in, position, length);
        } else if (property.isOctet()) {
            add(property, Byte.toUnsignedInt(in.get(position)));
        } else {
            add(property, in.getLong(position));
        }
    }

    private void text(Property property, ByteBuffer in, int position, int length) {
        switch (property) {
            case USER_ID -> userId = Bytes.text(in, position, length);
            case EXPIRATION -> Expiration.check(Bytes.text(in, position, length));
            case REPLY_TO -> {
                if (Bytes.equal(in, position, length, REPLY_QUEUE)) {
                    headers.add(RecordMapping.headerName(property), ascii(replyAddress.get()));
                    return;
                }
            }
            default -> {}
        }
        add(property, in, position, length);
    }

    private void add(Property property, ByteBuffer in, int position, int length) {
        name(property);
        headers.value(in, position, length);
    }

    /** Adds a number as text. */
    private void add(Property property, long number) {
        name(property);
        int start = MOST_DIGITS;
        long rest = number;
        do {
            digits.put(--start, (byte) ('0' + Math.abs(rest % 10)));
            rest /= 10;
        } while (rest != 0);
        if (number < 0) {
            digits.put(--start, (byte) '-');
        }
        headers.value(digits, start, MOST_DIGITS - start);
    }

    private void name(Property property) {
        ByteBuffer name = RecordMapping.headerName(property);
        headers.name(name, name.position(), name.remaining());
    }

    private void table(ByteBuffer in, int position, int length) {
        // An empty table is not the same as none, and nothing else would tell.
        boolean raw = length == 0;
        boolean hidesKeys = false;
        table.read(in, position, length);
        while (table.next()) {
            special();
            boolean reserved = RecordMapping.isReserved(in, table.namePosition(), table.nameLength());
            if (isNamed(BCC)) {
                hidesKeys = true;
            } else if (!reserved && comesBack()) {
                headers.name(in, table.namePosition(), table.nameLength());
                headers.value(in, table.valuePosition(), table.valueLength());
            } else if (!reserved && table.isVoid()) {
                headers.add(table.name(), null);
            } else {
                raw = true;
                if (!reserved) {
                    headers.add(table.name(), text(table.decode()));
                }
            }
        }
        if (hidesKeys) {
            headers.add(RecordMapping.headerName(Property.HEADERS), withoutHiddenKeys(in, position, length));
        } else if (raw) {
            add(Property.HEADERS, in, position, length);
        }
    }

    /** What RabbitMQ, or a plugin that many of its users have, does not only carry. */
    private void special() {
        if (isNamed(CC) || isNamed(BCC)) {
            addKeys();
        } else if (isNamed(DELAY) && table.decode() instanceof Number delay && ArgumentType.isInteger(delay)) {
            delayMillis = delay.longValue();
        } else if (isNamed(DEDUPLICATION) && table.decode() instanceof String id) {
            headers.add(DEDUPLICATION_HEADER, utf8(id));
        }
    }

    private boolean isNamed(ByteBuffer name) {
        return Bytes.equal(table.buffer(), table.namePosition(), table.nameLength(), name);
    }

    private static @Nullable ByteBuffer text(@Nullable Object value) {
        String text = value == null ? null : RecordMapping.text(value);
        return text == null ? null : utf8(text);
    }

    private void addKeys() {
        Object value = table.decode();
        boolean hidden = isNamed(BCC);
        if (!(value instanceof List<?> keys)) {
            String name = hidden ? "BCC" : "CC";
            throw Failures.precondition("invalid message: {unacceptable_type_in_header,\"" + name + "\","
                    + FieldTable.typeName(value) + "}");
        }
        for (Object key : keys) {
            if (key instanceof String text) {
                furtherKeys.add(text);
                if (hidden) {
                    hiddenKeys.add(text);
                }
            }
        }
    }

    private ByteBuffer withoutHiddenKeys(ByteBuffer in, int position, int length) {
        ByteBuffer rest = ByteBuffer.allocate(length);
        table.read(in, position, length);
        while (table.next()) {
            if (!isNamed(BCC)) {
                rest.put(table.entry());
            }
        }
        return rest.flip();
    }

    /** Whether it is given its type on the way out: text is a string then, and what is no text is bytes. */
    private boolean comesBack() {
        return (table.isLongString() || table.isBinary())
                && Bytes.isText(table.buffer(), table.valuePosition(), table.valueLength()) == table.isLongString();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
