package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Shows on the standard output what the broker streams, a line for a line of its. */
final class RecordLines {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] PROBLEM = "{\"problem\":".getBytes(StandardCharsets.UTF_8);

    /** How a line is shown; null: as it comes. */
    private final @Nullable Format format;

    private final OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);

    /** Shows one record; the end of the line comes behind it. */
    @FunctionalInterface
    interface Format {
        void write(JsonNode record, OutputStream out) throws IOException;
    }

    private RecordLines(@Nullable Format format) {
        this.format = format;
    }

    static RecordLines json() {
        return new RecordLines(null);
    }

    static RecordLines of(Format format) {
        return new RecordLines(format);
    }

    /** Shows all lines, or as many as somebody reads; returns how many. */
    long show(AdminClient client, String path) {
        try (LineReader lines = client.lines(path)) {
            return copy(lines);
        } catch (IOException e) {
            throw new CommandException("the broker has gone: " + e.getMessage(), e);
        }
    }

    private long copy(LineReader lines) throws IOException {
        long count = 0;
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            if (startsWith(line, PROBLEM)) {
                throw new ProblemException(MAPPER.readTree(line).path("problem"));
            }
            count++;
            try {
                write(line);
                if (!lines.hasLine()) {
                    out.flush();
                }
            } catch (IOException e) {
                return count; // nobody reads on, as behind head
            }
        }
        return count;
    }

    private void write(byte[] line) throws IOException {
        if (format == null) {
            out.write(line);
        } else {
            format.write(MAPPER.readTree(line), out);
        }
        out.write('\n');
    }

    /** The key, a tab, and the value; or the value alone. */
    static void writeKeyAndValue(JsonNode record, OutputStream out) throws IOException {
        if (record.hasNonNull("key")) {
            out.write(bytes(record.path("key")));
            out.write('\t');
        }
        out.write(bytes(record.path("value")));
    }

    private static byte[] bytes(JsonNode field) throws IOException {
        JsonNode binary = field.path("base64");
        return binary.isMissingNode() ? field.asText("").getBytes(StandardCharsets.UTF_8) : binary.binaryValue();
    }

    private static boolean startsWith(byte[] line, byte[] prefix) {
        return line.length >= prefix.length && Arrays.equals(line, 0, prefix.length, prefix, 0, prefix.length);
    }
}
