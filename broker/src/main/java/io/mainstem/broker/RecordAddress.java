package io.mainstem.broker;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What bindings look at in a record: its keys and its headers. A record without a key is read as one with an empty key.
 * The headers are read when something asks for them, and only if there are any; of damaged ones those before the damage
 * count. Used for one record after the other; not safe for use by several threads.
 */
final class RecordAddress {

    private static final ByteBuffer EMPTY_KEY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final ByteBuffer KEY = ascii(MessageAttributes.KEY);
    private static final ByteBuffer DEATH = ascii(MessageAttributes.DEATH);

    private final List<ByteBuffer> keys = new ArrayList<>();
    private final List<ByteBuffer> names = new ArrayList<>();
    private final List<@Nullable ByteBuffer> values = new ArrayList<>();
    private ByteBuffer headers = BatchBuilder.NO_HEADERS;
    private boolean unread;
    private boolean died;

    static RecordAddress of(Message message) {
        RecordAddress address = new RecordAddress();
        address.set(message.key(), message.headers());
        return address;
    }

    void set(Record record) {
        set(record.key(), record.headers());
    }

    void set(@Nullable ByteBuffer newKey, ByteBuffer newHeaders) {
        keys.clear();
        keys.add(newKey == null ? EMPTY_KEY : newKey);
        headers = newHeaders;
        unread = MessageAttributes.hasHeaders(newHeaders);
        died = false;
        if (!names.isEmpty()) {
            names.clear();
            values.clear();
        }
    }

    /** Its own key first. */
    List<ByteBuffer> keys() {
        read();
        return keys;
    }

    /** Whether it is a dead letter. */
    boolean hasDied() {
        read();
        return died;
    }

    /** Whether the first header of this name has the value, or is there if the value is null. */
    boolean has(ByteBuffer name, @Nullable ByteBuffer value) {
        read();
        int index = names.indexOf(name);
        return index >= 0 && (value == null || value.equals(values.get(index)));
    }

    private void read() {
        if (!unread) {
            return;
        }
        unread = false;
        try {
            HeaderReader reader = new HeaderReader(headers);
            while (reader.next()) {
                ByteBuffer name = reader.name();
                ByteBuffer value = reader.value();
                names.add(name);
                values.add(value);
                if (MessageAttributes.startsWithPrefix(name)) {
                    if (value != null && name.equals(KEY)) {
                        keys.add(value);
                    }
                    died |= name.equals(DEATH);
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
