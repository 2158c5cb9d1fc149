package io.mainstem.server.admin;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Which resource answers a request. */
final class Routes {

    private static final String NAME = "NAME";

    /** Makes the exchange of a request; throws what {@link Problem#of} knows. */
    @FunctionalInterface
    private interface Route {
        Exchange exchange(Request request, Connection connection);
    }

    private final TopicResources topics;
    private final RecordResources records;
    private final GroupResources groups;
    private final QueueResources queues;
    private final MessageResources messages;

    Routes(Broker broker, Optional<ConsumerGroups> groups) {
        TopicLookup lookup = new TopicLookup(broker.topics());
        this.topics = new TopicResources(broker.topics(), lookup);
        this.records = new RecordResources(lookup);
        this.groups = new GroupResources(groups, broker.topics(), lookup);
        QueueLookup queueLookup = new QueueLookup(broker.queues());
        this.queues = new QueueResources(broker.queues(), broker.topics(), queueLookup);
        this.messages = new MessageResources(broker.queues(), queueLookup);
    }

    /** @throws Problem when there is no such resource, or it has no such method */
    Exchange exchange(HttpRequest head, Connection connection) {
        Request request = Request.of(head);
        Map<HttpMethod, Route> resource = resource(request);
        Route route = resource.get(request.method());
        if (route == null) {
            throw new Problem(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    head.uri() + " takes " + resource.keySet() + ", not " + request.method());
        }
        return route.exchange(request, connection);
    }

    private Map<HttpMethod, Route> resource(Request request) {
        String name = request.path().isEmpty() ? "" : request.segment(0);
        Map<HttpMethod, Route> methods = switch (name) {
            case "topics" -> topics(request);
            case "groups" -> groups(request);
            case "queues" -> queues(request);
            default -> Map.of();
        };
        if (methods.isEmpty()) {
            throw Problem.notFound("there is no resource /" + String.join("/", request.path())
                    + "; there are /topics, /topics/NAME, /topics/NAME/records, /groups, /groups/ID,"
                    + " /groups/ID/offsets, /queues, /queues/NAME, /queues/NAME/messages, /queues/NAME/redrive and"
                    + " /queues/NAME/replay");
        }
        // in the order of their names, for whoever reads them in a problem
        return new TreeMap<>(methods);
    }

    private Map<HttpMethod, Route> topics(Request request) {
        return switch (below(request)) {
            case "" ->
                Map.of(
                        HttpMethod.GET, document((asked, body) -> topics.list(asked)),
                        HttpMethod.POST, document(topics::create));
            case NAME ->
                Map.of(
                        HttpMethod.GET, document((asked, body) -> topics.describe(asked)),
                        HttpMethod.PATCH, document(topics::configure),
                        HttpMethod.DELETE, document((asked, body) -> topics.delete(asked)));
            case NAME + "/records" -> Map.of(HttpMethod.GET, records::tail, HttpMethod.POST, records::publish);
            default -> Map.of();
        };
    }

    private Map<HttpMethod, Route> groups(Request request) {
        return switch (below(request)) {
            case "" -> Map.of(HttpMethod.GET, document((asked, body) -> groups.list(asked)));
            case NAME -> Map.of(HttpMethod.GET, document((asked, body) -> groups.describe(asked)));
            case NAME + "/offsets" -> Map.of(HttpMethod.POST, document(groups::reset));
            default -> Map.of();
        };
    }

    private Map<HttpMethod, Route> queues(Request request) {
        return switch (below(request)) {
            case "" -> Map.of(HttpMethod.GET, document((asked, body) -> queues.list(asked)));
            case NAME -> Map.of(HttpMethod.GET, document((asked, body) -> queues.describe(asked)));
            case NAME + "/messages" ->
                Map.of(
                        HttpMethod.GET,
                        messages::browse,
                        HttpMethod.DELETE,
                        document((asked, body) -> messages.purge(asked)));
            case NAME + "/redrive" -> Map.of(HttpMethod.POST, document(messages::redrive));
            case NAME + "/replay" -> Map.of(HttpMethod.POST, document(messages::replay));
            default -> Map.of();
        };
    }

    /** What follows the first segment of a path, with a word in place of the name. */
    private static String below(Request request) {
        List<String> path = request.path();
        return switch (path.size()) {
            case 1 -> "";
            case 2 -> NAME;
            case 3 -> NAME + "/" + request.segment(2);
            default -> "none";
        };
    }

    /** What a resource does that takes a document or nothing, and answers with one. */
    @FunctionalInterface
    private interface DocumentRoute {
        CompletionStage<DocumentExchange.Answer> answer(Request request, ByteBuf body);
    }

    private static Route document(DocumentRoute route) {
        return (request, connection) -> {
            Function<ByteBuf, CompletionStage<DocumentExchange.Answer>> handler = body -> route.answer(request, body);
            return new DocumentExchange(connection, handler);
        };
    }
}
