package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** Consumer groups of both protocols: members, offsets, administration, what is refused. */
final class GroupScenarios {

    private static final String CLASSIC = "classic";
    private static final String CONSUMER = "consumer";

    private GroupScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        List<Scenario<KafkaStage>> all = new ArrayList<>();
        for (String protocol : List.of(CLASSIC, CONSUMER)) {
            all.add(new Scenario<>("share-" + protocol, (stage, name) -> share(stage, name, protocol)));
            all.add(new Scenario<>("resume-" + protocol, (stage, name) -> resume(stage, name, protocol)));
            all.add(new Scenario<>("administer-" + protocol, (stage, name) -> administer(stage, name, protocol)));
            all.add(new Scenario<>("pattern-" + protocol, (stage, name) -> pattern(stage, name, protocol)));
            all.add(new Scenario<>("static-" + protocol, (stage, name) -> staticMembers(stage, name, protocol)));
        }
        all.add(new Scenario<>("cooperative", GroupScenarios::cooperative));
        all.add(new Scenario<>("commit-without-membership", GroupScenarios::commitWithoutMembership));
        all.add(new Scenario<>("no-such-group", GroupScenarios::noSuchGroup));
        return all;
    }

    private static KafkaConsumer<String, String> member(
            KafkaStage stage, String group, String protocol, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("group.id", group);
        settings.put("group.protocol", protocol);
        return stage.consumer(settings);
    }

    private static void share(KafkaStage stage, String name, String protocol) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 4, (short) 1)));
        stage.publish(name, 8);
        try (KafkaConsumer<String, String> first = member(stage, name, protocol, Map.of("client.id", "first"));
                KafkaConsumer<String, String> second = member(stage, name, protocol, Map.of("client.id", "second"))) {
            first.subscribe(List.of(name));
            stage.see("records of the first", KafkaStage.take(first, 8).size());
            second.subscribe(List.of(name));
            settle(Set.of(first, second), 4);
            stage.see("share of the first", first.assignment().size());
            stage.see("share of the second", second.assignment().size());
            Set<TopicPartition> both = new HashSet<>(first.assignment());
            both.addAll(second.assignment());
            stage.see("of all", both.size());
            first.commitSync();
            ConsumerGroupDescription description = describe(stage, name);
            stage.see("state", description.groupState());
            stage.see("type", description.type());
            stage.see("simple", description.isSimpleConsumerGroup());
            stage.see("assignor", description.partitionAssignor());
            stage.see(
                    "members",
                    description.members().stream()
                            .map(MemberDescription::clientId)
                            .sorted()
                            .toList());
            stage.see("coordinator", description.coordinator().id());
            stage.seeOutcome(
                    "delete a group with members",
                    stage.admin().deleteConsumerGroups(List.of(name)).all());
            stage.seeOutcome(
                    "alter the offsets of a group with members",
                    stage.admin()
                            .alterConsumerGroupOffsets(
                                    name, Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(1)))
                            .all());
            stage.seeOutcome(
                    "delete an offset that is subscribed",
                    stage.admin()
                            .deleteConsumerGroupOffsets(name, Set.of(new TopicPartition(name, 0)))
                            .all());
            second.unsubscribe();
            settle(Set.of(first), 4);
            stage.see("all of them again", first.assignment().size());
        }
        await("an empty group")
                .atMost(KafkaStage.DEADLINE)
                .until(() -> describe(stage, name).groupState() == GroupState.EMPTY);
        stage.see("without members", describe(stage, name).members().size());
    }

    /** Polls all of them until they share so many partitions, each of them some. */
    private static void settle(Set<KafkaConsumer<String, String>> members, int partitions) {
        long deadlineNanos = System.nanoTime() + KafkaStage.DEADLINE.toNanos();
        while (true) {
            members.forEach(member -> member.poll(Duration.ofMillis(20)));
            int assigned = members.stream()
                    .mapToInt(member -> member.assignment().size())
                    .sum();
            if (assigned == partitions
                    && members.stream().noneMatch(member -> member.assignment().isEmpty())) {
                return;
            }
            if (System.nanoTime() > deadlineNanos) {
                throw new IllegalStateException("the members do not settle");
            }
        }
    }

    private static ConsumerGroupDescription describe(KafkaStage stage, String group) {
        return KafkaStage.get(
                        stage.admin().describeConsumerGroups(List.of(group)).all())
                .get(group);
    }

    private static void resume(KafkaStage stage, String name, String protocol) {
        TopicScenarios.make(stage, List.of(name));
        stage.publish(name, 10);
        TopicPartition partition = new TopicPartition(name, 0);
        try (KafkaConsumer<String, String> consumer = member(stage, name, protocol, Map.of("max.poll.records", 4))) {
            consumer.subscribe(List.of(name));
            stage.see("first", offsets(KafkaStage.take(consumer, 4)));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(4, "four")));
            stage.see("committed", consumer.committed(Set.of(partition)));
        }
        try (KafkaConsumer<String, String> consumer = member(stage, name, protocol, Map.of())) {
            consumer.subscribe(List.of(name));
            stage.see("then", offsets(KafkaStage.take(consumer, 6)));
            stage.seeOutcome("commit a partition that is not there", () -> {
                consumer.commitSync(
                        Map.of(new TopicPartition(name, 5), new OffsetAndMetadata(1)), Duration.ofSeconds(2));
                return "done";
            });
            stage.seeOutcome("commit long metadata", () -> {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "m".repeat(5000))));
                return "done";
            });
            stage.seeOutcome("commit beyond the end", () -> {
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1000)));
                return "done";
            });
        }
        stage.see("in the end", offsetsOf(stage, name));
    }

    private static List<Long> offsets(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::offset).toList();
    }

    private static Map<String, Object> offsetsOf(KafkaStage stage, String group) {
        Map<String, Object> offsets = new TreeMap<>();
        KafkaStage.get(stage.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> offsets.put(
                        partition.toString(), offset == null ? "none" : offset.offset() + " " + offset.metadata()));
        return offsets;
    }

    private static void administer(KafkaStage stage, String name, String protocol) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 2, (short) 1)));
        stage.publish(name, 3);
        try (KafkaConsumer<String, String> consumer = member(stage, name, protocol, Map.of())) {
            consumer.subscribe(List.of(name));
            KafkaStage.take(consumer, 3);
            consumer.commitSync();
        }
        await("an empty group")
                .atMost(KafkaStage.DEADLINE)
                .until(() -> describe(stage, name).groupState() == GroupState.EMPTY);
        stage.see(
                "listed",
                KafkaStage.get(stage.admin()
                                .listGroups(ListGroupsOptions.forConsumerGroups())
                                .all())
                        .stream()
                        .filter(group -> group.groupId().equals(name))
                        .map(group -> group.groupId() + " " + group.type() + " " + group.protocol() + " "
                                + group.groupState())
                        .toList());
        stage.see(
                "listed by type and state",
                KafkaStage.get(stage.admin()
                                .listGroups(new ListGroupsOptions()
                                        .withTypes(Set.of(GroupType.parse(protocol)))
                                        .inGroupStates(Set.of(GroupState.EMPTY)))
                                .all())
                        .stream()
                        .anyMatch(group -> group.groupId().equals(name)));
        administerOffsets(stage, name);
    }

    private static void administerOffsets(KafkaStage stage, String name) {
        stage.see("offsets", offsetsOf(stage, name));
        TopicPartition zero = new TopicPartition(name, 0);
        stage.seeOutcome(
                "alter",
                stage.admin()
                        .alterConsumerGroupOffsets(name, Map.of(zero, new OffsetAndMetadata(1, "altered")))
                        .all());
        stage.seeOutcome(
                "alter an offset of a topic that is not there",
                stage.admin()
                        .alterConsumerGroupOffsets(
                                name, Map.of(new TopicPartition(name + "-absent", 0), new OffsetAndMetadata(1)))
                        .all());
        stage.see("altered", offsetsOf(stage, name));
        stage.seeOutcome(
                "delete one",
                stage.admin()
                        .deleteConsumerGroupOffsets(name, Set.of(new TopicPartition(name, 1)))
                        .all());
        stage.see("one deleted", offsetsOf(stage, name));
        stage.seeOutcome(
                "delete the group",
                stage.admin().deleteConsumerGroups(List.of(name)).all());
        stage.seeOutcome(
                "delete it again",
                stage.admin().deleteConsumerGroups(List.of(name)).all());
        stage.see("deleted", offsetsOf(stage, name));
        KafkaStage.get(stage.admin()
                .alterConsumerGroupOffsets(name, Map.of(zero, new OffsetAndMetadata(2)))
                .all());
        stage.see("made by an offset", describe(stage, name).groupState());
        KafkaStage.get(stage.admin().deleteTopics(List.of(name)).all());
        await("offsets of a deleted topic go")
                .atMost(KafkaStage.DEADLINE)
                .until(() -> offsetsOf(stage, name).isEmpty());
        stage.see("offsets of a deleted topic", offsetsOf(stage, name));
    }

    private static void pattern(KafkaStage stage, String name, String protocol) {
        TopicScenarios.make(stage, List.of(name + "-a", name + "-b", name + "x"));
        stage.publish(name + "-a", 1);
        stage.publish(name + "-b", 1);
        stage.publish(name + "x", 1);
        try (KafkaConsumer<String, String> consumer =
                member(stage, name, protocol, Map.of("metadata.max.age.ms", 300))) {
            consumer.subscribe(Pattern.compile(Pattern.quote(name) + "-.*"));
            List<ConsumerRecord<String, String>> taken = new ArrayList<>(KafkaStage.take(consumer, 2));
            TopicScenarios.make(stage, List.of(name + "-c"));
            stage.publish(name + "-c", 1);
            KafkaStage.pollUntil(consumer, taken, all -> all.size() >= 3);
            stage.see(
                    "topics", taken.stream().map(ConsumerRecord::topic).sorted().toList());
        }
    }

    private static void staticMembers(KafkaStage stage, String name, String protocol) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 2, (short) 1)));
        stage.publish(name, 2);
        Map<String, Object> one = Map.of("group.instance.id", "one", "client.id", "one");
        try (KafkaConsumer<String, String> member = member(stage, name, protocol, one)) {
            member.subscribe(List.of(name));
            stage.see("records", KafkaStage.take(member, 2).size());
            member.commitSync();
            ConsumerGroupDescription description = describe(stage, name);
            stage.see(
                    "instances",
                    description.members().stream()
                            .map(each -> each.groupInstanceId().orElse("none"))
                            .toList());
            if (protocol.equals(CLASSIC)) {
                try (KafkaConsumer<String, String> usurper = member(stage, name, protocol, one)) {
                    usurper.subscribe(List.of(name));
                    settle(Set.of(usurper), 2);
                    stage.seeOutcome("the one that was replaced", () -> {
                        for (int i = 0; i < 200; i++) {
                            member.poll(Duration.ofMillis(50));
                        }
                        return "goes on";
                    });
                }
            }
        }
        stage.see(
                "a static member that has closed stays for its session",
                describe(stage, name).members().size());
    }

    private static void cooperative(KafkaStage stage, String name) {
        KafkaStage.get(TopicScenarios.create(stage, new NewTopic(name, 4, (short) 1)));
        Map<String, Object> settings =
                Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        try (KafkaConsumer<String, String> first = member(stage, name, CLASSIC, settings);
                KafkaConsumer<String, String> second = member(stage, name, CLASSIC, settings)) {
            first.subscribe(List.of(name));
            settle(Set.of(first), 4);
            second.subscribe(List.of(name));
            settle(Set.of(first, second), 4);
            stage.see(
                    "shares",
                    first.assignment().size() + " " + second.assignment().size());
            stage.see("assignor", describe(stage, name).partitionAssignor());
        }
    }

    private static void commitWithoutMembership(KafkaStage stage, String name) {
        TopicScenarios.make(stage, List.of(name));
        stage.publish(name, 3);
        TopicPartition partition = new TopicPartition(name, 0);
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of("group.id", name))) {
            consumer.assign(List.of(partition));
            stage.see("committed at first", consumer.committed(Set.of(partition)));
            stage.see("read", KafkaStage.take(consumer, 3).size());
            consumer.commitSync();
            stage.see(
                    "committed then",
                    consumer.committed(Set.of(partition)).get(partition).offset());
        }
        ConsumerGroupDescription description = describe(stage, name);
        stage.see("state", description.groupState() + " " + description.type());
        stage.see("simple", description.isSimpleConsumerGroup());
        try (KafkaConsumer<String, String> consumer = stage.consumer(Map.of())) {
            consumer.assign(List.of(partition));
            stage.seeOutcome("commit without a group", () -> {
                consumer.commitSync();
                return "done";
            });
        }
    }

    private static void noSuchGroup(KafkaStage stage, String name) {
        stage.seeOutcome(
                "describe", stage.admin().describeConsumerGroups(List.of(name)).all());
        stage.see("offsets", offsetsOf(stage, name));
        stage.seeOutcome(
                "delete", stage.admin().deleteConsumerGroups(List.of(name)).all());
        stage.seeOutcome(
                "delete its offsets",
                stage.admin()
                        .deleteConsumerGroupOffsets(name, Set.of(new TopicPartition(name, 0)))
                        .all());
        stage.seeOutcome(
                "delete a group without a name",
                stage.admin().deleteConsumerGroups(List.of("")).all());
    }
}
