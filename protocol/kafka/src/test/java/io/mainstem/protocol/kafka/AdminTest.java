package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator's client of Kafka's own asks for, over real files. */
class AdminTest {

    private static final ConfigResource EVENTS = new ConfigResource(ConfigResource.Type.TOPIC, "events");
    private static final TopicPartition FIRST = new TopicPartition("events", 0);

    private Engine engine;
    private Broker broker;
    private KafkaListener listener;
    private Admin admin;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        engine = LocalEngine.open(directory, LocalOptions.defaults());
        broker = Broker.start(engine, BrokerOptions.defaults())
                .toCompletableFuture()
                .join();
        listener = KafkaListener.start(broker, "127.0.0.1", 0, KafkaOptions.defaults());
        admin = Admin.create(properties());
    }

    @AfterEach
    void stop() {
        admin.close();
        listener.close();
        broker.close();
        engine.close();
    }

    private Map<String, Object> properties() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + listener.address().getPort(), "enable.metrics.push", "false");
    }

    @Test
    void aTopicIsMadeDescribedAndDeleted() {
        NewTopic wanted = topic("events", 3).configs(Map.of("retention.ms", "5000"));
        var created = admin.createTopics(List.of(wanted));
        assertThat(get(created.numPartitions("events"))).isEqualTo(3);
        assertThat(get(created.config("events")).get("retention.ms").value()).isEqualTo("5000");
        TopicDescription description =
                get(admin.describeTopics(List.of("events")).topicNameValues().get("events"));
        assertThat(description.partitions()).hasSize(3);
        assertThat(description.topicId()).isEqualTo(get(created.topicId("events")));
        assertThat(get(admin.listTopics().names())).containsExactly("events");
        get(admin.deleteTopics(List.of("events")).all());
        assertThat(get(admin.listTopics().names())).isEmpty();
        assertFails(admin.deleteTopics(List.of("events")).all(), UnknownTopicOrPartitionException.class);
    }

    @Test
    void aTopicIsFoundAndDeletedByItsId() {
        create(topic("events", 1));
        Uuid id = get(admin.describeTopics(List.of("events")).allTopicNames())
                .get("events")
                .topicId();
        assertThat(get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                                .allTopicIds())
                        .get(id)
                        .name())
                .isEqualTo("events");
        get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
        assertFails(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all(), UnknownTopicIdException.class);
    }

    @Test
    void whatIsOnlyValidatedIsNotDone() {
        get(admin.createTopics(List.of(topic("events", 1)), new CreateTopicsOptions().validateOnly(true))
                .all());
        assertThat(get(admin.listTopics().names())).isEmpty();
        create(topic("events", 1));
        get(admin.createPartitions(
                        Map.of("events", NewPartitions.increaseTo(5)), new CreatePartitionsOptions().validateOnly(true))
                .all());
        assertThat(partitionsOf("events")).isEqualTo(1);
        AlterConfigsOptions validateOnly = new AlterConfigsOptions().validateOnly(true);
        get(admin.incrementalAlterConfigs(alter(OpType.SET, "retention.ms", "1"), validateOnly)
                .all());
        assertThat(config("retention.ms").isDefault()).isTrue();
        assertFails(
                admin.incrementalAlterConfigs(alter(OpType.SET, "retention.ms", "x"), validateOnly)
                        .all(),
                InvalidConfigurationException.class);
    }

    @Test
    void aTopicThatCannotBeIsRefusedByTheSettingsName() {
        NewTopic unknown = topic("events", 1).configs(Map.of("retention.minutes", "5"));
        assertFails(admin.createTopics(List.of(unknown)).all(), InvalidConfigurationException.class)
                .hasMessageContaining("retention.minutes");
        NewTopic wrong = topic("events", 1).configs(Map.of("segment.bytes", "1"));
        assertFails(admin.createTopics(List.of(wrong)).all(), InvalidConfigurationException.class)
                .hasMessageContaining("segment.bytes");
        create(topic("events", 1));
        assertFails(admin.createTopics(List.of(topic("events", 1))).all(), TopicExistsException.class);
    }

    @Test
    void partitionsAreAddedAndUsed() {
        create(topic("events", 1));
        get(admin.createPartitions(Map.of("events", NewPartitions.increaseTo(3, List.of(List.of(1), List.of(1)))))
                .all());
        assertThat(partitionsOf("events")).isEqualTo(3);
        assertThat(send(new ProducerRecord<>("events", 2, "k", "v")).offset()).isZero();
        assertFails(increase("events", NewPartitions.increaseTo(3)), InvalidPartitionsException.class);
        assertFails(increase("events", NewPartitions.increaseTo(2)), InvalidPartitionsException.class);
        assertFails(
                increase("events", NewPartitions.increaseTo(4, List.of(List.of(2)))),
                InvalidReplicaAssignmentException.class);
        assertFails(
                increase("events", NewPartitions.increaseTo(5, List.of(List.of(1)))),
                InvalidReplicaAssignmentException.class);
        assertFails(increase("absent", NewPartitions.increaseTo(2)), UnknownTopicOrPartitionException.class);
    }

    @Test
    void configsAreDescribedWithWhereTheyComeFrom() {
        create(topic("events", 1).configs(Map.of("retention.ms", "5000")));
        ConfigEntry set = config("retention.ms");
        assertThat(set.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(set.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(config("cleanup.policy").isDefault()).isTrue();
        assertThat(config("cleanup.policy").type()).isEqualTo(ConfigEntry.ConfigType.LIST);
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");
        Config ofNode = get(admin.describeConfigs(List.of(node)).all()).get(node);
        assertThat(ofNode.get("auto.create.topics.enable").value()).isEqualTo("true");
        ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
        assertFails(admin.describeConfigs(List.of(loggers)).values().get(loggers), InvalidRequestException.class);
        ConfigResource missing = new ConfigResource(ConfigResource.Type.TOPIC, "absent");
        assertFails(
                admin.describeConfigs(List.of(missing)).values().get(missing), UnknownTopicOrPartitionException.class);
    }

    @Test
    void configsAreAlteredOneByOne() {
        create(topic("events", 1).configs(Map.of("retention.ms", "5000")));
        alterAll(alter(OpType.SET, "segment.ms", "7"));
        assertThat(config("retention.ms").value()).isEqualTo("5000");
        assertThat(config("segment.ms").value()).isEqualTo("7");
        alterAll(alter(OpType.DELETE, "retention.ms", null));
        assertThat(config("retention.ms").isDefault()).isTrue();
        alterAll(alter(OpType.APPEND, "cleanup.policy", "compact"));
        assertThat(config("cleanup.policy").value()).isEqualTo("delete,compact");
        alterAll(alter(OpType.SUBTRACT, "cleanup.policy", "delete"));
        assertThat(config("cleanup.policy").value()).isEqualTo("compact");
        assertThat(broker.topics()
                        .find("events")
                        .orElseThrow()
                        .spec()
                        .settings()
                        .policy()
                        .compaction())
                .isPresent();
    }

    @Test
    void olderClientsReplaceAllConfigsAtOnce() throws IOException {
        create(topic("events", 1).configs(Map.of("segment.ms", "7", "flush.ms", "1")));
        try (RawClient client = new RawClient(listener.address())) {
            client.ask(Requests.request(
                    ApiKeys.ALTER_CONFIGS, 2, AdminRequests.about(ApiKeys.ALTER_CONFIGS, 2, "events", 1)));
        }
        assertThat(config("retention.ms").value()).isEqualTo("1");
        assertThat(config("segment.ms").isDefault()).isTrue();
        assertThat(config("flush.ms").isDefault()).isTrue();
    }

    @Test
    void configsThatCannotBeAlteredAreRefused() {
        create(topic("events", 1));
        assertRefused(alter(OpType.APPEND, "retention.ms", "1"), InvalidConfigurationException.class);
        assertRefused(alter(OpType.SET, "no.such", "1"), InvalidConfigurationException.class);
        assertRefused(alter(OpType.SET, "min.insync.replicas", "2"), InvalidConfigurationException.class);
        assertRefused(
                Map.of(EVENTS, List.of(op(OpType.SET, "retention.ms", "1"), op(OpType.DELETE, "retention.ms", null))),
                InvalidRequestException.class);
        assertRefused(
                Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, "1"),
                        List.of(op(OpType.SET, "num.partitions", "2"))),
                InvalidRequestException.class);
        assertRefused(
                Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, "absent"),
                        List.of(op(OpType.SET, "retention.ms", "2"))),
                UnknownTopicOrPartitionException.class);
        assertThat(config("retention.ms").isDefault()).isTrue();
    }

    @Test
    void recordsAreDeletedBeforeAnOffset() {
        create(topic("events", 1));
        for (int count = 0; count < 5; count++) {
            send(new ProducerRecord<>("events", "k", "v"));
        }
        var deleted = admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(2)));
        assertThat(get(deleted.lowWatermarks().get(FIRST)).lowWatermark()).isEqualTo(2);
        assertThat(offset(OffsetSpec.earliest())).isEqualTo(2);
        assertFails(
                admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(6)))
                        .all(),
                OffsetOutOfRangeException.class);
        get(admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(-1))).all());
        assertThat(offset(OffsetSpec.earliest())).isEqualTo(5);
        alterAll(alter(OpType.SET, "cleanup.policy", "compact"));
        assertFails(
                admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(5)))
                        .all(),
                PolicyViolationException.class);
    }

    @Test
    void offsetsAreFoundByTime() {
        create(topic("events", 1));
        long now = System.currentTimeMillis();
        for (long time : new long[] {now - 300, now - 100, now - 200}) {
            send(new ProducerRecord<>("events", 0, time, "k", "v"));
        }
        assertThat(offset(OffsetSpec.earliest())).isZero();
        assertThat(offset(OffsetSpec.latest())).isEqualTo(3);
        assertThat(offset(OffsetSpec.maxTimestamp())).isEqualTo(1);
        assertThat(offset(OffsetSpec.forTimestamp(now - 250))).isEqualTo(1);
        assertThat(offset(OffsetSpec.forTimestamp(now))).isEqualTo(-1);
        assertThat(offset(OffsetSpec.earliestLocal())).isZero();
        assertThat(offset(OffsetSpec.latestTiered())).isEqualTo(-1);
    }

    @Test
    void theClusterIsOneNodeThatLetsEverybodyDoEverything() {
        var cluster = admin.describeCluster();
        assertThat(get(cluster.clusterId())).isEqualTo(broker.clusterId());
        assertThat(get(cluster.nodes())).hasSize(1);
        assertThat(get(cluster.controller()).id()).isEqualTo(1);
        create(topic("events", 1));
        DescribeTopicsOptions withOperations = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        assertThat(get(admin.describeTopics(List.of("events"), withOperations).allTopicNames())
                        .get("events")
                        .authorizedOperations())
                .contains(AclOperation.READ, AclOperation.ALTER_CONFIGS);
        assertFails(admin.describeAcls(AclBindingFilter.ANY).values(), SecurityDisabledException.class);
    }

    @Test
    void producersAndLogDirectoriesAreDescribed() {
        create(topic("events", 1));
        send(new ProducerRecord<>("events", "k", "v"));
        List<ProducerState> producers = get(admin.describeProducers(List.of(FIRST))
                        .partitionResult(FIRST))
                .activeProducers();
        assertThat(producers).hasSize(1);
        assertThat(producers.get(0).lastSequence()).isZero();
        assertThat(producers.get(0).currentTransactionStartOffset().isPresent()).isFalse();
        var directories =
                get(admin.describeLogDirs(Set.of(1)).allDescriptions()).get(1);
        assertThat(directories).hasSize(1);
        directories.forEach((directory, description) -> {
            assertThat(directory).isNotEmpty();
            assertThat(description.totalBytes().orElseThrow()).isPositive();
            assertThat(description.replicaInfos().get(FIRST).size()).isPositive();
        });
    }

    @Test
    void leadersAndReplicasStayWhereTheyAre() {
        create(topic("events", 1));
        assertThat(get(admin.electLeaders(ElectionType.PREFERRED, Set.of(FIRST)).partitions())
                        .get(FIRST))
                .containsInstanceOf(ElectionNotNeededException.class);
        get(admin.electLeaders(ElectionType.PREFERRED, null).all());
        assertThat(get(admin.listPartitionReassignments().reassignments())).isEmpty();
        get(reassign(Optional.of(new NewPartitionReassignment(List.of(1)))));
        assertFails(
                reassign(Optional.of(new NewPartitionReassignment(List.of(2)))),
                InvalidReplicaAssignmentException.class);
        assertFails(reassign(Optional.empty()), NoReassignmentInProgressException.class);
        assertThat(get(admin.listConfigResources().all()))
                .contains(EVENTS, new ConfigResource(ConfigResource.Type.BROKER, "1"));
    }

    @Test
    void manyPartitionsAreDescribedPageByPage() {
        create(topic("big", 7));
        create(topic("small", 1));
        DescribeTopicsOptions pages = new DescribeTopicsOptions().partitionSizeLimitPerResponse(3);
        Map<String, TopicDescription> described =
                get(admin.describeTopics(List.of("big", "small"), pages).allTopicNames());
        assertThat(described.get("big").partitions()).hasSize(7);
        assertThat(described.get("small").partitions()).hasSize(1);
    }

    @Test
    void theBrokersOwnTopicsCanBeReadAndNoMore() {
        broker.topics()
                .declareInternal(TopicSpec.stream("__consumer_offsets", 1, TopicSettings.DEFAULTS))
                .toCompletableFuture()
                .join();
        assertThat(get(admin.describeTopics(List.of("__consumer_offsets")).allTopicNames())
                        .get("__consumer_offsets")
                        .isInternal())
                .isTrue();
        assertThat(get(admin.listTopics().names())).isEmpty();
        assertFails(admin.deleteTopics(List.of("__consumer_offsets")).all(), InvalidTopicException.class);
        assertThatThrownBy(() -> send(new ProducerRecord<>("__consumer_offsets", 0, "k", "v")))
                .hasCauseInstanceOf(InvalidTopicException.class);
    }

    @Test
    void aTopicTakesWhatItsConfigsLetIn() {
        create(topic("appended", 1).configs(Map.of("message.timestamp.type", "LogAppendTime")));
        long before = System.currentTimeMillis();
        RecordMetadata stamped = send(new ProducerRecord<>("appended", 0, 5L, "k", "v"));
        assertThat(stamped.timestamp()).isGreaterThanOrEqualTo(before);
        create(topic("small", 1).configs(Map.of("max.message.bytes", "100")));
        assertThatThrownBy(() -> send(new ProducerRecord<>("small", "k", "v".repeat(200))))
                .hasCauseInstanceOf(RecordTooLargeException.class);
        create(topic("compacted", 1).configs(Map.of("cleanup.policy", "compact")));
        assertThatThrownBy(() -> send(new ProducerRecord<>("compacted", "v")))
                .hasCauseInstanceOf(org.apache.kafka.common.InvalidRecordException.class);
        create(topic("recent", 1).configs(Map.of("message.timestamp.before.max.ms", "1000")));
        assertThatThrownBy(() -> send(new ProducerRecord<>("recent", 0, 5L, "k", "v")))
                .hasCauseInstanceOf(InvalidTimestampException.class);
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, (short) 1);
    }

    private void create(NewTopic topic) {
        get(admin.createTopics(List.of(topic)).all());
    }

    private int partitionsOf(String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
    }

    private KafkaFuture<Void> increase(String topic, NewPartitions partitions) {
        return admin.createPartitions(Map.of(topic, partitions)).all();
    }

    private KafkaFuture<Void> reassign(Optional<NewPartitionReassignment> reassignment) {
        return admin.alterPartitionReassignments(Map.of(FIRST, reassignment)).all();
    }

    private ConfigEntry config(String name) {
        return get(admin.describeConfigs(List.of(EVENTS)).all()).get(EVENTS).get(name);
    }

    private static AlterConfigOp op(OpType type, String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private static Map<ConfigResource, Collection<AlterConfigOp>> alter(OpType type, String name, String value) {
        return Map.of(EVENTS, List.of(op(type, name, value)));
    }

    private void alterAll(Map<ConfigResource, Collection<AlterConfigOp>> alterations) {
        get(admin.incrementalAlterConfigs(alterations).all());
    }

    private void assertRefused(
            Map<ConfigResource, Collection<AlterConfigOp>> alterations, Class<? extends Throwable> error) {
        assertFails(admin.incrementalAlterConfigs(alterations).all(), error);
    }

    private long offset(OffsetSpec spec) {
        ListOffsetsResultInfo info = get(admin.listOffsets(Map.of(FIRST, spec)).partitionResult(FIRST));
        return info.offset();
    }

    private RecordMetadata send(ProducerRecord<String, String> record) {
        try (var producer = new KafkaProducer<>(properties(), new StringSerializer(), new StringSerializer())) {
            return producer.send(record).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFails(
            KafkaFuture<?> future, Class<? extends Throwable> error) {
        return assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(error);
    }
}
