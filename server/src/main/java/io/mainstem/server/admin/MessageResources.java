package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Queues;
import io.mainstem.server.admin.DocumentExchange.Answer;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What stands in a queue: {@code /queues/NAME/messages}, {@code redrive} and {@code replay}. */
final class MessageResources {

    /** What one request shows at most. */
    static final int BROWSE_LIMIT = 10_000;

    private static final long BROWSE_DEFAULT = 100;

    private final Queues queues;
    private final QueueLookup lookup;

    MessageResources(Queues queues, QueueLookup lookup) {
        this.queues = queues;
        this.lookup = lookup;
    }

    Exchange browse(Request request, Connection connection) {
        Queue queue = lookup.holding(request.allowing("skip", "limit").segment(1), "browse");
        return new BrowseExchange(
                queue,
                request.number("skip", 0, Long.MAX_VALUE).orElse(0L),
                request.number("limit", 1, BROWSE_LIMIT).orElse(BROWSE_DEFAULT).intValue(),
                connection);
    }

    CompletionStage<Answer> purge(Request request) {
        Queue queue = lookup.holding(request.allowing().segment(1), "purge");
        return queue.purge()
                .thenApply(count -> Answer.ok(Json.object()
                        .put("messages", count)
                        .put("held", queue.counts().held())
                        .put("delayed", queue.counts().delayed())));
    }

    CompletionStage<Answer> redrive(Request request, ByteBuf body) {
        Queue queue = lookup.holding(request.allowing().segment(1), "redrive");
        ObjectNode wanted = Json.readObject(body);
        Json.requireKnown(wanted, Set.of("queue"));
        JsonNode only = wanted.path("queue");
        if (!only.isMissingNode() && !only.isTextual()) {
            throw Problem.badRequest("'queue' is a text");
        }
        Optional<String> original = Optional.ofNullable(only.textValue())
                .map(name -> lookup.find(name).name());
        return queue.redrive(original)
                .thenCompose(moved -> queue.countReady()
                        .thenApply(ready ->
                                Answer.ok(Json.object().put("messages", moved).put("ready", ready))));
    }

    CompletionStage<Answer> replay(Request request, ByteBuf body) {
        Queue queue = lookup.holding(request.allowing().segment(1), "replay");
        ObjectNode wanted = Json.readObject(body);
        Json.requireKnown(wanted, Set.of("from", "topic", "partition"));
        if (!wanted.path("from").isTextual()) {
            throw Problem.badRequest("'from', a text, is missing");
        }
        Position from = Position.parse(wanted.path("from").textValue());
        ReplaySources sources =
                ReplaySources.of(queue, queues.sources(queue)).only(wanted.path("topic"), wanted.path("partition"));
        if (from instanceof Position.Offset) {
            sources.requireOne();
        }
        return sources.replay(from).thenApply(Answer::ok);
    }
}
