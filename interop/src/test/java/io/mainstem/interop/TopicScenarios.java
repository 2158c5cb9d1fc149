package io.mainstem.interop;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;

/** Making, growing, describing and deleting topics. */
final class TopicScenarios {

    private TopicScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("make-topics", TopicScenarios::make),
                new Scenario<>("refuse-topics", TopicScenarios::refuse),
                new Scenario<>("grow-topics", TopicScenarios::grow),
                new Scenario<>("describe-topics", TopicScenarios::describe),
                new Scenario<>("delete-topics", TopicScenarios::delete),
                new Scenario<>("reassign", TopicScenarios::reassign));
    }

    private static void make(KafkaStage stage, String name) {
        CreateTopicsResult made = stage.admin().createTopics(List.of(new NewTopic(name, 3, (short) 1)));
        stage.seeOutcome("make", made.all());
        stage.see("partitions", KafkaStage.get(made.numPartitions(name)));
        stage.see("replicas", KafkaStage.get(made.replicationFactor(name)));
        stage.see("has an id", !KafkaStage.get(made.topicId(name)).equals(Uuid.ZERO_UUID));
        stage.seeOutcome("make again", create(stage, new NewTopic(name, 3, (short) 1)));
        String unsaid = name + "-unsaid";
        CreateTopicsResult byDefault =
                stage.admin().createTopics(List.of(new NewTopic(unsaid, Optional.empty(), Optional.empty())));
        stage.see("partitions by default", KafkaStage.get(byDefault.numPartitions(unsaid)));
        String assigned = name + "-assigned";
        stage.seeOutcome("make with assignments", create(stage, new NewTopic(assigned, Map.of(0, List.of(1)))));
        stage.seeOutcome(
                "make with a broker that is not there",
                create(stage, new NewTopic(assigned + "2", Map.of(0, List.of(99)))));
        stage.seeOutcome(
                "make with a gap in the assignments",
                create(stage, new NewTopic(assigned + "3", Map.of(1, List.of(1)))));
        CreateTopicsOptions validate = new CreateTopicsOptions().validateOnly(true);
        stage.seeOutcome(
                "validate",
                stage.admin()
                        .createTopics(List.of(new NewTopic(name + "-validated", 1, (short) 1)), validate)
                        .all());
        stage.seeOutcome(
                "validate what is there",
                stage.admin()
                        .createTopics(List.of(new NewTopic(name, 1, (short) 1)), validate)
                        .all());
        stage.see(
                "topics",
                KafkaStage.get(stage.admin().listTopics().names()).stream()
                        .filter(topic -> topic.startsWith(name))
                        .sorted()
                        .toList());
    }

    private static void refuse(KafkaStage stage, String name) {
        stage.seeOutcome("no name", create(stage, new NewTopic("", 1, (short) 1)));
        stage.seeOutcome("a dot", create(stage, new NewTopic(".", 1, (short) 1)));
        stage.seeOutcome("a space", create(stage, new NewTopic("a b", 1, (short) 1)));
        stage.seeOutcome("a slash", create(stage, new NewTopic("a/b", 1, (short) 1)));
        stage.seeOutcome("249 characters", create(stage, new NewTopic("n".repeat(249), 1, (short) 1)));
        stage.seeOutcome("250 characters", create(stage, new NewTopic("n".repeat(250), 1, (short) 1)));
        stage.seeOutcome("no partitions", create(stage, new NewTopic(name, 0, (short) 1)));
        stage.seeOutcome("minus two partitions", create(stage, new NewTopic(name, -2, (short) 1)));
        stage.seeOutcome("two replicas", create(stage, new NewTopic(name, 1, (short) 2)));
        stage.seeOutcome("no replicas", create(stage, new NewTopic(name, 1, (short) 0)));
        stage.seeOutcome(
                "an unknown setting", create(stage, new NewTopic(name, 1, (short) 1).configs(Map.of("no.such", "1"))));
        stage.seeOutcome(
                "a bad value",
                create(stage, new NewTopic(name, 1, (short) 1).configs(Map.of("retention.ms", "a week"))));
        stage.seeOutcome(
                "a bad policy",
                create(stage, new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", "shred"))));
        stage.seeOutcome("colliding", create(stage, new NewTopic(name + "_x", 1, (short) 1)));
        stage.seeOutcome("with a dot for the underscore", create(stage, new NewTopic(name + ".x", 1, (short) 1)));
        stage.seeOutcome(
                "twice in one request",
                () -> KafkaStage.get(stage.admin()
                        .createTopics(List.of(
                                new NewTopic(name + "-twice", 1, (short) 1),
                                new NewTopic(name + "-twice", 2, (short) 1)))
                        .all()));
    }

    private static void grow(KafkaStage stage, String name) {
        KafkaStage.get(create(stage, new NewTopic(name, 1, (short) 1)));
        stage.publish(name, 3);
        stage.seeOutcome("to three", grow(stage, name, NewPartitions.increaseTo(3)));
        stage.seeOutcome("to three again", grow(stage, name, NewPartitions.increaseTo(3)));
        stage.seeOutcome("to two", grow(stage, name, NewPartitions.increaseTo(2)));
        stage.seeOutcome("to none", grow(stage, name, NewPartitions.increaseTo(0)));
        stage.seeOutcome("with assignments", grow(stage, name, NewPartitions.increaseTo(4, List.of(List.of(1)))));
        stage.seeOutcome(
                "with too few assignments", grow(stage, name, NewPartitions.increaseTo(6, List.of(List.of(1)))));
        stage.seeOutcome("a topic that is not there", grow(stage, name + "-absent", NewPartitions.increaseTo(2)));
        stage.see(
                "partitions",
                KafkaStage.get(stage.admin().describeTopics(List.of(name)).allTopicNames())
                        .get(name)
                        .partitions()
                        .size());
    }

    private static void describe(KafkaStage stage, String name) {
        KafkaStage.get(create(stage, new NewTopic(name, 2, (short) 1)));
        TopicDescription description = KafkaStage.get(
                        stage.admin().describeTopics(List.of(name)).allTopicNames())
                .get(name);
        stage.see("internal", description.isInternal());
        for (TopicPartitionInfo partition : description.partitions()) {
            stage.see(
                    "partition " + partition.partition(),
                    partition.leader().id() + " " + partition.replicas().size() + " "
                            + partition.isr().size());
        }
        stage.seeOutcome(
                "by id",
                stage.admin()
                        .describeTopics(TopicCollection.ofTopicIds(List.of(description.topicId())))
                        .allTopicIds());
        stage.seeOutcome(
                "not there",
                stage.admin().describeTopics(List.of(name + "-absent")).allTopicNames());
        stage.seeOutcome(
                "an id that is not there",
                stage.admin()
                        .describeTopics(TopicCollection.ofTopicIds(List.of(Uuid.randomUuid())))
                        .allTopicIds());
        stage.seeOutcome(
                "an invalid name", stage.admin().describeTopics(List.of("a b")).allTopicNames());
    }

    private static void delete(KafkaStage stage, String name) {
        KafkaStage.get(create(stage, new NewTopic(name, 2, (short) 1)));
        stage.publish(name, 3);
        stage.seeOutcome("delete", stage.admin().deleteTopics(List.of(name)).all());
        stage.seeOutcome(
                "delete again", stage.admin().deleteTopics(List.of(name)).all());
        CreateTopicsResult again = stage.admin().createTopics(List.of(new NewTopic(name, 1, (short) 1)));
        stage.seeOutcome("make it anew", again.all());
        stage.publish(name, 2);
        stage.see("end of the new one", OffsetScenarios.end(stage, name, 0));
        Uuid id = KafkaStage.get(again.topicId(name));
        stage.seeOutcome(
                "delete by id",
                stage.admin()
                        .deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .all());
        stage.seeOutcome(
                "delete by id again",
                stage.admin()
                        .deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .all());
    }

    private static void reassign(KafkaStage stage, String name) {
        KafkaStage.get(create(stage, new NewTopic(name, 2, (short) 1)));
        var partition = new TopicPartition(name, 0);
        stage.see(
                "reassignments",
                KafkaStage.get(stage.admin().listPartitionReassignments().reassignments()));
        stage.seeOutcome(
                "cancel",
                stage.admin()
                        .alterPartitionReassignments(Map.of(partition, Optional.empty()))
                        .all());
        var elsewhere = new NewPartitionReassignment(List.of(7));
        stage.seeOutcome(
                "to a broker that is not there",
                stage.admin()
                        .alterPartitionReassignments(Map.of(partition, Optional.of(elsewhere)))
                        .all());
        var here = new NewPartitionReassignment(List.of(1));
        stage.seeOutcome(
                "to where it is",
                stage.admin()
                        .alterPartitionReassignments(Map.of(partition, Optional.of(here)))
                        .all());
        var elected = KafkaStage.get(stage.admin()
                .electLeaders(ElectionType.PREFERRED, Set.of(partition))
                .partitions());
        Map<String, String> outcomes = new TreeMap<>();
        elected.forEach((which, failure) -> outcomes.put(
                which.toString(), failure.map(KafkaStage::errorName).orElse("elected")));
        stage.see("elect", outcomes);
    }

    static Future<Void> create(KafkaStage stage, NewTopic topic) {
        return stage.admin().createTopics(List.of(topic)).all();
    }

    /** Makes topics of one partition. */
    static void make(KafkaStage stage, Collection<String> names) {
        KafkaStage.get(stage.admin()
                .createTopics(names.stream()
                        .map(name -> new NewTopic(name, 1, (short) 1))
                        .toList())
                .all());
    }

    private static Future<Void> grow(KafkaStage stage, String name, NewPartitions partitions) {
        return stage.admin().createPartitions(Map.of(name, partitions)).all();
    }
}
