package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/** Lets go of the records before an offset. */
final class DeleteRecordsHandler implements Handler<DeleteRecordsRequest> {

    private final Catalog catalog;

    DeleteRecordsHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DeleteRecordsRequest request, Client client) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        List<CompletionStage<Boolean>> trims = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.data().topics()) {
            DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic.name());
            response.topics().add(result);
            for (DeleteRecordsPartition partition : topic.partitions()) {
                DeleteRecordsPartitionResult answer =
                        new DeleteRecordsPartitionResult().setPartitionIndex(partition.partitionIndex());
                result.partitions().add(answer);
                trims.add(trim(topic.name(), partition, answer));
            }
        }
        return Stages.all(trims).thenApply(done -> response);
    }

    /** Completes when the answer is filled in, and never fails. */
    private CompletionStage<Boolean> trim(
            String name, DeleteRecordsPartition partition, DeleteRecordsPartitionResult answer) {
        int index = partition.partitionIndex();
        CompletionStage<Long> trimmed;
        try {
            Topic topic = catalog.partition(name, index);
            requireDeletable(topic);
            long end = topic.bounds(index).durableEndOffset();
            long offset = partition.offset() == DeleteRecordsRequest.HIGH_WATERMARK ? end : partition.offset();
            if (offset < 0 || offset > end) {
                throw Errors.OFFSET_OUT_OF_RANGE.exception();
            }
            trimmed = topic.trim(index, offset)
                    .thenApply(done -> topic.bounds(index).firstOffset());
        } catch (RuntimeException e) {
            trimmed = CompletableFuture.failedFuture(e);
        }
        return trimmed.handle((firstOffset, failure) -> {
            answer.setLowWatermark(failure == null ? firstOffset : DeleteRecordsResponse.INVALID_LOW_WATERMARK);
            answer.setErrorCode(
                    failure == null
                            ? Errors.NONE.code()
                            : Failures.errorOf(failure).code());
            return failure == null;
        });
    }

    private static void requireDeletable(Topic topic) {
        if (topic.isInternal()) {
            throw new InvalidTopicException("the records of an internal topic cannot be deleted");
        }
        if (topic.spec()
                .settings()
                .value(TopicConfig.CLEANUP_POLICY_CONFIG)
                .equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new PolicyViolationException("a topic that is only compacted loses records by their key");
        }
    }
}
