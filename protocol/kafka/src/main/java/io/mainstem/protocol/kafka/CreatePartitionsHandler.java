package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;

/** Gives topics more partitions, each on its own. */
final class CreatePartitionsHandler implements Handler<CreatePartitionsRequest> {

    private final Catalog catalog;
    private final int maxPartitions;

    CreatePartitionsHandler(Catalog catalog, int maxPartitions) {
        this.catalog = catalog;
        this.maxPartitions = maxPartitions;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(CreatePartitionsRequest request, Client client) {
        Set<String> seen = new HashSet<>();
        Set<String> duplicates = new HashSet<>();
        request.data().topics().forEach(topic -> {
            if (!seen.add(topic.name())) {
                duplicates.add(topic.name());
            }
        });
        List<CompletionStage<CreatePartitionsTopicResult>> results = new ArrayList<>();
        duplicates.forEach(name -> results.add(CompletableFuture.completedFuture(
                result(name, new InvalidRequestException("the request names the topic more than once")))));
        for (CreatePartitionsTopic topic : request.data().topics()) {
            if (!duplicates.contains(topic.name())) {
                results.add(add(topic, request.data().validateOnly()));
            }
        }
        return Stages.all(results)
                .thenApply(done -> new CreatePartitionsResponseData().setResults(new ArrayList<>(done)));
    }

    /** Never fails: what goes wrong stands in the result. */
    private CompletionStage<CreatePartitionsTopicResult> add(CreatePartitionsTopic wanted, boolean validateOnly) {
        String name = wanted.name();
        try {
            validate(wanted);
            if (validateOnly) {
                return CompletableFuture.completedFuture(new CreatePartitionsTopicResult().setName(name));
            }
            return catalog.topics()
                    .addPartitions(name, wanted.count())
                    .handle((topic, failure) ->
                            failure == null ? new CreatePartitionsTopicResult().setName(name) : result(name, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(result(name, e));
        }
    }

    private void validate(CreatePartitionsTopic wanted) {
        Topic topic = catalog.find(wanted.name()).orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
        int added = wanted.count() - topic.partitions();
        if (added <= 0 || wanted.count() > maxPartitions) {
            throw new InvalidPartitionsException("the topic has " + topic.partitions() + " partitions and may have "
                    + maxPartitions + "; it cannot be given " + wanted.count());
        }
        if (wanted.assignments() == null) {
            return;
        }
        if (wanted.assignments().size() != added) {
            throw new InvalidReplicaAssignmentException(
                    added + " partitions are added, and " + wanted.assignments().size() + " are assigned");
        }
        wanted.assignments().forEach(assignment -> {
            if (!assignment.brokerIds().equals(List.of(Client.NODE_ID))) {
                throw new InvalidReplicaAssignmentException(
                        "a partition on brokers " + assignment.brokerIds() + "; there is broker " + Client.NODE_ID);
            }
        });
    }

    private static CreatePartitionsTopicResult result(String name, Throwable failure) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(Failures.errorOf(failure).code())
                .setErrorMessage(Failures.cause(failure).getMessage());
    }
}
