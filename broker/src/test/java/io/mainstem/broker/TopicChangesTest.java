package io.mainstem.broker;

import static io.mainstem.broker.BrokerCalls.await;
import static io.mainstem.broker.BrokerCalls.is;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.engine.batch.Compression;
import io.mainstem.engine.batch.RecordBatch;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a topic may be told after it was made, what it takes from then on, and that a restart changes nothing. */
class TopicChangesTest {

    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private PolicyRecorder engine;
    private Broker broker;

    @BeforeEach
    void start() {
        engine = new PolicyRecorder(LocalEngine.open(directory, LocalOptions.defaults()));
        broker = await(Broker.start(
                engine,
                new BrokerOptions(
                        () -> Instant.ofEpochMilli(NOW),
                        2,
                        5,
                        1 << 20,
                        1 << 20,
                        256 << 10,
                        Long.MAX_VALUE,
                        0,
                        TypedHeaders.NONE)));
    }

    @AfterEach
    void stop() {
        broker.close();
        engine.close();
    }

    private Topic restart(String topic) {
        stop();
        start();
        return broker.topics().find(topic).orElseThrow();
    }

    @Test
    void settingsHoldFromTheStartAndAfterARestart() {
        TopicSettings settings = TopicSettings.of(Map.of("retention.ms", "5000", "flush.ms", "1"));
        await(broker.topics().create(TopicSpec.stream("events", 2, settings)));
        assertThat(engine.policies("events")).containsExactly(settings.policy(), settings.policy());
        assertThat(restart("events").spec().settings()).isEqualTo(settings);
        assertThat(engine.policies("events")).containsExactly(settings.policy(), settings.policy());
    }

    @Test
    void aChangeOfSettingsSeesWhatIsSetAndReachesEveryLog() {
        await(broker.topics().create(TopicSpec.stream("events", 2)));
        configure("events", set -> Map.of("retention.ms", "5000", "segment.ms", "9"));
        Topic topic = configure("events", set -> {
            set.remove("segment.ms");
            set.put("retention.records", "3");
            return set;
        });
        Map<String, String> wanted = Map.of("retention.ms", "5000", "retention.records", "3");
        assertThat(topic.spec().settings().explicit()).isEqualTo(wanted);
        LogPolicy policy = TopicSettings.of(wanted).policy();
        assertThat(engine.policies("events")).containsExactly(policy, policy);
        assertThat(restart("events").spec().settings().explicit()).isEqualTo(wanted);
        assertThat(engine.policies("events")).containsExactly(policy, policy);
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() {
        await(broker.topics().create(TopicSpec.stream("events", 1)));
        assertThatThrownBy(() -> configure("events", set -> Map.of("retention.ms", "x")))
                .satisfies(is(Kind.INVALID_SETTING));
        IllegalStateException own = new IllegalStateException("the caller's own");
        assertThatThrownBy(() -> configure("events", set -> {
                    throw own;
                }))
                .isSameAs(own);
        assertThatThrownBy(() -> configure("nothing", set -> set)).satisfies(is(Kind.UNKNOWN_TOPIC));
        assertThat(broker.topics().find("events").orElseThrow().spec().settings())
                .isEqualTo(TopicSettings.DEFAULTS);
        configure("events", set -> Map.of("retention.ms", "1"));
    }

    @Test
    void whatQueuesLiveFromIsKeptUntilTheyHaveSettledItWhateverItsAge() {
        Topic exchange = await(broker.topics().declare(TopicSpec.routed("exchange", Routing.ALL)));
        Queue queue = await(broker.queues().declare(QueueSpec.durable("jobs"), null));
        CompletableFuture<Void> sent = new CompletableFuture<>();
        queue.publish(message("k", "v"), (token, failure) -> sent.complete(null), 0);
        await(sent);
        assertThat(exchange.spec().settings().explicit()).isEqualTo(TopicSettings.UNTIL_SETTLED.explicit());
        assertThat(engine.policies("q.jobs").get(0).retention().millis()).isEqualTo(-1);
        assertThatThrownBy(() -> configure("q.jobs", set -> Map.of())).satisfies(is(Kind.RESERVED_NAME));
    }

    @Test
    void aTopicOfBeforeThereWereSettingsKeepsEverything() {
        FieldWriter old = new FieldWriter().number(1).text("old").number(2).number(-1);
        old.flag(false).uuid(new java.util.UUID(1, 2)).number(MetadataRecord.NO_OWNER);
        MetadataRecord decoded = MetadataRecord.decode(new FieldReader(old.bytes()));
        assertThat(decoded)
                .isEqualTo(new MetadataRecord.TopicCreated(
                        TopicSpec.stream("old", 2, TopicSettings.KEEP),
                        new java.util.UUID(1, 2),
                        MetadataRecord.NO_OWNER,
                        Cut.NONE));
    }

    @Test
    void addedPartitionsAreThereAfterARestart() {
        await(broker.topics().create(TopicSpec.stream("events", 1)));
        Topic topic = await(broker.topics().addPartitions("events", 3));
        assertThat(topic.partitions()).isEqualTo(3);
        assertThat(topic.spec().partitions()).isEqualTo(3);
        await(topic.append(2, batch(NOW, "k")));
        topic = restart("events");
        assertThat(topic.partitions()).isEqualTo(3);
        assertThat(topic.bounds(2).durableEndOffset()).isEqualTo(1);
        for (int total : List.of(0, 2, 3, Topics.PARTITIONS_LIMIT + 1)) {
            assertThatThrownBy(() -> await(broker.topics().addPartitions("events", total)))
                    .satisfies(is(Kind.INVALID_PARTITIONS));
        }
        assertThatThrownBy(() -> await(broker.topics().addPartitions("nothing", 3)))
                .satisfies(is(Kind.UNKNOWN_TOPIC));
    }

    @Test
    void whatIsBoundGetsEverythingFromAddedPartitionsAlsoAfterARestart() {
        Topic topic = await(broker.topics().create(TopicSpec.stream("events", 1)));
        Queue queue = await(broker.queues().declare(QueueSpec.durable("all"), null));
        Queue former = await(broker.queues().declare(QueueSpec.durable("former"), null));
        await(queue.bind(topic, "#"));
        await(former.bind(topic, "#"));
        await(former.unbind(topic, "#"));
        await(broker.topics().addPartitions("events", 3));
        publishToEach(topic, "before");
        topic = restart("events");
        publishToEach(topic, "after");
        assertThat(drain("all")).hasSize(6);
        assertThat(drain("former")).isEmpty();
    }

    @Test
    void aBindingMadeAfterwardsCoversAllPartitions() {
        await(broker.topics().create(TopicSpec.stream("events", 1)));
        Topic topic = await(broker.topics().addPartitions("events", 3));
        publishToEach(topic, "early");
        Queue queue = await(broker.queues().declare(QueueSpec.durable("late"), null));
        await(queue.bind(topic, "#"));
        publishToEach(topic, "wanted");
        await(queue.unbind(topic, "#"));
        publishToEach(topic, "late");
        restart("events");
        assertThat(drain("late")).containsExactly("wanted", "wanted", "wanted");
    }

    @Test
    void theBrokersOwnTopicsAreMadeByTheBrokerOnly() {
        TopicSpec spec =
                TopicSpec.stream("__consumer_offsets", 4, TopicSettings.of(Map.of("cleanup.policy", "compact")));
        Topic topic = await(broker.topics().declareInternal(spec));
        assertThat(await(broker.topics().declareInternal(spec))).isSameAs(topic);
        assertThat(topic.isInternal()).isTrue();
        assertThatThrownBy(() -> await(broker.topics().create(spec))).satisfies(is(Kind.RESERVED_NAME));
        assertThatThrownBy(() -> await(broker.topics().delete("__consumer_offsets", false)))
                .satisfies(is(Kind.RESERVED_NAME));
        assertThatThrownBy(() -> await(broker.topics().addPartitions("__consumer_offsets", 9)))
                .satisfies(is(Kind.RESERVED_NAME));
        assertThat(restart("__consumer_offsets").spec()).isEqualTo(spec);
    }

    @Test
    void aTopicTakesNoLargerBatchThanItsSettingSays() {
        Topic topic = create(Map.of("max.message.bytes", "100"));
        await(topic.append(0, batch(NOW, "k")));
        assertThatThrownBy(() -> await(topic.append(0, batch(NOW, "k".repeat(60)))))
                .satisfies(is(Kind.MESSAGE_TOO_LARGE));
    }

    @Test
    void aCompactedTopicTakesNoRecordWithoutAKey() {
        Topic topic = create(Map.of("cleanup.policy", "compact"));
        await(topic.append(0, batch(NOW, "k", "")));
        assertThatThrownBy(() -> await(topic.append(0, batch(NOW, "k", null)))).satisfies(is(Kind.INVALID_RECORD));
        CompletableFuture<Throwable> published = new CompletableFuture<>();
        topic.publish(
                new Message(NOW, null, Buffers.utf8("v"), BatchBuilder.NO_HEADERS),
                (token, failure) -> published.complete(failure),
                0);
        assertThat(await(published)).satisfies(is(Kind.INVALID_RECORD));
        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(2);
    }

    @Test
    void aTimeThatIsTooFarFromTheBrokersIsRefused() {
        Topic topic = create(Map.of("message.timestamp.before.max.ms", "10", "message.timestamp.after.max.ms", "20"));
        for (long time : new long[] {NOW - 10, NOW, NOW + 20, -1}) {
            await(topic.append(0, batch(time, "k")));
        }
        for (long time : new long[] {NOW - 11, NOW + 21, 0, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> await(topic.append(0, batch(time, "k")))).satisfies(is(Kind.INVALID_TIMESTAMP));
        }
        Topic usual = create(Map.of());
        await(usual.append(0, batch(0, "k")));
        assertThatThrownBy(() -> await(usual.append(0, batch(NOW + 3_600_001, "k"))))
                .satisfies(is(Kind.INVALID_TIMESTAMP))
                .hasMessageEndingWith("takes at most 3600000 ms ahead (message.timestamp.after.max.ms)");
    }

    @Test
    void aTopicOfAppendTimesSetsTheTimeOfEveryRecord() {
        Topic topic = create(Map.of("message.timestamp.type", "LogAppendTime", "message.timestamp.before.max.ms", "1"));
        await(topic.append(0, batch(5, "a", "b")));
        CompletableFuture<Throwable> published = new CompletableFuture<>();
        topic.publish(
                new Message(7, Buffers.utf8("k"), Buffers.utf8("v"), BatchBuilder.NO_HEADERS),
                (token, failure) -> published.complete(failure),
                0);
        assertThat(await(published)).isNull();
        ByteBuffer stored = await(topic.read(0, 0, 1 << 20));
        RecordBatch first = RecordBatch.of(stored);
        RecordBatch second = RecordBatch.at(stored, first.end());
        for (RecordBatch batch : List.of(first, second)) {
            assertThat(RecordBatch.check(stored, batch.position())).isEqualTo(RecordBatch.Problem.NONE);
            assertThat(batch.hasLogAppendTime()).isTrue();
            assertThat(batch.maxTimestampMillis()).isEqualTo(NOW);
            assertThat(batch.compression()).isEqualTo(Compression.NONE);
        }
    }

    @Test
    void recordsBeforeAnOffsetCanBeLetGo() {
        Topic topic = create(Map.of());
        await(topic.append(0, batch(NOW, "a", "b", "c")));
        assertThat(topic.sizeInBytes(0).orElseThrow()).isPositive();
        await(topic.trim(0, 3));
        assertThat(topic.bounds(0).firstOffset()).isEqualTo(3);
        assertThat(topic.producers(0)).isEmpty();
        assertThat(broker.volume().orElseThrow().directory()).isNotEmpty();
    }

    private int made;

    private Topic create(Map<String, String> settings) {
        return await(broker.topics().create(TopicSpec.stream("made" + made++, 1, TopicSettings.of(settings))));
    }

    private Topic configure(String topic, UnaryOperator<Map<String, String>> change) {
        return await(broker.topics().configure(topic, change));
    }

    private static void publishToEach(Topic topic, String value) {
        for (int partition = 0; partition < topic.partitions(); partition++) {
            await(topic.append(partition, batch(NOW, value)));
        }
    }

    private List<String> drain(String queueName) {
        Queue queue = broker.queues().find(queueName).orElseThrow();
        Topic topic = broker.topics().find("events").orElseThrow();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            CompletableFuture<Void> routed = new CompletableFuture<>();
            topic.whenRouted(partition, topic.bounds(partition).durableEndOffset(), () -> routed.complete(null));
            await(routed);
        }
        List<String> keys = new ArrayList<>();
        for (Optional<Delivery> next = await(queue.get()); next.isPresent(); next = await(queue.get())) {
            next.get().settle();
            keys.add(StandardCharsets.UTF_8.decode(next.get().record().key()).toString());
        }
        return keys;
    }

    private static ByteBuffer batch(long timestampMillis, @Nullable String... keys) {
        BatchBuilder builder = new BatchBuilder(128);
        for (String key : keys) {
            builder.add(timestampMillis, key == null ? null : Buffers.utf8(key), null, BatchBuilder.NO_HEADERS);
        }
        return builder.build();
    }

    private static Message message(String key, String value) {
        return new Message(NOW, Buffers.utf8(key), Buffers.utf8(value), BatchBuilder.NO_HEADERS);
    }
}
