package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Queue;
import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The partitions from which a queue is to get again what it had. */
final class ReplaySources {

    /** More are not listed to whoever has to choose one. */
    private static final int MOST_NAMED = 10;

    private record Source(Topic topic, int partition) {
        @Override
        public String toString() {
            return topic.name() + " " + partition;
        }
    }

    private final Queue queue;
    private final List<Source> sources;

    private ReplaySources(Queue queue, List<Source> sources) {
        this.queue = queue;
        this.sources = sources;
    }

    static ReplaySources of(Queue queue, List<Topic> topics) {
        return new ReplaySources(
                queue,
                topics.stream()
                        .flatMap(topic -> IntStream.range(0, topic.partitions())
                                .mapToObj(partition -> new Source(topic, partition)))
                        .toList());
    }

    /** Those of a topic, or one of them; a missing node chooses nothing. */
    ReplaySources only(JsonNode topic, JsonNode partition) {
        if ((!topic.isMissingNode() && !topic.isTextual())
                || (!partition.isMissingNode() && !partition.canConvertToInt())) {
            throw Problem.badRequest("'topic' is a text, and 'partition' a number");
        }
        List<Source> chosen = sources.stream()
                .filter(source -> topic.isMissingNode() || source.topic.name().equals(topic.textValue()))
                .filter(source -> partition.isMissingNode() || source.partition == partition.intValue())
                .toList();
        if (chosen.isEmpty() && !(topic.isMissingNode() && partition.isMissingNode())) {
            throw Problem.notFound("queue '" + queue.name() + "' gets nothing from "
                    + (topic.isMissingNode() ? "" : "topic '" + topic.textValue() + "'")
                    + (topic.isMissingNode() || partition.isMissingNode() ? "" : ", ")
                    + (partition.isMissingNode() ? "" : "partition " + partition.intValue())
                    + (sources.isEmpty() ? " or anywhere else" : "; it gets from " + named(sources)));
        }
        return new ReplaySources(queue, chosen);
    }

    /** @throws Problem when an offset could be one of several partitions */
    void requireOne() {
        if (sources.size() > 1) {
            throw Problem.badRequest("an offset is one of a partition, and queue '" + queue.name() + "' gets from "
                    + named(sources) + "; name a topic and a partition, or give a time");
        }
    }

    /** One after the other; completes with what came back from each. */
    CompletionStage<ObjectNode> replay(Position from) {
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("sources");
        CompletionStage<Long> total = CompletableFuture.completedFuture(0L);
        for (Source source : sources) {
            total = total.thenCompose(before -> {
                long offset = from.within(source.topic, source.partition);
                return queue.replay(source.topic, source.partition, offset).handle((count, failure) -> {
                    if (failure != null) {
                        throw stoppedAt(source, failure, before);
                    }
                    list.addObject()
                            .put("topic", source.topic.name())
                            .put("partition", source.partition)
                            .put("offset", offset)
                            .put("messages", count);
                    return before + count;
                });
            });
        }
        return total.thenApply(count -> document.put("messages", count));
    }

    private Problem stoppedAt(Source source, Throwable failure, long before) {
        Problem problem = Problem.of(failure);
        return sources.size() == 1
                ? problem
                : new Problem(
                        problem.status(),
                        source + ": " + problem.getMessage() + "; " + before + " messages of others have come back");
    }

    private static String named(List<Source> sources) {
        List<String> topics = new ArrayList<>();
        sources.stream().map(Source::topic).distinct().forEach(topic -> topics.add(describe(topic, sources)));
        return (topics.size() == 1 ? "topic " : "topics ")
                + topics.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (topics.size() > MOST_NAMED ? " and " + (topics.size() - MOST_NAMED) + " more" : "");
    }

    private static String describe(Topic topic, List<Source> sources) {
        long count =
                sources.stream().filter(source -> source.topic.equals(topic)).count();
        return "'" + topic.name() + "'" + (count == 1 ? "" : " (" + count + " partitions)");
    }
}
