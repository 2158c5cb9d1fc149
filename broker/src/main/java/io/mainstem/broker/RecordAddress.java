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

    /** Whether the headers were looked through for the broker's own. */
    private boolean scanned;

    /** Whether the names and values are known. */
    private boolean read;

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
        scanned = !MessageAttributes.hasHeaders(newHeaders);
        read = scanned;
        died = false;
        if (!names.isEmpty()) {
            names.clear();
            values.clear();
        }
    }

    /** Its own key first. */
    List<ByteBuffer> keys() {
        scan();
        return keys;
    }

    /** Whether it is a dead letter. */
    boolean hasDied() {
        scan();
        return died;
    }

    /** Whether the first header of this name has the value, or is there if the value is null. */
    boolean has(ByteBuffer name, @Nullable ByteBuffer value) {
        read();
        int index = names.indexOf(name);
        return index >= 0 && (value == null || value.equals(values.get(index)));
    }

    /** Looks at no header but the broker's own. */
    private void scan() {
        if (scanned) {
            return;
        }
        scanned = true;
        try {
            HeaderReader reader = new HeaderReader(headers);
            while (reader.next()) {
                if (MessageAttributes.isAt(reader)) {
                    ByteBuffer name = reader.name();
                    ByteBuffer value = reader.value();
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

    private void read() {
        if (read) {
            return;
        }
        read = true;
        try {
            HeaderReader reader = new HeaderReader(headers);
            while (reader.next()) {
                names.add(reader.name());
                values.add(reader.value());
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
