package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;

/** Removes topics with all their records, each on its own. */
final class DeleteTopicsHandler implements Handler<DeleteTopicsRequest> {

    private final Catalog catalog;

    DeleteTopicsHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DeleteTopicsRequest request, Client client) {
        List<DeleteTopicState> wanted = request.topics();
        Map<DeleteTopicState, Integer> times = new HashMap<>();
        wanted.forEach(topic -> times.merge(topic, 1, Integer::sum));
        List<CompletionStage<DeletableTopicResult>> results = new ArrayList<>();
        for (DeleteTopicState topic : wanted) {
            int count = times.getOrDefault(topic, 0);
            if (count == 1) {
                results.add(delete(topic));
            } else if (count > 1) {
                times.put(topic, 0); // is told once
                results.add(CompletableFuture.completedFuture(
                        problem(topic, new InvalidRequestException("the request names the topic more than once"))));
            }
        }
        return Stages.all(results).thenApply(deleted -> {
            DeleteTopicsResponseData response = new DeleteTopicsResponseData();
            deleted.forEach(response.responses()::add);
            return response;
        });
    }

    /** Never fails: what goes wrong stands in the result. */
    private CompletionStage<DeletableTopicResult> delete(DeleteTopicState wanted) {
        try {
            Topic topic = find(wanted);
            return catalog.topics()
                    .delete(topic.name(), false)
                    .handle((done, failure) -> failure == null
                            ? new DeletableTopicResult().setName(topic.name()).setTopicId(Catalog.idOf(topic))
                            : problem(wanted, failure));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(problem(wanted, e));
        }
    }

    private Topic find(DeleteTopicState wanted) {
        boolean byId = !wanted.topicId().equals(Uuid.ZERO_UUID);
        if (byId == (wanted.name() != null)) {
            throw new InvalidRequestException("a topic is named either by its name or by its id");
        }
        Optional<Topic> topic = byId ? catalog.find(wanted.topicId()) : catalog.find(wanted.name());
        return topic.orElseThrow((byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION)::exception);
    }

    private static DeletableTopicResult problem(DeleteTopicState wanted, Throwable failure) {
        return new DeletableTopicResult()
                .setName(wanted.name())
                .setTopicId(wanted.topicId())
                .setErrorCode(Failures.errorOf(failure).code())
                .setErrorMessage(Failures.cause(failure).getMessage());
    }
}
