package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.CreateTopicsRequest;

/** Creates topics, each on its own: one that is refused does not keep the others from being made. */
final class CreateTopicsHandler implements Handler<CreateTopicsRequest> {

    private static final int UNSET = -1;
    private static final short REPLICAS = 1;

    private final Catalog catalog;
    private final KafkaOptions options;

    CreateTopicsHandler(Catalog catalog, KafkaOptions options) {
        this.catalog = catalog;
        this.options = options;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(CreateTopicsRequest request, Client client) {
        Set<String> duplicates = duplicates(request);
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        duplicates.forEach(name -> response.topics()
                .add(problem(name, new InvalidRequestException("the request names the topic more than once"))));
        List<CompletableFuture<CreatableTopicResult>> results = new ArrayList<>();
        for (CreatableTopic topic : request.data().topics()) {
            if (!duplicates.contains(topic.name())) {
                results.add(create(topic, request.data().validateOnly()).toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    results.forEach(result -> response.topics().add(result.join()));
                    return response;
                });
    }

    private static Set<String> duplicates(CreateTopicsRequest request) {
        Set<String> seen = new HashSet<>();
        Set<String> duplicates = new TreeSet<>();
        request.data().topics().forEach(topic -> {
            if (!seen.add(topic.name())) {
                duplicates.add(topic.name());
            }
        });
        return duplicates;
    }

    /** Never fails: what goes wrong stands in the result. */
    private CompletionStage<CreatableTopicResult> create(CreatableTopic wanted, boolean validateOnly) {
        String name = wanted.name();
        try {
            TopicSpec spec = validate(wanted);
            if (validateOnly) {
                return CompletableFuture.completedFuture(result(spec));
            }
            return catalog.topics()
                    .create(spec)
                    .handle((topic, failure) -> failure == null ? result(topic) : problem(name, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(problem(name, e));
        }
    }

    private TopicSpec validate(CreatableTopic wanted) {
        org.apache.kafka.common.internals.Topic.validate(wanted.name());
        if (catalog.find(wanted.name()).isPresent()) {
            throw new TopicExistsException("topic '" + wanted.name() + "' exists");
        }
        int partitions = wanted.assignments().isEmpty() ? partitionsByNumber(wanted) : partitionsByAssignment(wanted);
        if (partitions <= 0 || partitions > options.maxPartitions()) {
            throw new InvalidPartitionsException(
                    partitions + " partitions; a topic has 1 to " + options.maxPartitions());
        }
        return TopicSpec.stream(wanted.name(), partitions, settings(wanted));
    }

    private static TopicSettings settings(CreatableTopic wanted) {
        Map<String, String> configs = new TreeMap<>();
        for (CreatableTopicConfig config : wanted.configs()) {
            if (config.value() == null) {
                throw new InvalidConfigurationException("'" + config.name() + "' has no value");
            }
            configs.put(config.name(), config.value());
        }
        return TopicSettings.of(configs);
    }

    private int partitionsByNumber(CreatableTopic wanted) {
        if (wanted.replicationFactor() != UNSET && wanted.replicationFactor() != REPLICAS) {
            throw new InvalidReplicationFactorException(
                    "replication factor " + wanted.replicationFactor() + "; there is one broker");
        }
        return wanted.numPartitions() == UNSET ? options.defaultPartitions() : wanted.numPartitions();
    }

    private static int partitionsByAssignment(CreatableTopic wanted) {
        if (wanted.numPartitions() != UNSET || wanted.replicationFactor() != UNSET) {
            throw new InvalidRequestException("a topic has either assignments or a number of partitions and replicas");
        }
        int partitions = wanted.assignments().size();
        for (CreatableReplicaAssignment assignment : wanted.assignments()) {
            int index = assignment.partitionIndex();
            if (index < 0 || index >= partitions || !assignment.brokerIds().equals(List.of(Client.NODE_ID))) {
                throw new InvalidReplicaAssignmentException("partition " + index + " on brokers "
                        + assignment.brokerIds() + "; there is broker " + Client.NODE_ID
                        + ", and partitions are numbered from 0 without a gap");
            }
        }
        return partitions;
    }

    private static CreatableTopicResult result(Topic topic) {
        return result(topic.spec()).setTopicId(Catalog.idOf(topic));
    }

    private static CreatableTopicResult result(TopicSpec spec) {
        return new CreatableTopicResult()
                .setName(spec.name())
                .setErrorMessage(null)
                .setNumPartitions(spec.partitions())
                .setReplicationFactor(REPLICAS)
                .setConfigs(Configs.ofCreated(spec.settings()));
    }

    private static CreatableTopicResult problem(String name, Throwable failure) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(Failures.errorOf(failure).code())
                .setErrorMessage(Failures.cause(failure).getMessage());
    }
}
