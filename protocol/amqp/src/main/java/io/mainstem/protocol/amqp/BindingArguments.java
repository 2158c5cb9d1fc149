package io.mainstem.protocol.amqp;

import io.mainstem.broker.BindingSpec;
import io.mainstem.broker.Routing;
import io.mainstem.protocol.amqp.codec.FieldTable;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The arguments of a binding: for an exchange of type headers, what a message must have. */
final class BindingArguments {

    private static final String MATCH = "x-match";
    private static final Set<String> MATCHES = Set.of("all", "any", "all-with-x", "any-with-x");

    private BindingArguments() {}

    static BindingSpec spec(Routing routing, String key, Map<String, @Nullable Object> arguments) {
        // Elsewhere they only tell a binding from another with the same key.
        String match = routing == Routing.HEADERS ? match(arguments) : "all-with-x";
        boolean withX = match.endsWith("-with-x");
        Map<String, Optional<ByteBuffer>> headers = new TreeMap<>();
        arguments.forEach((name, value) -> {
            if (!name.equals(MATCH) && (withX || !name.startsWith("x-"))) {
                headers.put(name, Optional.ofNullable(value).map(TypedTable::form));
            }
        });
        boolean any = match.startsWith("any");
        return new BindingSpec(key, headers, any ? BindingSpec.Match.ANY : BindingSpec.Match.ALL);
    }

    private static String match(Map<String, @Nullable Object> arguments) {
        if (!arguments.containsKey(MATCH)) {
            return "all";
        }
        Object match = arguments.get(MATCH);
        if (!(match instanceof String text)) {
            throw Failures.precondition("Invalid x-match field type " + FieldTable.typeName(match) + " (value "
                    + (match == null ? "undefined" : match) + "); expected longstr");
        }
        if (!MATCHES.contains(text)) {
            String octets = text.isEmpty() ? "" : '"' + text + '"';
            throw Failures.precondition(
                    "Invalid x-match field value <<" + octets + ">>; expected all, any, all-with-x, or any-with-x");
        }
        return text;
    }
}
