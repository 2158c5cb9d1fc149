package io.mainstem.protocol.kafka;

import io.mainstem.broker.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;

/** Requests at any version, without the leave of a client's builder. */
final class Requests {

    private Requests() {}

    static MemoryRecords records(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000 + i, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static AbstractRequest produce(int version, Topic topic, int partition, MemoryRecords records) {
        return produce(version, topic, partition, records, -1);
    }

    static AbstractRequest produce(int version, Topic topic, int partition, MemoryRecords records, int acks) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(version < 13 ? topic.name() : "")
                .setTopicId(version < 13 ? Uuid.ZERO_UUID : Catalog.idOf(topic))
                .setPartitionData(
                        List.of(new PartitionProduceData().setIndex(partition).setRecords(records))));
        return request(
                ApiKeys.PRODUCE,
                version,
                new ProduceRequestData()
                        .setAcks((short) acks)
                        .setTimeoutMs(1_000)
                        .setTopicData(topics));
    }

    static FetchRequestData fetchData(int version, Topic topic, long offset) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(new FetchTopic()
                        .setTopic(version < 13 ? topic.name() : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : Catalog.idOf(topic))
                        .setPartitions(List.of(new FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(1 << 20)))));
    }

    static AbstractRequest fetch(int version, Topic topic, long offset) {
        return request(ApiKeys.FETCH, version, fetchData(version, topic, offset));
    }

    static AbstractRequest listOffsets(int version, String topic, long timestamp) {
        return request(
                ApiKeys.LIST_OFFSETS,
                version,
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsTopic()
                                .setName(topic)
                                .setPartitions(List.of(new ListOffsetsPartition()
                                        .setPartitionIndex(0)
                                        .setTimestamp(timestamp))))));
    }

    static AbstractRequest metadata(int version, String topic) {
        return request(
                ApiKeys.METADATA,
                version,
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(topic))));
    }

    static AbstractRequest createTopic(int version, CreatableTopic topic) {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(topic);
        return request(ApiKeys.CREATE_TOPICS, version, data);
    }

    /** Any request of the key that makes sense at the version. */
    static AbstractRequest any(ApiKeys key, int version, Topic topic) {
        return switch (key) {
            case PRODUCE -> produce(version, topic, 0, records("value"));
            case FETCH -> fetch(version, topic, 0);
            case LIST_OFFSETS -> listOffsets(version, topic.name(), -1);
            case METADATA -> metadata(version, topic.name());
            case CREATE_TOPICS ->
                createTopic(
                        version,
                        new CreatableTopic()
                                .setName("created." + version)
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1));
            case INIT_PRODUCER_ID ->
                request(
                        key,
                        version,
                        new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1_000));
            case FIND_COORDINATOR ->
                request(
                        key,
                        version,
                        version < 4
                                ? new FindCoordinatorRequestData().setKey("group")
                                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group")));
            case API_VERSIONS ->
                request(
                        key,
                        version,
                        new ApiVersionsRequestData()
                                .setClientSoftwareName("raw")
                                .setClientSoftwareVersion("1"));
            case OFFSET_FETCH -> offsetFetch(version, topic);
            default -> GroupRequests.any(key, version, topic);
        };
    }

    private static AbstractRequest offsetFetch(int version, Topic topic) {
        OffsetFetchRequestData data = new OffsetFetchRequestData();
        if (version < 8) {
            data.setGroupId("group")
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName(topic.name()).setPartitionIndexes(List.of(0))));
        } else {
            data.setGroups(List.of(new OffsetFetchRequestGroup()
                    .setGroupId("group")
                    .setTopics(List.of(new OffsetFetchRequestTopics()
                            .setName(version < 10 ? topic.name() : "")
                            .setTopicId(version < 10 ? Uuid.ZERO_UUID : Catalog.idOf(topic))
                            .setPartitionIndexes(List.of(0))))));
        }
        return request(ApiKeys.OFFSET_FETCH, version, data);
    }

    static AbstractRequest request(ApiKeys key, int version, ApiMessage data) {
        var bytes = MessageUtil.toByteBufferAccessor(data, (short) version).buffer();
        return AbstractRequest.parseRequest(
                        key, (short) version, new org.apache.kafka.common.protocol.ByteBufferAccessor(bytes))
                .request;
    }
}
