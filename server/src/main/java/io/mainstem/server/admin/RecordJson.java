package io.mainstem.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mainstem.broker.Death;
import io.mainstem.broker.QueuedMessage;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.Record;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as lines of JSON. Bytes are a text where they are UTF-8, and {@code {"base64": "..."}} where they are
 * not. Not safe for use by several threads.
 */
final class RecordJson implements AutoCloseable {

    private static final long NO_TIMESTAMP = -1;

    private final JsonGenerator out;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private CharBuffer characters = CharBuffer.allocate(1 << 10);

    RecordJson(ByteBuf buffer) {
        try {
            out = Json.generator(new ByteBufOutputStream(buffer));
            out.setRootValueSeparator(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no I/O in memory
        }
    }

    /** @throws io.mainstem.engine.batch.CorruptRecordException when the headers are none */
    void write(int partition, Record record) {
        try {
            out.writeStartObject();
            out.writeNumberField("partition", partition);
            out.writeNumberField("offset", record.offset());
            writeContents(record);
            out.writeEndObject();
            out.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A message of a queue, with its place in it.
     *
     * @throws io.mainstem.engine.batch.CorruptRecordException when the headers are none
     */
    void write(long position, QueuedMessage message) {
        try {
            out.writeStartObject();
            out.writeNumberField("position", position);
            out.writeStringField("topic", message.topic().name());
            out.writeNumberField("partition", message.partition());
            out.writeNumberField("offset", message.offset());
            out.writeStringField("state", message.state().name().toLowerCase(Locale.ROOT));
            out.writeNumberField("priority", message.priority());
            out.writeNumberField("deliveryCount", message.deliveryCount());
            writeTime("due", message.dueMillis());
            writeTime("expires", message.expiresAtMillis());
            out.writeBooleanField("gone", message.record().isEmpty());
            if (message.record().isPresent()) {
                writeContents(message.record().get());
                writeDeaths(Death.of(message.record().get()));
            }
            out.writeEndObject();
            out.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeContents(Record record) throws IOException {
        long millis = record.timestampMillis();
        writeTime("timestamp", millis == NO_TIMESTAMP ? OptionalLong.empty() : OptionalLong.of(millis));
        out.writeFieldName("key");
        write(record.key());
        out.writeFieldName("value");
        write(record.value());
        writeHeaders(new HeaderReader(record.headers()));
    }

    private void writeTime(String name, OptionalLong millis) throws IOException {
        if (millis.isEmpty()) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, Instant.ofEpochMilli(millis.getAsLong()).toString());
        }
    }

    private void writeDeaths(List<Death> deaths) throws IOException {
        out.writeArrayFieldStart("deaths");
        for (Death death : deaths) {
            out.writeStartObject();
            out.writeStringField("queue", death.queue());
            out.writeStringField("reason", death.reason().text());
            out.writeNumberField("count", death.count());
            writeTime("time", OptionalLong.of(death.timeMillis()));
            out.writeStringField("topic", death.topic());
            out.writeArrayFieldStart("keys");
            for (String key : death.keys()) {
                out.writeString(key);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void writeHeaders(HeaderReader headers) throws IOException {
        out.writeArrayFieldStart("headers");
        while (headers.next()) {
            out.writeStartObject();
            out.writeFieldName("name");
            write(headers.name());
            out.writeFieldName("value");
            write(headers.value());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void write(@Nullable ByteBuffer bytes) throws IOException {
        if (bytes == null) {
            out.writeNull();
        } else if (decode(bytes.duplicate())) {
            out.writeString(characters.array(), 0, characters.position());
        } else {
            byte[] array = new byte[bytes.remaining()];
            bytes.duplicate().get(array);
            out.writeStartObject();
            out.writeBinaryField("base64", array);
            out.writeEndObject();
        }
    }

    private boolean decode(ByteBuffer bytes) {
        if (characters.capacity() < bytes.remaining()) {
            characters = CharBuffer.allocate(bytes.remaining()); // UTF-8 has no more characters than bytes
        }
        characters.clear();
        decoder.reset();
        return decoder.decode(bytes, characters, true).isUnderflow();
    }
}
