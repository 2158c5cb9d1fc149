package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.broker.Topics;
import io.mainstem.engine.Bounds;
import io.mainstem.server.admin.DocumentExchange.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /topics} and {@code /topics/NAME}. */
final class TopicResources {

    private final Topics topics;
    private final TopicLookup lookup;

    TopicResources(Topics topics, TopicLookup lookup) {
        this.topics = topics;
        this.lookup = lookup;
    }

    CompletionStage<Answer> list(Request request) {
        request.allowing();
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("topics");
        topics.all().forEach(topic -> list.add(summary(topic)));
        return CompletableFuture.completedFuture(Answer.ok(document));
    }

    CompletionStage<Answer> create(Request request, ByteBuf body) {
        request.allowing();
        ObjectNode wanted = Json.readObject(body);
        requireKnown(wanted, Set.of("name", "partitions"));
        JsonNode name = wanted.path("name");
        JsonNode partitions = wanted.path("partitions");
        if (!name.isTextual()) {
            throw Problem.badRequest("\"name\", a text, is missing");
        }
        if (!partitions.isMissingNode() && !partitions.canConvertToInt()) {
            throw Problem.badRequest("\"partitions\" is a number");
        }
        return topics.create(TopicSpec.stream(name.textValue(), partitions.asInt(1)))
                .thenApply(topic -> new Answer(HttpResponseStatus.CREATED, description(topic)));
    }

    CompletionStage<Answer> describe(Request request) {
        Topic topic = lookup.find(request.allowing().segment(1));
        return CompletableFuture.completedFuture(Answer.ok(description(topic)));
    }

    CompletionStage<Answer> delete(Request request) {
        Topic topic = lookup.find(request.allowing("if-unused").segment(1));
        return topics.delete(topic.name(), request.flag("if-unused"))
                .thenApply(done -> new Answer(HttpResponseStatus.NO_CONTENT, null));
    }

    private static ObjectNode summary(Topic topic) {
        long records = 0;
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Bounds bounds = topic.bounds(partition);
            records += bounds.durableEndOffset() - bounds.firstOffset();
        }
        return Json.object()
                .put("name", topic.name())
                .put("partitions", topic.partitions())
                .put("offsets", records)
                .put("inMemory", topic.spec().inMemory());
    }

    private static ObjectNode description(Topic topic) {
        ObjectNode document = summary(topic).put("id", topic.id().toString());
        topic.spec()
                .routing()
                .ifPresent(routing -> document.put("routing", routing.name().toLowerCase(Locale.ROOT)));
        ArrayNode logs = document.putArray("logs");
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Bounds bounds = topic.bounds(partition);
            logs.addObject()
                    .put("partition", partition)
                    .put("firstOffset", bounds.firstOffset())
                    .put("endOffset", bounds.durableEndOffset());
        }
        return document;
    }

    private static void requireKnown(ObjectNode document, Set<String> known) {
        document.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw Problem.badRequest("unknown field \"" + field + "\"; known are " + known);
            }
        });
    }
}
