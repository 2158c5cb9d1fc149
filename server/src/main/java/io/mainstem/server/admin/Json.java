package io.mainstem.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/** Documents as trees, and generators for what is too much for one. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Writes a document and an end of line, which makes it a line of NDJSON too. */
    static void write(JsonNode document, ByteBuf out) {
        try (OutputStream stream = new ByteBufOutputStream(out)) {
            stream.write(MAPPER.writeValueAsBytes(document));
            stream.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no I/O in memory
        }
    }

    static JsonGenerator generator(OutputStream out) throws IOException {
        return MAPPER.getFactory().createGenerator(out);
    }

    /** @throws Problem when the document has another field */
    static void requireKnown(ObjectNode document, Set<String> known) {
        document.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw Problem.badRequest("unknown field '" + field + "'; known are " + new TreeSet<>(known));
            }
        });
    }

    /** @throws Problem when the bytes are no JSON object */
    static ObjectNode readObject(ByteBuf bytes) {
        try (InputStream stream = new ByteBufInputStream(bytes)) {
            if (MAPPER.readTree(stream) instanceof ObjectNode object) {
                return object;
            }
            throw Problem.badRequest("the body is no JSON object");
        } catch (JsonProcessingException e) {
            throw Problem.badRequest("the body is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
