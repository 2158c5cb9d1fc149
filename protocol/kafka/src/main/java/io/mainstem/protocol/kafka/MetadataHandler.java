package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;

/** Describes the one node that every client sees, and the topics, and makes the topics that are asked for. */
final class MetadataHandler implements Handler<MetadataRequest> {

    /** From here on a topic may be asked for by id alone; two versions earlier the field is there, without meaning. */
    private static final short TOPIC_ID_VERSION = 12;

    private final Catalog catalog;
    private final Supplier<String> clusterId;
    private final KafkaOptions options;

    MetadataHandler(Catalog catalog, Supplier<String> clusterId, KafkaOptions options) {
        this.catalog = catalog;
        this.clusterId = clusterId;
        this.options = options;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(MetadataRequest request, Client client) {
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(clusterId.get()).setControllerId(Client.NODE_ID);
        response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(Client.NODE_ID)
                        .setHost(client.host())
                        .setPort(client.port()));
        if (request.data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        if (request.isAllTopics()) {
            catalog.all().forEach(topic -> response.topics().add(describe(topic, request)));
            return CompletableFuture.completedFuture(response);
        }
        List<CompletableFuture<MetadataResponseTopic>> topics = new ArrayList<>();
        for (MetadataRequestTopic topic : request.data().topics()) {
            topics.add(find(topic, request).toCompletableFuture());
        }
        return CompletableFuture.allOf(topics.toArray(CompletableFuture[]::new)).thenApply(done -> {
            topics.forEach(topic -> response.topics().add(topic.join()));
            return response;
        });
    }

    private CompletionStage<MetadataResponseTopic> find(MetadataRequestTopic wanted, MetadataRequest request) {
        boolean byId = wanted.name() == null || !wanted.topicId().equals(Uuid.ZERO_UUID);
        if (byId) {
            return CompletableFuture.completedFuture(findById(wanted.topicId(), request));
        }
        String name = wanted.name();
        Optional<Topic> topic = catalog.find(name);
        if (topic.isPresent()) {
            return CompletableFuture.completedFuture(describe(topic.get(), request));
        }
        if (!org.apache.kafka.common.internals.Topic.isValid(name)) {
            return CompletableFuture.completedFuture(problem(name, Errors.INVALID_TOPIC_EXCEPTION));
        }
        if (!options.autoCreateTopics() || !request.allowAutoTopicCreation()) {
            return CompletableFuture.completedFuture(problem(name, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        return catalog.topics()
                .declare(TopicSpec.stream(name, options.defaultPartitions()))
                .handle((created, failure) ->
                        failure == null ? describe(created, request) : problem(name, Failures.errorOf(failure)));
    }

    private MetadataResponseTopic findById(Uuid id, MetadataRequest request) {
        if (request.version() < TOPIC_ID_VERSION) {
            return problem("", Errors.INVALID_REQUEST).setTopicId(id);
        }
        return catalog.find(id)
                .map(topic -> describe(topic, request))
                .orElseGet(() -> new MetadataResponseTopic()
                        .setName(null)
                        .setTopicId(id)
                        .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
    }

    private static MetadataResponseTopic problem(String name, Errors error) {
        return new MetadataResponseTopic().setName(name).setErrorCode(error.code());
    }

    private static MetadataResponseTopic describe(Topic topic, MetadataRequest request) {
        MetadataResponseTopic description = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(Catalog.idOf(topic))
                .setIsInternal(Catalog.isInternal(topic))
                .setTopicAuthorizedOperations(
                        request.data().includeTopicAuthorizedOperations()
                                ? AuthorizedOperations.TOPIC
                                : AuthorizedOperations.NOT_ASKED);
        for (int partition = 0; partition < topic.partitions(); partition++) {
            description
                    .partitions()
                    .add(new MetadataResponsePartition()
                            .setPartitionIndex(partition)
                            .setLeaderId(Client.NODE_ID)
                            .setLeaderEpoch(Client.LEADER_EPOCH)
                            .setReplicaNodes(List.of(Client.NODE_ID))
                            .setIsrNodes(List.of(Client.NODE_ID)));
        }
        return description;
    }
}
