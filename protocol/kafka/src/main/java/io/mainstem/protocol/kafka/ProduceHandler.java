package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;

/**
 * Appends batches as they came. The response waits for every append of the request, whatever {@code acks} says: one
 * broker is all replicas, and what is answered is durable.
 */
final class ProduceHandler implements Handler<ProduceRequest> {

    private static final short NO_ACKS = 0;
    private static final short LEADER_ACKS = 1;
    private static final short ALL_ACKS = -1;

    /** From here on requests name topics by id. */
    private static final short TOPIC_ID_VERSION = 13;

    private static final long NO_OFFSET = -1;
    private static final long NO_TIMESTAMP = -1;

    /**
     * What waits for room in its topic waits for this part of the request's timeout: a client may have five requests
     * under way, of which one after the other is read and waits, and is to have its last answer in time.
     */
    private static final int PARTS_OF_TIMEOUT = 6;

    private final Catalog catalog;

    ProduceHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public boolean isPipelined() {
        return true;
    }

    @Override
    public boolean isAnswered(ProduceRequest request) {
        return request.acks() != NO_ACKS;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(ProduceRequest request, Client client) {
        ProduceResponseData response = new ProduceResponseData();
        List<CompletableFuture<?>> appends = new ArrayList<>();
        for (TopicProduceData topicData : request.data().topicData()) {
            TopicProduceResponse topicResponse =
                    new TopicProduceResponse().setName(topicData.name()).setTopicId(topicData.topicId());
            response.responses().add(topicResponse);
            Optional<Topic> topic = find(topicData, request.version());
            for (PartitionProduceData partition : topicData.partitionData()) {
                PartitionProduceResponse answer = new PartitionProduceResponse()
                        .setIndex(partition.index())
                        .setBaseOffset(NO_OFFSET);
                topicResponse.partitionResponses().add(answer);
                appends.add(produce(request, topic, partition, answer, client));
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(appends.toArray(CompletableFuture[]::new));
        return all.thenApply(done -> {
            if (!isAnswered(request)) {
                failOnError(response);
            }
            return response;
        });
    }

    private Optional<Topic> find(TopicProduceData topic, short version) {
        return version >= TOPIC_ID_VERSION ? catalog.find(topic.topicId()) : catalog.find(topic.name());
    }

    /** Completes when the answer is filled in, and never fails. */
    private static CompletableFuture<?> produce(
            ProduceRequest request,
            Optional<Topic> topic,
            PartitionProduceData partition,
            PartitionProduceResponse answer,
            Client client) {
        CompletionStage<Long> append;
        try {
            requireSupported(request);
            if (topic.isEmpty() && request.version() >= TOPIC_ID_VERSION) {
                throw Errors.UNKNOWN_TOPIC_ID.exception();
            }
            Topic found = topic.filter(it -> Catalog.hasPartition(it, partition.index()))
                    .orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
            if (found.isInternal()) {
                throw new InvalidTopicException("an internal topic takes nothing from clients");
            }
            ByteBuffer batch = ClientBatch.check(partition.records(), request.version());
            CompletionStage<Long> appended = found.append(partition.index(), batch, mostWaitMillis(request));
            if (found.isHeld()) {
                client.readsNothingUntil().accept(appended);
            }
            append = appended.thenApply(offset -> {
                answer.setLogStartOffset(found.bounds(partition.index()).firstOffset());
                answer.setLogAppendTimeMs(appendTimeOf(RecordBatch.of(batch)));
                return offset;
            });
        } catch (RuntimeException e) {
            append = CompletableFuture.failedFuture(e);
        }
        return append.handle((offset, failure) -> {
                    if (failure == null) {
                        answer.setBaseOffset(offset);
                    } else {
                        answer.setErrorCode(Failures.errorOf(failure).code());
                        answer.setErrorMessage(Failures.cause(failure).getMessage());
                    }
                    return answer;
                })
                .toCompletableFuture();
    }

    /** Who wants no answer waits as long as it takes. */
    private static long mostWaitMillis(ProduceRequest request) {
        return request.acks() == NO_ACKS ? Long.MAX_VALUE : request.timeout() / PARTS_OF_TIMEOUT;
    }

    /** Clients may not set it: what is there was set when the batch was appended. */
    private static long appendTimeOf(RecordBatch batch) {
        return batch.hasLogAppendTime() ? batch.maxTimestampMillis() : NO_TIMESTAMP;
    }

    private static void requireSupported(ProduceRequest request) {
        short acks = request.acks();
        if (acks != NO_ACKS && acks != LEADER_ACKS && acks != ALL_ACKS) {
            throw Errors.INVALID_REQUIRED_ACKS.exception();
        }
        if (request.transactionalId() != null) {
            throw ClientBatch.noTransactions();
        }
    }

    private static void failOnError(ProduceResponseData response) {
        for (TopicProduceResponse topic : response.responses()) {
            for (PartitionProduceResponse partition : topic.partitionResponses()) {
                Errors error = Errors.forCode(partition.errorCode());
                if (error != Errors.NONE) {
                    ApiException problem =
                            error.exception(topic.name() + "-" + partition.index() + ": " + partition.errorMessage());
                    throw new CompletionException(problem);
                }
            }
        }
    }
}
