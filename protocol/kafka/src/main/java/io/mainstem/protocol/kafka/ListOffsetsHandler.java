package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.engine.LocalLogs.TimedOffset;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/** Finds offsets by their place or by the time of their records. */
final class ListOffsetsHandler implements Handler<ListOffsetsRequest> {

    /** From here on a response may name the leader's epoch; before, naming it is an error. */
    private static final short LEADER_EPOCH_VERSION = 4;

    private static final TimedOffset NONE = new TimedOffset(-1, -1);

    private final Catalog catalog;

    ListOffsetsHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(ListOffsetsRequest request, Client client) {
        ListOffsetsResponseData response = new ListOffsetsResponseData();
        for (ListOffsetsTopic topicRequest : request.data().topics()) {
            Optional<Topic> topic = catalog.find(topicRequest.name());
            ListOffsetsTopicResponse answer = new ListOffsetsTopicResponse().setName(topicRequest.name());
            for (ListOffsetsPartition partition : topicRequest.partitions()) {
                answer.partitions().add(list(topic, partition, request.version()));
            }
            response.topics().add(answer);
        }
        return CompletableFuture.completedFuture(response);
    }

    private static ListOffsetsPartitionResponse list(
            Optional<Topic> topic, ListOffsetsPartition partition, short version) {
        int index = partition.partitionIndex();
        ListOffsetsPartitionResponse answer = new ListOffsetsPartitionResponse().setPartitionIndex(index);
        try {
            Topic found = topic.filter(it -> Catalog.hasPartition(it, index))
                    .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
            Client.requireKnownEpoch(partition.currentLeaderEpoch());
            TimedOffset offset = find(found, index, partition.timestamp(), version);
            answer.setOffset(offset.offset()).setTimestamp(offset.timestampMillis());
            if (version >= LEADER_EPOCH_VERSION && offset.offset() >= 0) {
                answer.setLeaderEpoch(Client.LEADER_EPOCH);
            }
        } catch (RuntimeException e) {
            answer.setErrorCode(Failures.errorOf(e).code());
        }
        return answer;
    }

    private static TimedOffset find(Topic topic, int partition, long timestamp, short version) {
        if (timestamp >= 0) {
            return topic.firstAtOrAfter(partition, timestamp).orElse(NONE);
        }
        if (version < oldestVersionFor(timestamp)) {
            throw Errors.UNSUPPORTED_VERSION.exception();
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return place(topic.bounds(partition).durableEndOffset());
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return topic.withMaxTimestamp(partition).orElse(NONE);
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return place(topic.bounds(partition).firstOffset());
        }
        // Nothing is tiered, and nothing waits to be.
        return NONE;
    }

    private static short oldestVersionFor(long timestamp) {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP || timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP) {
            return 1;
        } else if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return 7;
        } else if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return 8;
        } else if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return 9;
        } else if (timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return 11;
        }
        return Short.MAX_VALUE;
    }

    private static TimedOffset place(long offset) {
        return new TimedOffset(offset, ListOffsetsResponse.UNKNOWN_TIMESTAMP);
    }
}
