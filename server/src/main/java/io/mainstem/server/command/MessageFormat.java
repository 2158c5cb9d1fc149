package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How a message of a queue is shown on a line; its columns are aligned as far as the ones before it were that wide. */
final class MessageFormat {

    private static final String GAP = "  ";

    private final List<Integer> widths = new ArrayList<>();

    void write(JsonNode message, OutputStream out) throws IOException {
        List<String> cells = List.of(
                message.path("position").asText(),
                message.path("topic").asText() + "-" + message.path("partition").asInt() + "@"
                        + message.path("offset").asLong(),
                state(message),
                message.path("deliveryCount").asText(),
                deaths(message.path("deaths")));
        for (int column = 0; column < cells.size(); column++) {
            if (widths.size() == column) {
                widths.add(0);
            }
            String cell = cells.get(column);
            widths.set(column, Math.max(widths.get(column), cell.length()));
            String padding = " ".repeat(widths.get(column) - cell.length());
            out.write((cell + padding + GAP).getBytes(StandardCharsets.UTF_8));
        }
        if (message.path("gone").asBoolean()) {
            out.write("(its record is gone)".getBytes(StandardCharsets.UTF_8));
        } else {
            RecordLines.writeKeyAndValue(message, out);
        }
    }

    private static String state(JsonNode message) {
        String state = message.path("state").asText();
        return message.hasNonNull("due")
                ? state + " until " + message.path("due").asText()
                : state;
    }

    /** Newest first. */
    private static String deaths(JsonNode deaths) {
        List<String> parts = new ArrayList<>();
        for (JsonNode death : deaths) {
            long count = death.path("count").asLong();
            parts.add(death.path("queue").asText() + ":" + death.path("reason").asText()
                    + (count == 1 ? "" : "*" + count));
        }
        return parts.isEmpty() ? "-" : String.join(",", parts);
    }
}
