package io.mainstem.broker;

import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
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
    private static final ByteBuffer KEY = Buffers.utf8(MessageAttributes.KEY);
    private static final ByteBuffer DEATH = Buffers.utf8(MessageAttributes.DEATH);

    private final TypedHeaders typedHeaders;
    private final ByteBuffer typedName;
    private final List<ByteBuffer> keys = new ArrayList<>();
    private final List<ByteBuffer> names = new ArrayList<>();
    private final List<@Nullable ByteBuffer> values = new ArrayList<>();
    private ByteBuffer headers = BatchBuilder.NO_HEADERS;

    /** Whether the headers were looked through for the broker's own. */
    private boolean scanned;

    /** Whether the names and values are known. */
    private boolean read;

    private boolean died;

    RecordAddress(TypedHeaders typedHeaders) {
        this.typedHeaders = typedHeaders;
        this.typedName = Buffers.utf8(typedHeaders.headerName());
    }

    static RecordAddress of(Message message, TypedHeaders typedHeaders) {
        RecordAddress address = new RecordAddress(typedHeaders);
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

    /**
     * Whether the first header of this name has the value, or is there if the value is null; those with types first.
     */
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
                ByteBuffer value = reader.value();
                names.add(reader.name());
                values.add(value);
                if (value != null && reader.name().equals(typedName)) {
                    readTyped(value);
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
    }

    private void readTyped(ByteBuffer value) {
        List<ByteBuffer> typedNames = new ArrayList<>();
        List<@Nullable ByteBuffer> typedValues = new ArrayList<>();
        typedHeaders.read(value).forEach((name, bytes) -> {
            typedNames.add(Buffers.utf8(name));
            typedValues.add(bytes.orElse(null));
        });
        names.addAll(0, typedNames);
        values.addAll(0, typedValues);
    }
}
