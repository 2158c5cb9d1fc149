package io.mainstem.server.admin;

import io.mainstem.broker.Topic;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;

/** {@code /topics/NAME/records}. */
final class RecordResources {

    private static final int KEY_SEPARATOR_LIMIT_BYTES = 64;

    private final TopicLookup lookup;
    private final Clock clock = Clock.systemUTC();

    RecordResources(TopicLookup lookup) {
        this.lookup = lookup;
    }

    Exchange publish(Request request, Connection connection) {
        Topic topic = lookup.find(request.allowing("key-separator").segment(1));
        if (topic.isInternal()) {
            throw new Problem(HttpResponseStatus.FORBIDDEN, "topic '" + topic.name() + "' is the broker's own");
        }
        Optional<byte[]> separator =
                request.parameter("key-separator").map(text -> text.getBytes(StandardCharsets.UTF_8));
        separator.ifPresent(bytes -> {
            if (bytes.length < 1 || bytes.length > KEY_SEPARATOR_LIMIT_BYTES) {
                throw Problem.badRequest("a key separator has 1 to " + KEY_SEPARATOR_LIMIT_BYTES + " bytes");
            }
        });
        return new PublishExchange(topic, separator.orElse(null), connection, clock);
    }

    Exchange tail(Request request, Connection connection) {
        Topic topic = lookup.find(
                request.allowing("from", "partition", "follow", "limit").segment(1));
        Optional<Integer> partition =
                request.number("partition", 0, Integer.MAX_VALUE).map(number -> lookup.partition(topic, number));
        TailExchange.Query query = new TailExchange.Query(
                topic,
                Position.parse(request.parameter("from").orElse("end")),
                partition,
                request.flag("follow"),
                request.number("limit", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE));
        return new TailExchange(query, lookup, connection);
    }
}
