package io.mainstem.protocol.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitionsCollection;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Requests of administrators, with the answer that is due. */
final class AdminRequests {

    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;

    /** The keys that are known here, with what is answered where the topic is there, and where it is not. */
    static final Map<ApiKeys, Answers> ANSWERS = Map.ofEntries(
            answers(ApiKeys.DELETE_TOPICS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.DELETE_RECORDS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.OFFSET_FOR_LEADER_EPOCH, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.DESCRIBE_CONFIGS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.ALTER_CONFIGS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.INCREMENTAL_ALTER_CONFIGS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.CREATE_PARTITIONS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.DESCRIBE_CLUSTER, Errors.NONE, Errors.NONE),
            answers(ApiKeys.DESCRIBE_LOG_DIRS, Errors.NONE, Errors.NONE),
            answers(ApiKeys.ELECT_LEADERS, Errors.ELECTION_NOT_NEEDED, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.LIST_PARTITION_REASSIGNMENTS, Errors.NONE, Errors.NONE),
            answers(ApiKeys.DESCRIBE_CLIENT_QUOTAS, Errors.NONE, Errors.NONE),
            answers(ApiKeys.DESCRIBE_PRODUCERS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.LIST_CONFIG_RESOURCES, Errors.NONE, Errors.NONE),
            answers(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, Errors.NONE, Errors.UNKNOWN_TOPIC_OR_PARTITION),
            answers(ApiKeys.DESCRIBE_ACLS, Errors.SECURITY_DISABLED, Errors.SECURITY_DISABLED),
            answers(ApiKeys.CREATE_ACLS, Errors.SECURITY_DISABLED, Errors.SECURITY_DISABLED),
            answers(ApiKeys.DELETE_ACLS, Errors.SECURITY_DISABLED, Errors.SECURITY_DISABLED),
            answers(ApiKeys.SASL_HANDSHAKE, Errors.ILLEGAL_SASL_STATE, Errors.ILLEGAL_SASL_STATE),
            answers(ApiKeys.SASL_AUTHENTICATE, Errors.ILLEGAL_SASL_STATE, Errors.ILLEGAL_SASL_STATE));

    record Answers(Errors present, Errors absent) {}

    private AdminRequests() {}

    private static Map.Entry<ApiKeys, Answers> answers(ApiKeys key, Errors present, Errors absent) {
        return Map.entry(key, new Answers(present, absent));
    }

    /** A request about the first partition of a topic, which has {@code partitions} of them. */
    static ApiMessage about(ApiKeys key, int version, String topic, int partitions) {
        return switch (key) {
            case DELETE_TOPICS ->
                version < 6
                        ? new DeleteTopicsRequestData().setTopicNames(List.of(topic))
                        : new DeleteTopicsRequestData()
                                .setTopics(List.of(
                                        new DeleteTopicState().setName(topic).setTopicId(Uuid.ZERO_UUID)));
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTopics(List.of(new DeleteRecordsTopic()
                                .setName(topic)
                                .setPartitions(List.of(new DeleteRecordsPartition().setOffset(-1)))));
            case OFFSET_FOR_LEADER_EPOCH -> leaderEpoch(version, topic);
            case CREATE_PARTITIONS -> {
                CreatePartitionsRequestData data = new CreatePartitionsRequestData();
                data.topics()
                        .add(new CreatePartitionsTopic()
                                .setName(topic)
                                .setCount(partitions + 1)
                                .setAssignments(null));
                yield data;
            }
            case DESCRIBE_CLUSTER -> new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true);
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequestData().setTopics(null);
            case ELECT_LEADERS -> {
                TopicPartitionsCollection all = new TopicPartitionsCollection();
                all.add(new TopicPartitions().setTopic(topic).setPartitions(List.of(0)));
                yield new ElectLeadersRequestData().setTopicPartitions(all);
            }
            case ALTER_PARTITION_REASSIGNMENTS ->
                new AlterPartitionReassignmentsRequestData()
                        .setTopics(List.of(new ReassignableTopic()
                                .setName(topic)
                                .setPartitions(
                                        List.of(new ReassignablePartition().setReplicas(List.of(Client.NODE_ID))))));
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsRequestData().setTopics(null);
            case DESCRIBE_PRODUCERS ->
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(topic)
                                .setPartitionIndexes(List.of(0))));
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new TopicRequest().setName(topic)))
                        .setResponsePartitionLimit(1);
            default -> aboutConfigs(key, version, topic);
        };
    }

    private static ApiMessage leaderEpoch(int version, String topic) {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic()
                .setTopic(topic)
                .setPartitions(List.of(new OffsetForLeaderPartition().setLeaderEpoch(0))));
        return new OffsetForLeaderEpochRequestData()
                .setReplicaId(version < 3 ? -2 : -1)
                .setTopics(topics);
    }

    private static ApiMessage aboutConfigs(ApiKeys key, int version, String topic) {
        return switch (key) {
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequestData()
                        .setResources(List.of(
                                new DescribeConfigsResource()
                                        .setResourceType(TOPIC)
                                        .setResourceName(topic)
                                        .setConfigurationKeys(null),
                                new DescribeConfigsResource()
                                        .setResourceType(BROKER)
                                        .setResourceName("1")
                                        .setConfigurationKeys(null)))
                        .setIncludeSynonyms(true)
                        .setIncludeDocumentation(version >= 3);
            case ALTER_CONFIGS -> {
                AlterConfigsRequestData data = new AlterConfigsRequestData();
                AlterConfigsRequestData.AlterConfigsResource resource =
                        new AlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(TOPIC)
                                .setResourceName(topic);
                resource.configs()
                        .add(new AlterConfigsRequestData.AlterableConfig()
                                .setName("retention.ms")
                                .setValue("1"));
                data.resources().add(resource);
                yield data;
            }
            case INCREMENTAL_ALTER_CONFIGS -> {
                IncrementalAlterConfigsRequestData data = new IncrementalAlterConfigsRequestData();
                IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                        new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(TOPIC)
                                .setResourceName(topic);
                resource.configs()
                        .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                                .setName("retention.ms")
                                .setValue("1"));
                data.resources().add(resource);
                yield data;
            }
            case LIST_CONFIG_RESOURCES ->
                new ListConfigResourcesRequestData().setResourceTypes(version < 1 ? List.of() : List.of(TOPIC, BROKER));
            case DESCRIBE_CLIENT_QUOTAS -> new DescribeClientQuotasRequestData();
            default -> aboutSecurity(key, topic);
        };
    }

    private static ApiMessage aboutSecurity(ApiKeys key, String topic) {
        byte any = 1;
        byte allow = 3;
        byte literal = 3;
        return switch (key) {
            case DESCRIBE_ACLS ->
                new DescribeAclsRequestData()
                        .setResourceTypeFilter(any)
                        .setPatternTypeFilter(any)
                        .setOperation(any)
                        .setPermissionType(any);
            case CREATE_ACLS ->
                new CreateAclsRequestData()
                        .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                                .setResourceType(TOPIC)
                                .setResourceName(topic)
                                .setResourcePatternType(literal)
                                .setPrincipal("User:me")
                                .setHost("*")
                                .setOperation((byte) 3)
                                .setPermissionType(allow)));
            case DELETE_ACLS ->
                new DeleteAclsRequestData()
                        .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                                .setResourceTypeFilter(any)
                                .setPatternTypeFilter(any)
                                .setOperation(any)
                                .setPermissionType(any)));
            case SASL_HANDSHAKE -> new SaslHandshakeRequestData().setMechanism("PLAIN");
            case SASL_AUTHENTICATE -> new SaslAuthenticateRequestData().setAuthBytes(new byte[] {1});
            default -> throw new AssertionError("a key that no test knows: " + key);
        };
    }
}
