package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of consumer groups in several languages. */
@Tag("foreign")
class GroupClientsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int RECORDS = 600;

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;
    private List<Entry> entries;
    private Map<String, String> digestsByKey;

    @BeforeEach
    void startBroker() {
        broker = scene.startBroker();
        entries = Entries.random(RECORDS, scene.random());
        digestsByKey = entries.stream().collect(Collectors.toMap(Entry::key, Entry::digest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java classic", "java consumer", "kcat", "kafka-python", "kafkajs"})
    void aGroupGoesOnAfterAKillWhereItHadCommitted(String client) throws Exception {
        produce();

        List<String> read = new ArrayList<>(read(client, 250));
        assertThat(committed()).isEqualTo(read.size());
        broker.killAndRestart();
        assertThat(committed()).isEqualTo(read.size());
        read.addAll(read(client, RECORDS - read.size()));

        assertThat(read).isEqualTo(entries.stream().map(Entry::digest).toList());
    }

    @Test
    void membersOfThreeLanguagesShareTheRecordsOfAGroup() throws Exception {
        try (Admin admin = KafkaClients.admin(broker)) {
            admin.createTopics(Set.of(new NewTopic("events", 6, (short) 1)))
                    .all()
                    .get();
            Map<String, Set<String>> seen = new ConcurrentHashMap<>();
            for (String client : List.of("oldest java", "kcat", "kafka-python")) {
                Set<String> lines = ConcurrentHashMap.newKeySet();
                seen.put(client, lines);
                start(client, Integer.MAX_VALUE).eachLine(lines::add);
            }
            await("three members with two partitions each")
                    .atMost(DEADLINE)
                    .until(() -> members(admin).stream()
                            .map(member -> member.assignment().topicPartitions().size())
                            .toList()
                            .equals(List.of(2, 2, 2)));

            produce();

            await("records")
                    .atMost(DEADLINE)
                    .until(() -> seen.values().stream().mapToInt(Set::size).sum() >= RECORDS);
            assertThat(seen.values()).allSatisfy(some -> assertThat(some).isNotEmpty());
            assertThat(seen.values().stream().flatMap(Collection::stream).map(this::digest))
                    .containsExactlyInAnyOrderElementsOf(
                            entries.stream().map(Entry::digest).toList());
        }
    }

    @Test
    void kafkaPythonAdministersTopicsAndGroups() throws Exception {
        assertThat(KafkaPython.start(scene, broker, "topics", "settings").lines(DEADLINE))
                .containsExactly(
                        "listed True", "partitions 3", "retention.ms 3600000", "retention.ms 7200000", "listed False");
        produce();
        int read = read("java classic", RECORDS).size();
        assertThat(KafkaPython.start(scene, broker, "groups", "readers").lines(DEADLINE))
                .containsExactly("listed True", "state Empty members 0", "events 0 " + read, "deleted ['NoError']");
    }

    @Test
    void kafkaJsAdministersTopicsAndGroups() throws Exception {
        produce();
        int read = read("java classic", RECORDS).size();
        assertThat(KafkaJs.start(scene, broker, "admin.js", "events", "readers").lines(DEADLINE))
                .containsExactly(
                        "nodes 1",
                        "created true",
                        "partitions 3",
                        "cleanup.policy compact",
                        "listed false",
                        "groups readers",
                        "state Empty",
                        "committed " + read,
                        "reset -2",
                        "set 7",
                        "low 5",
                        "groups 0");
    }

    private static Collection<MemberDescription> members(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of("readers"))
                .describedGroups()
                .get("readers")
                .get()
                .members();
    }

    private void produce() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Entry entry : entries) {
                sent.add(producer.send(KafkaClients.record("events", entry)));
            }
            for (Future<RecordMetadata> future : sent) {
                future.get();
            }
        }
    }

    private long committed() {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(broker, Map.of("group.id", "readers"))) {
            TopicPartition partition = new TopicPartition("events", 0);
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            return committed == null ? -1 : committed.offset();
        }
    }

    /** The digests of so many records at least, which the group has then committed. */
    private List<String> read(String client, int count) {
        if (client.startsWith("java ")) {
            return readWithJava(client.substring("java ".length()), count);
        }
        return start(client, count).lines(DEADLINE).stream().map(this::digest).toList();
    }

    private List<String> readWithJava(String groupProtocol, int count) {
        List<String> digests = new ArrayList<>();
        Map<String, Object> options = Map.of(
                "group.id",
                "readers",
                "group.protocol",
                groupProtocol,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                50);
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(broker, options)) {
            consumer.subscribe(List.of("events"));
            await("records").atMost(DEADLINE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    digests.add(Entry.of(record.key(), record.value()).digest());
                }
                return digests.size() >= count;
            });
            consumer.commitSync();
        }
        return digests;
    }

    /** Prints lines that end with the digest of a record, or its key. */
    private ForeignProgram start(String client, int count) {
        String number = Integer.toString(count);
        return switch (client) {
            case "oldest java" ->
                JavaClients.fetch(scene, "kafka-oldest")
                        .compile("KafkaDriver")
                        .program("java", "KafkaDriver", broker.kafka(), "group", "events", "readers", number)
                        .start();
            case "kcat" -> Kcat.group(scene, broker, "readers", "events", count);
            case "kafka-python" -> KafkaPython.start(scene, broker, "group", "events", "readers", number);
            case "kafkajs" -> KafkaJs.start(scene, broker, "group.js", "events", "readers", number);
            default -> throw new IllegalArgumentException(client);
        };
    }

    private String digest(String line) {
        String last = line.substring(line.lastIndexOf(' ') + 1);
        return digestsByKey.getOrDefault(last, last);
    }
}
