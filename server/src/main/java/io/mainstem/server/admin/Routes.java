package io.mainstem.server.admin;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.kafka.groups.ConsumerGroups;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Which resource answers a request. */
final class Routes {

    /** Makes the exchange of a request; throws what {@link Problem#of} knows. */
    @FunctionalInterface
    private interface Route {
        Exchange exchange(Request request, Connection connection);
    }

    private final TopicResources topics;
    private final RecordResources records;
    private final GroupResources groups;

    Routes(Broker broker, Optional<ConsumerGroups> groups) {
        TopicLookup lookup = new TopicLookup(broker.topics());
        this.topics = new TopicResources(broker.topics(), lookup);
        this.records = new RecordResources(lookup);
        this.groups = new GroupResources(groups, broker.topics(), lookup);
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
        int depth = request.path().size();
        if (name.equals("topics") && depth == 1) {
            return methods(Map.of(
                    HttpMethod.GET, document((asked, body) -> topics.list(asked)),
                    HttpMethod.POST, document(topics::create)));
        }
        if (name.equals("topics") && depth == 2) {
            return methods(Map.of(
                    HttpMethod.GET, document((asked, body) -> topics.describe(asked)),
                    HttpMethod.PATCH, document(topics::configure),
                    HttpMethod.DELETE, document((asked, body) -> topics.delete(asked))));
        }
        if (name.equals("topics") && depth == 3 && request.segment(2).equals("records")) {
            return methods(Map.of(HttpMethod.GET, records::tail, HttpMethod.POST, records::publish));
        }
        if (name.equals("groups") && depth == 1) {
            return methods(Map.of(HttpMethod.GET, document((asked, body) -> groups.list(asked))));
        }
        if (name.equals("groups") && depth == 2) {
            return methods(Map.of(HttpMethod.GET, document((asked, body) -> groups.describe(asked))));
        }
        if (name.equals("groups") && depth == 3 && request.segment(2).equals("offsets")) {
            return methods(Map.of(HttpMethod.POST, document(groups::reset)));
        }
        throw Problem.notFound("there is no resource /" + String.join("/", request.path())
                + "; there are /topics, /topics/NAME, /topics/NAME/records, /groups, /groups/ID and"
                + " /groups/ID/offsets");
    }

    /** In the order of their names, for whoever reads them in a problem. */
    private static Map<HttpMethod, Route> methods(Map<HttpMethod, Route> routes) {
        return new TreeMap<>(routes);
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
