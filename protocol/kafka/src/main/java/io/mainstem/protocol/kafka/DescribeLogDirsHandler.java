package io.mainstem.protocol.kafka;

import io.mainstem.broker.Broker;
import io.mainstem.broker.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;

/** Says what the topics on disk take, and what the disk has. */
final class DescribeLogDirsHandler implements Handler<DescribeLogDirsRequest> {

    private final Broker broker;
    private final Catalog catalog;

    DescribeLogDirsHandler(Broker broker, Catalog catalog) {
        this.broker = broker;
        this.catalog = catalog;
    }

    @Override
    public CompletionStage<? extends ApiMessage> handle(DescribeLogDirsRequest request, Client client) {
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        broker.volume()
                .ifPresent(volume -> response.results()
                        .add(new DescribeLogDirsResult()
                                .setLogDir(volume.directory())
                                .setTotalBytes(volume.totalBytes())
                                .setUsableBytes(volume.usableBytes())
                                .setTopics(request.isAllTopicPartitions() ? all() : named(request))));
        return CompletableFuture.completedFuture(response);
    }

    private List<DescribeLogDirsTopic> all() {
        List<DescribeLogDirsTopic> described = new ArrayList<>();
        for (Topic topic : catalog.all()) {
            describe(topic, IntStream.range(0, topic.partitions()).boxed().toList())
                    .ifPresent(described::add);
        }
        return described;
    }

    /** What is not there is left out. */
    private List<DescribeLogDirsTopic> named(DescribeLogDirsRequest request) {
        List<DescribeLogDirsTopic> described = new ArrayList<>();
        for (DescribableLogDirTopic wanted : request.data().topics()) {
            catalog.find(wanted.topic())
                    .flatMap(topic -> describe(topic, wanted.partitions()))
                    .ifPresent(described::add);
        }
        return described;
    }

    private static Optional<DescribeLogDirsTopic> describe(Topic topic, List<Integer> partitions) {
        if (topic.spec().inMemory()) {
            return Optional.empty();
        }
        List<DescribeLogDirsPartition> described = partitions.stream()
                .filter(partition -> Catalog.hasPartition(topic, partition))
                .map(partition -> new DescribeLogDirsPartition()
                        .setPartitionIndex(partition)
                        .setPartitionSize(topic.sizeInBytes(partition).orElse(0)))
                .collect(Collectors.toList());
        return described.isEmpty()
                ? Optional.empty()
                : Optional.of(new DescribeLogDirsTopic().setName(topic.name()).setPartitions(described));
    }
}
