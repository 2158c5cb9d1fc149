package io.mainstem.interop;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/** What an administrator asks of the cluster itself. */
final class ClusterScenarios {

    private ClusterScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("describe-cluster", ClusterScenarios::describe),
                new Scenario<>("describe-producers", ClusterScenarios::producers),
                new Scenario<>("describe-log-dirs", ClusterScenarios::logDirs),
                new Scenario<>("security", ClusterScenarios::security));
    }

    private static void describe(KafkaStage stage, String name) {
        DescribeClusterResult cluster = stage.admin().describeCluster();
        stage.see("nodes", KafkaStage.get(cluster.nodes()).size());
        stage.see("controller is a node", KafkaStage.get(cluster.controller()).id());
        stage.see("has an id", !KafkaStage.get(cluster.clusterId()).isEmpty());
        stage.see("authorized operations", KafkaStage.get(cluster.authorizedOperations()));
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        stage.see(
                "the broker's settings are described",
                !KafkaStage.get(stage.admin().describeConfigs(List.of(broker)).all())
                        .get(broker)
                        .entries()
                        .isEmpty());
        stage.seeOutcome(
                "a broker that is not there",
                stage.impatientAdmin()
                        .describeConfigs(List.of(new ConfigResource(ConfigResource.Type.BROKER, "77")))
                        .all());
        stage.see("played", name);
    }

    private static void producers(KafkaStage stage, String name) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 1, (short) 1)));
        TopicPartition partition = new TopicPartition(name, 0);
        long baseMillis = System.currentTimeMillis();
        try (KafkaProducer<String, String> producer = stage.producer(Map.of("linger.ms", 0))) {
            for (int i = 0; i < 3; i++) {
                KafkaStage.get(producer.send(new ProducerRecord<>(name, 0, baseMillis + i, "k", "v")));
            }
            List<ProducerState> states = KafkaStage.get(
                            stage.admin().describeProducers(List.of(partition)).partitionResult(partition))
                    .activeProducers();
            stage.see("how many", states.size());
            ProducerState state = states.get(0);
            stage.see(
                    "state",
                    state.producerEpoch() + " " + state.lastSequence() + " " + (state.lastTimestamp() - baseMillis)
                            + " " + state.currentTransactionStartOffset());
        }
        TopicPartition absent = new TopicPartition(name, 3);
        stage.seeOutcome(
                "a partition that is not there",
                stage.impatientAdmin().describeProducers(List.of(absent)).partitionResult(absent));
    }

    private static void logDirs(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        stage.publish(name, 10);
        var directories = KafkaStage.get(
                        stage.admin().describeLogDirs(List.of(1)).allDescriptions())
                .get(1);
        stage.see("directories", directories.size());
        Map<String, Object> replicas = new TreeMap<>();
        directories
                .values()
                .forEach(directory -> directory.replicaInfos().forEach((partition, info) -> {
                    if (partition.topic().equals(name)) {
                        replicas.put(
                                partition.toString(),
                                (info.size() > 0) + " " + info.offsetLag() + " " + info.isFuture());
                    }
                }));
        stage.see("replicas", replicas);
        stage.see(
                "bytes are known",
                directories.values().stream()
                        .allMatch(directory -> directory.totalBytes().orElse(-1) > 0));
    }

    private static void security(KafkaStage stage, String name) {
        AclBindingFilter any = new AclBindingFilter(ResourcePatternFilter.ANY, AccessControlEntryFilter.ANY);
        stage.seeOutcome("access control lists", stage.admin().describeAcls(any).values());
        stage.see(
                "quotas",
                KafkaStage.get(stage.admin()
                        .describeClientQuotas(ClientQuotaFilter.all())
                        .entities()));
        stage.see("played", name);
    }
}
