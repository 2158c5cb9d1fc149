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
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslHandshakeRequest;

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
        addAdministration(broker, catalog, options);
        addSecurity();
    }

    /** Initialises the classes in which the protocol's schemas and errors stand. */
    static void preload() {
        var unusedKeys = ApiKeys.values();
        var unusedErrors = Errors.values();
    }

    /** What administrators ask for. */
    private void addAdministration(Broker broker, Catalog catalog, KafkaOptions options) {
        ConfigAlteration alteration = new ConfigAlteration(catalog);
        add(ApiKeys.DELETE_TOPICS, DeleteTopicsRequest.class, new DeleteTopicsHandler(catalog));
        add(ApiKeys.DELETE_RECORDS, DeleteRecordsRequest.class, new DeleteRecordsHandler(catalog));
        add(
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                OffsetsForLeaderEpochRequest.class,
                new OffsetForLeaderEpochHandler(catalog));
        add(ApiKeys.DESCRIBE_CONFIGS, DescribeConfigsRequest.class, new DescribeConfigsHandler(catalog, options));
        add(ApiKeys.ALTER_CONFIGS, AlterConfigsRequest.class, new AlterConfigsHandler(alteration));
        add(ApiKeys.DESCRIBE_LOG_DIRS, DescribeLogDirsRequest.class, new DescribeLogDirsHandler(broker, catalog));
        add(
                ApiKeys.CREATE_PARTITIONS,
                CreatePartitionsRequest.class,
                new CreatePartitionsHandler(catalog, options.maxPartitions()));
        add(ApiKeys.ELECT_LEADERS, ElectLeadersRequest.class, new ElectLeadersHandler(catalog));
        add(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                IncrementalAlterConfigsRequest.class,
                new IncrementalAlterConfigsHandler(alteration));
        add(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequest.class,
                new AlterPartitionReassignmentsHandler(catalog));
        add(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                ListPartitionReassignmentsRequest.class,
                new ListPartitionReassignmentsHandler());
        add(ApiKeys.DESCRIBE_CLIENT_QUOTAS, DescribeClientQuotasRequest.class, new DescribeClientQuotasHandler());
        add(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterRequest.class, new DescribeClusterHandler(broker::clusterId));
        add(ApiKeys.DESCRIBE_PRODUCERS, DescribeProducersRequest.class, new DescribeProducersHandler(catalog));
        add(ApiKeys.LIST_CONFIG_RESOURCES, ListConfigResourcesRequest.class, new ListConfigResourcesHandler(catalog));
        add(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                DescribeTopicPartitionsRequest.class,
                new DescribeTopicPartitionsHandler(catalog));
    }

    /** Nobody is asked who they are, and everybody may do everything. */
    private void addSecurity() {
        add(ApiKeys.SASL_HANDSHAKE, SaslHandshakeRequest.class, new SaslHandshakeHandler());
        add(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequest.class, new DescribeAclsHandler());
        add(ApiKeys.CREATE_ACLS, CreateAclsRequest.class, new CreateAclsHandler());
        add(ApiKeys.DELETE_ACLS, DeleteAclsRequest.class, new DeleteAclsHandler());
        add(ApiKeys.SASL_AUTHENTICATE, SaslAuthenticateRequest.class, new SaslAuthenticateHandler());
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
