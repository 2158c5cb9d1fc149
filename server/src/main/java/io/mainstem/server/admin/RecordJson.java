package io.mainstem.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
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
            writeTimestamp(record.timestampMillis());
            out.writeFieldName("key");
            write(record.key());
            out.writeFieldName("value");
            write(record.value());
            writeHeaders(new HeaderReader(record.headers()));
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

    private void writeTimestamp(long millis) throws IOException {
        if (millis == NO_TIMESTAMP) {
            out.writeNullField("timestamp");
        } else {
            out.writeStringField("timestamp", Instant.ofEpochMilli(millis).toString());
        }
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
