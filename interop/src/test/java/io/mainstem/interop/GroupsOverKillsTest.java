package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Real input through two consumer groups, one of each protocol, whose members are killed, added and paused while the
 * broker is killed.
 */
@Tag("foreign")
class GroupsOverKillsTest {

    private static final String TOPIC = "packages";
    private static final int PARTITIONS = 6;
    private static final int LEAD = 4_000;
    private static final Duration DEADLINE = Duration.ofMinutes(4);

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;

    /** A group whose members come and go. */
    private final class Group {

        private final String name;
        private final Map<String, Object> settings;
        private final GroupHistory history = new GroupHistory();
        private final List<GroupMember> members = new ArrayList<>();

        Group(String name, Map<String, Object> settings) {
            this.name = name;
            this.settings = new HashMap<>(settings);
            this.settings.put("group.id", name);
            IntStream.range(0, 3).forEach(number -> add());
        }

        void add() {
            members.add(scene.closing(new GroupMember(broker.kafka(), TOPIC, history, settings)));
        }

        GroupMember any() {
            return members.get(scene.random().nextInt(members.size()));
        }

        void killOne() {
            GroupMember victim = any();
            members.remove(victim);
            victim.kill();
        }

        void lookUp(Admin admin) throws ExecutionException, InterruptedException {
            admin.listConsumerGroupOffsets(name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> history.lookedUp(partition, offset.offset()));
        }

        void awaitHandled(long count) {
            await(count + " records at " + name).atMost(DEADLINE).until(() -> history.handled() >= count);
        }
    }

    @Test
    void eachGroupHandlesEveryRecordInOrderWhileMembersAndBrokerAreKilled() throws Exception {
        byte[] dump =
                scene.program("apt-cache", "apt-cache", "dumpavail").start().output(DEADLINE);
        List<Entry> packages = Entries.paragraphs(new String(dump, StandardCharsets.ISO_8859_1));
        assertThat(packages).as("run apt-get update").hasSizeGreaterThan(10_000);
        broker = scene.startBroker();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            Map<String, Object> classic = Map.of(
                    "group.protocol", "classic",
                    "session.timeout.ms", 6000,
                    "heartbeat.interval.ms", 500,
                    "max.poll.interval.ms", 6000);
            Group first = new Group("by-classic", classic);
            Group second = new Group("by-consumer", Map.of("group.protocol", "consumer"));

            publishOverKills(packages, List.of(first, second), admin);

            Map<TopicPartition, Long> ends = ends(packages.size(), admin);
            for (Group group : List.of(first, second)) {
                await("all records at " + group.name)
                        .atMost(DEADLINE)
                        .failFast(
                                "a member has failed",
                                () -> group.members.stream().anyMatch(member -> member.failure() != null))
                        .until(() -> group.history.hasAll(ends));
                group.members.forEach(GroupMember::close);
                group.lookUp(admin);
                assertThat(group.history.violations(ends))
                        .as("what group %s did wrong", group.name)
                        .isEmpty();
                System.out.printf(
                        "group %s: %d records, %d handled again, %d stints%n",
                        group.name,
                        packages.size(),
                        group.history.handled() - packages.size(),
                        group.history.stintCount());
            }
        }
    }

    /** Before each of the broker's deaths one member is killed, or one comes, or one stands still, in full flow. */
    private void publishOverKills(List<Entry> packages, List<Group> groups, Admin admin)
            throws ExecutionException, InterruptedException {
        CompletableFuture<Void> published = CompletableFuture.runAsync(() -> publish(packages, groups));
        List<Integer> moments = scene.moments(3, packages.size());
        for (int moment : moments) {
            for (Group group : groups) {
                group.awaitHandled(moment);
                disturb(group, moments.indexOf(moment));
            }
            broker.killAndRestart();
            for (Group group : groups) {
                group.lookUp(admin);
            }
        }
        assertThat(published).succeedsWithin(DEADLINE);
    }

    /** Never far ahead of the groups, so that they have something to do whenever something happens. */
    private void publish(List<Entry> packages, List<Group> groups) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            for (Entry entry : packages) {
                if (sent.size() % LEAD == 0) {
                    long needed = (long) sent.size() - LEAD;
                    groups.forEach(group -> group.awaitHandled(needed));
                }
                sent.add(producer.send(KafkaClients.record(TOPIC, entry)));
            }
            producer.flush();
        }
        assertThat(sent).allSatisfy(each -> assertThat(each).succeedsWithin(DEADLINE));
    }

    private void disturb(Group group, int which) {
        switch (which) {
            case 0 -> group.killOne();
            case 1 -> group.add();
            default -> group.any().pause(Duration.ofSeconds(8));
        }
    }

    private Map<TopicPartition, Long> ends(int expected, Admin admin) throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            TopicPartition each = new TopicPartition(TOPIC, partition);
            ends.put(
                    each,
                    admin.listOffsets(Map.of(each, OffsetSpec.latest()))
                            .partitionResult(each)
                            .get()
                            .offset());
        }
        assertThat(ends.values().stream().mapToLong(Long::longValue).sum())
                .as("the idempotent producer has stored each record once")
                .isEqualTo(expected);
        return ends;
    }
}
