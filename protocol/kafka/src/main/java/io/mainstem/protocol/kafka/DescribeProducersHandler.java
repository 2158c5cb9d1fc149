package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import io.mainstem.engine.LocalLogs;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.DescribeProducersRequest;

/** Lists the idempotent producers that a partition remembers; none of them is in a transaction. */
final class DescribeProducersHandler implements Handler<DescribeProducersRequest> {

    private final Catalog catalog;

    DescribeProducersHandler(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeProducersRequest request, Client client) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        for (TopicRequest topic : request.data().topics()) {
            TopicResponse answer = new TopicResponse().setName(topic.name());
            topic.partitionIndexes().forEach(partition -> answer.partitions().add(describe(topic.name(), partition)));
            response.topics().add(answer);
        }
        return CompletableFuture.completedFuture(response);
    }

    private PartitionResponse describe(String name, int partition) {
        PartitionResponse answer = new PartitionResponse().setPartitionIndex(partition);
        try {
            Topic topic = catalog.partition(name, partition);
            return answer.setActiveProducers(topic.producers(partition).stream()
                    .map(DescribeProducersHandler::describe)
                    .collect(Collectors.toList()));
        } catch (RuntimeException e) {
            return answer.setErrorCode(Failures.errorOf(e).code()).setErrorMessage(e.getMessage());
        }
    }

    private static ProducerState describe(LocalLogs.ProducerState producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.epoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMillis())
                .setCoordinatorEpoch(-1);
    }
}
