package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.protocol.kafka.groups.GroupCoordination;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** Which handler answers which key. What stands here is what the listener serves and advertises. */
final class Handlers {

    private final Map<ApiKeys, Route<?>> routes = new EnumMap<>(ApiKeys.class);

    private final GroupCoordination groups;

    Handlers(Broker broker, KafkaOptions options) {
        Catalog catalog = new Catalog(broker.topics());
        this.groups = new GroupCoordination(broker.topics(), catalog::all, options.groups());
        add(ApiKeys.PRODUCE, ProduceRequest.class, new ProduceHandler(catalog));
        add(ApiKeys.FETCH, FetchRequest.class, new FetchHandler(catalog, options.maxFetchBytes()));
        add(ApiKeys.LIST_OFFSETS, ListOffsetsRequest.class, new ListOffsetsHandler(catalog));
        add(ApiKeys.METADATA, MetadataRequest.class, new MetadataHandler(catalog, broker::clusterId, options));
        add(ApiKeys.CREATE_TOPICS, CreateTopicsRequest.class, new CreateTopicsHandler(catalog, options));
        add(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequest.class, new InitProducerIdHandler(broker));
        add(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequest.class, new FindCoordinatorHandler());
        add(ApiKeys.OFFSET_COMMIT, OffsetCommitRequest.class, new OffsetCommitHandler(groups, catalog));
        add(ApiKeys.OFFSET_FETCH, OffsetFetchRequest.class, new OffsetFetchHandler(groups, catalog));
        add(ApiKeys.OFFSET_DELETE, OffsetDeleteRequest.class, new OffsetDeleteHandler(groups, catalog));
        new GroupHandlers(groups).addTo(this);
        add(ApiKeys.API_VERSIONS, ApiVersionsRequest.class, new ApiVersionsHandler(keys()));
    }

    <R extends AbstractRequest> void add(ApiKeys key, Class<R> type, Handler<R> handler) {
        routes.put(key, new Route<>(key, type, handler));
    }

    GroupCoordination groups() {
        return groups;
    }

    /** The keys in the table, including those that are added later. */
    Set<ApiKeys> keys() {
        return Collections.unmodifiableSet(routes.keySet());
    }

    Collection<Route<?>> all() {
        return List.copyOf(routes.values());
    }

    /** @throws ProtocolViolation when the request is for nothing that is advertised */
    Route<?> find(RequestHeader header) {
        Route<?> route = routes.get(header.apiKey());
        if (route == null || !route.serves(header)) {
            throw new ProtocolViolation("a request of key " + header.apiKey() + " version " + header.apiVersion()
                    + ", which is not served");
        }
        return route;
    }

    /** A key, how its requests look, and who answers them. */
    record Route<R extends AbstractRequest>(ApiKeys key, Class<R> type, Handler<R> handler) {

        boolean serves(RequestHeader header) {
            return key.isVersionEnabled(header.apiVersion(), false);
        }

        R parse(short version, FrameReader body) {
            try {
                return type.cast(AbstractRequest.parseRequest(key, version, body).request);
            } catch (ProtocolViolation e) {
                throw e;
            } catch (ApiException e) {
                throw new ProtocolViolation("a " + key + " request that is refused: " + e.getMessage());
            } catch (RuntimeException e) {
                throw new ProtocolViolation("a malformed " + key + " request of version " + version);
            }
        }
    }
}
