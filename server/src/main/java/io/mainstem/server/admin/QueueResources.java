package io.mainstem.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueBinding;
import io.mainstem.broker.QueueCounts;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Queues;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topics;
import io.mainstem.protocol.amqp.StreamQueue;
import io.mainstem.server.admin.DocumentExchange.Answer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** {@code /queues} and {@code /queues/NAME}. */
final class QueueResources {

    private final Queues queues;
    private final Topics topics;
    private final QueueLookup lookup;

    QueueResources(Queues queues, Topics topics, QueueLookup lookup) {
        this.queues = queues;
        this.topics = topics;
        this.lookup = lookup;
    }

    CompletionStage<Answer> list(Request request) {
        request.allowing();
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("queues");
        queues.all().stream().sorted(Comparator.comparing(Queue::name)).forEach(queue -> list.add(summary(queue)));
        return CompletableFuture.completedFuture(Answer.ok(document));
    }

    CompletionStage<Answer> describe(Request request) {
        Queue queue = lookup.find(request.allowing().segment(1));
        ObjectNode document = summary(queue).put("expired", queue.expiredCount());
        ObjectNode settings = document.putObject("settings");
        queue.spec().settings().explicit().forEach(settings::put);
        ObjectNode labels = document.putObject("labels");
        queue.spec().labels().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey()))
                .forEach(label -> labels.put(label.getKey(), label.getValue()));
        ArrayNode bindings = document.putArray("bindings");
        queues.bindings(queue).forEach(binding -> bindings.add(binding(binding)));
        ArrayNode sources = document.putArray("sources");
        queues.sources(queue)
                .forEach(topic -> sources.addObject().put("topic", topic.name()).put("partitions", topic.partitions()));
        return CompletableFuture.completedFuture(Answer.ok(document));
    }

    private ObjectNode summary(Queue queue) {
        QueueSpec spec = queue.spec();
        boolean stream = StreamQueue.isStream(queue);
        ObjectNode document = Json.object()
                .put("name", queue.name())
                .put("type", stream ? "stream" : "queue")
                .put("durable", spec.durable())
                .put("exclusive", spec.exclusive())
                .put("autoDelete", spec.autoDelete())
                .put("consumers", queue.consumerCount());
        if (stream) {
            return document.put(
                    "ready",
                    topics.find(queue.name()).map(TopicResources::records).orElse(0L));
        }
        QueueCounts counts = queue.counts();
        return document.put("ready", counts.ready())
                .put("readyBytes", counts.readyBytes())
                .put("held", counts.held())
                .put("delayed", counts.delayed());
    }

    private static ObjectNode binding(QueueBinding binding) {
        Routing routing = binding.topic().spec().routing().orElse(Routing.PATTERN);
        ObjectNode document = Json.object()
                .put("topic", binding.topic().name())
                .put("routing", routing.name().toLowerCase(Locale.ROOT))
                .put("key", binding.spec().key());
        if (routing == Routing.HEADERS) {
            document.put("match", binding.spec().match().name().toLowerCase(Locale.ROOT));
            ObjectNode headers = document.putObject("headers");
            binding.spec()
                    .headers()
                    .forEach((name, value) ->
                            headers.put(name, value.map(QueueResources::text).orElse(null)));
        }
        return document;
    }

    /** What is no text begins with a character that nobody wants to see. */
    private static String text(ByteBuffer value) {
        String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
        return text.startsWith("\0") ? text.substring(1) : text;
    }
}
