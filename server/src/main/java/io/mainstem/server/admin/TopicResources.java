package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import io.mainstem.broker.Topics;
import io.mainstem.engine.Bounds;
import io.mainstem.server.admin.DocumentExchange.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

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
        Json.requireKnown(wanted, Set.of("name", "partitions", "settings"));
        JsonNode name = wanted.path("name");
        JsonNode partitions = wanted.path("partitions");
        if (!name.isTextual()) {
            throw Problem.badRequest("'name', a text, is missing");
        }
        requireNumber(partitions);
        Map<String, String> settings = change(wanted.path("settings")).apply(new TreeMap<>());
        return topics.create(TopicSpec.stream(name.textValue(), partitions.asInt(1), TopicSettings.of(settings)))
                .thenApply(topic -> new Answer(HttpResponseStatus.CREATED, description(topic)));
    }

    CompletionStage<Answer> describe(Request request) {
        Topic topic = lookup.find(request.allowing().segment(1));
        return CompletableFuture.completedFuture(Answer.ok(description(topic)));
    }

    CompletionStage<Answer> configure(Request request, ByteBuf body) {
        String name = lookup.find(request.allowing().segment(1)).name();
        ObjectNode wanted = Json.readObject(body);
        Json.requireKnown(wanted, Set.of("partitions", "settings"));
        JsonNode partitions = wanted.path("partitions");
        requireNumber(partitions);
        // The settings first: when they are refused, nothing has happened.
        CompletionStage<Topic> configured = topics.configure(name, change(wanted.path("settings")));
        return (partitions.isMissingNode()
                        ? configured
                        : configured.thenCompose(topic -> topics.addPartitions(name, partitions.asInt())))
                .thenApply(topic -> Answer.ok(description(topic)));
    }

    CompletionStage<Answer> delete(Request request) {
        Topic topic = lookup.find(request.allowing("if-unused").segment(1));
        return topics.delete(topic.name(), request.flag("if-unused"))
                .thenApply(done -> new Answer(HttpResponseStatus.NO_CONTENT, null));
    }

    /** From first offset to end, in all partitions. */
    static long records(Topic topic) {
        long records = 0;
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Bounds bounds = topic.bounds(partition);
            records += bounds.durableEndOffset() - bounds.firstOffset();
        }
        return records;
    }

    private static ObjectNode summary(Topic topic) {
        return Json.object()
                .put("name", topic.name())
                .put("partitions", topic.partitions())
                .put("offsets", records(topic))
                .put("inMemory", topic.spec().inMemory());
    }

    private static ObjectNode description(Topic topic) {
        ObjectNode document = summary(topic).put("id", topic.id().toString());
        topic.spec()
                .routing()
                .ifPresent(routing -> document.put("routing", routing.name().toLowerCase(Locale.ROOT)));
        ObjectNode settings = document.putObject("settings");
        topic.spec().settings().explicit().forEach(settings::put);
        ArrayNode logs = document.putArray("logs");
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Bounds bounds = topic.bounds(partition);
            ObjectNode log = logs.addObject()
                    .put("partition", partition)
                    .put("firstOffset", bounds.firstOffset())
                    .put("endOffset", bounds.durableEndOffset());
            topic.sizeInBytes(partition).ifPresent(bytes -> log.put("bytes", bytes));
        }
        return document;
    }

    /** What a document of settings does to those that a topic has; null takes one back to its default. */
    private static UnaryOperator<Map<String, String>> change(JsonNode settings) {
        if (!settings.isMissingNode() && !settings.isObject()) {
            throw Problem.badRequest("'settings' is an object");
        }
        return before -> {
            Map<String, String> after = new TreeMap<>(before);
            settings.properties().forEach(field -> {
                if (field.getValue().isNull()) {
                    after.remove(field.getKey());
                } else {
                    after.put(field.getKey(), field.getValue().asText());
                }
            });
            return after;
        };
    }

    private static void requireNumber(JsonNode partitions) {
        if (!partitions.isMissingNode() && !partitions.canConvertToInt()) {
            throw Problem.badRequest("'partitions' is a number");
        }
    }
}
