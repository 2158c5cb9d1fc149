package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Message;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.batch.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How topics are described, created and measured. */
class TopicsTest {

    private static final short CREATE_VERSION = 7;
    private static final short METADATA_VERSION = 13;

    private Service service;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory, KafkaOptions.defaults().withDefaultPartitions(3));
        client = service.connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        service.close();
    }

    @Test
    void everyNodeIsTheOneThatTheClientReached() throws IOException {
        MetadataResponse response = client.ask(Requests.metadata(METADATA_VERSION, "events"));

        assertThat(response.brokers()).singleElement().satisfies(node -> {
            assertThat(node.host()).isEqualTo("127.0.0.1");
            assertThat(node.port()).isEqualTo(service.listener.address().getPort());
        });
        assertThat(response.controller().id()).isEqualTo(Client.NODE_ID);
        assertThat(response.clusterId()).isEqualTo(service.broker.clusterId());
    }

    @Test
    void aTopicIsFoundByItsId() throws IOException {
        Topic topic = service.topic("events", 2);

        MetadataResponseTopic found = byId(Catalog.idOf(topic));

        assertThat(found.name()).isEqualTo("events");
        assertThat(found.partitions()).hasSize(2);
        assertThat(byId(new Uuid(1, 2)).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void namesThatKafkaDoesNotKnowAreNotListed() throws IOException {
        service.topic("events", 1);
        TopicSpec foreign = TopicSpec.routed("not a kafka name", Routing.ALL);
        service.broker.topics().create(foreign).toCompletableFuture().join();
        publishToQueue("orders");

        MetadataResponse all = client.ask(
                Requests.request(ApiKeys.METADATA, METADATA_VERSION, new MetadataRequestData().setTopics(null)));

        assertThat(all.data().topics())
                .extracting(MetadataResponseTopic::name, MetadataResponseTopic::isInternal)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("events", false),
                        org.assertj.core.groups.Tuple.tuple("q.orders", true));
    }

    @Test
    void theBrokersOwnNamesAreNotMade() throws IOException {
        for (String name : List.of("__metadata", "__consumer_offsets", "q.new")) {
            MetadataResponse response = client.ask(Requests.metadata(METADATA_VERSION, name));
            assertThat(response.errors()).containsEntry(name, Errors.INVALID_TOPIC_EXCEPTION);
        }
    }

    @Test
    void aCreatorMayLeaveTheNumbersToUs() throws IOException {
        assertThat(create(new CreatableTopic().setName("a").setNumPartitions(-1).setReplicationFactor((short) -1)))
                .isEqualTo(Errors.NONE);
        assertThat(service.broker.topics().find("a").orElseThrow().partitions()).isEqualTo(3);
    }

    @Test
    void whatCannotBeIsRefused() throws IOException {
        service.topic("there", 1);

        assertThat(create(topic("there", 1, 1))).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
        assertThat(create(topic("no name", 1, 1))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(create(topic("__mine", 1, 1))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(create(topic("a", 0, 1))).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(create(topic("a", 10_001, 1))).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(create(topic("a", 1, 2))).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(service.broker.topics().find("a")).isEmpty();
    }

    @Test
    void partitionsMayBeAssignedToTheOneNode() throws IOException {
        assertThat(create(assigned("a", 1, 0, 1))).isEqualTo(Errors.NONE);
        assertThat(service.broker.topics().find("a").orElseThrow().partitions()).isEqualTo(2);
        assertThat(create(assigned("b", 2, 0))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
        assertThat(create(assigned("b", 1, 1))).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void aDryRunMakesNothing() throws IOException {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setValidateOnly(true);
        data.topics().add(topic("dry", 2, 1));

        CreateTopicsResponse response = client.ask(Requests.request(ApiKeys.CREATE_TOPICS, CREATE_VERSION, data));

        assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
        assertThat(service.broker.topics().find("dry")).isEmpty();
    }

    @Test
    void aNameThatStandsTwiceIsRefusedOnce() throws IOException {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(topic("twice", 1, 1));
        data.topics().add(topic("twice", 2, 1));

        CreateTopicsResponse response = client.ask(Requests.request(ApiKeys.CREATE_TOPICS, CREATE_VERSION, data));

        assertThat(response.data().topics())
                .singleElement()
                .satisfies(result -> assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void placesOfALogHaveOffsets() throws IOException {
        Topic topic = service.topic("events", 1);
        client.ask(Requests.produce(9, topic, 0, Requests.records("a", "b", "c")));

        assertThat(offset(-1)).isEqualTo(3);
        assertThat(offset(-2)).isZero();
        assertThat(offset(-3)).isEqualTo(2);
        assertThat(offset(-4)).isZero();
        assertThat(offset(-5)).isEqualTo(-1);
        assertThat(offset(-6)).isEqualTo(-1);
        assertThat(offset(1_001)).isEqualTo(1);
        assertThat(offset(5_000)).isEqualTo(-1);
    }

    /** A queue has a topic of its own once something was sent straight to it. */
    private void publishToQueue(String name) {
        var queue = service.broker
                .queues()
                .declare(QueueSpec.durable(name), null)
                .toCompletableFuture()
                .join();
        CompletableFuture<Long> published = new CompletableFuture<>();
        ByteBuffer value = ByteBuffer.wrap(new byte[1]);
        queue.publish(
                new Message(0, null, value, BatchBuilder.NO_HEADERS), (token, failure) -> published.complete(token), 1);
        published.join();
    }

    private long offset(long timestamp) throws IOException {
        ListOffsetsResponse response = client.ask(Requests.listOffsets(11, "events", timestamp));
        assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
        return response.topics().get(0).partitions().get(0).offset();
    }

    private MetadataResponseTopic byId(Uuid id) throws IOException {
        MetadataResponse response = client.ask(Requests.request(
                ApiKeys.METADATA,
                METADATA_VERSION,
                new MetadataRequestData()
                        .setTopics(
                                List.of(new MetadataRequestTopic().setName(null).setTopicId(id)))));
        return response.data().topics().iterator().next();
    }

    private Errors create(CreatableTopic topic) throws IOException {
        CreateTopicsResponse response = client.ask(Requests.createTopic(CREATE_VERSION, topic));
        return Errors.forCode(response.data().topics().iterator().next().errorCode());
    }

    private static CreatableTopic topic(String name, int partitions, int replicas) {
        return new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
    }

    private static CreatableTopic assigned(String name, int node, int... partitions) {
        CreatableTopic topic = topic(name, -1, -1);
        for (int partition : partitions) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment()
                            .setPartitionIndex(partition)
                            .setBrokerIds(List.of(node)));
        }
        return topic;
    }
}
