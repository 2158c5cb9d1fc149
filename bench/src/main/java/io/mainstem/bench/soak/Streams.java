package io.mainstem.bench.soak;

import io.mainstem.bench.soak.check.KeyedSource;
import io.mainstem.bench.soak.check.Latest;
import io.mainstem.bench.soak.check.Message;
import io.mainstem.bench.soak.check.Source;
import io.mainstem.bench.soak.check.Stint;
import io.mainstem.bench.soak.check.StreamLedger;
import io.mainstem.bench.soak.check.Violations.Kind;
import io.mainstem.bench.soak.client.GroupMember;
import io.mainstem.bench.soak.client.Load;
import io.mainstem.bench.soak.client.Repeated;
import io.mainstem.bench.soak.client.StreamProducer;
import io.mainstem.bench.soak.client.Target;
import io.mainstem.bench.soak.client.TopicReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Topics of Kafka clients: what goes by its age, what goes by its size, what is compacted, and what a queue has
 * adopted.
 */
final class Streams {

    static final String ADOPTED = "soak.adopted";
    static final int SEGMENT_BYTES = 1 << 20;
    static final int RETENTION_MILLIS = 120_000;
    static final int RETENTION_BYTES = 8 << 20;

    private static final String BY_AGE = "soak.by-age";
    private static final String BY_SIZE = "soak.by-size";
    private static final String LATEST = "soak.latest";
    private static final int KEYS = 1_000;
    private static final String RETENTION = "retention.ms";

    private final Target target;
    private final KeyedSource latest;
    private final Map<String, List<Source>> sourcesOf = new HashMap<>();
    private volatile long compactedRecords;

    /** @param adopted the sources of other clients that write to the adopted topic */
    Streams(Parts parts, Target target, List<Source> adopted) {
        this.target = target;
        this.latest = parts.add(new KeyedSource(parts.nextId(), LATEST, KEYS));
        parts.sends(new StreamProducer(target, LATEST, List.of(latest), latest::keyOf, new Load(300, 200)));
        written(parts, BY_AGE, 3, new Load(600, 200));
        written(parts, BY_SIZE, 2, new Load(400, 200));
        written(parts, ADOPTED, 2, new Load(200, 200));
        sourcesOf.merge(ADOPTED, adopted, Streams::both);
        parts.receives(new Repeated(target, "reader of " + LATEST, this::checkLatest));
        read(parts, BY_AGE, "classic");
        read(parts, BY_SIZE, "consumer");
        read(parts, ADOPTED, "consumer");
    }

    private static List<Source> both(List<Source> some, List<Source> others) {
        List<Source> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private void written(Parts parts, String topic, int partitions, Load load) {
        List<Source> sources = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            sources.add(parts.source(topic + "-" + partition));
        }
        sourcesOf.put(topic, sources);
        parts.sends(new StreamProducer(target, topic, sources, sequence -> (int) (sequence % KEYS), load));
    }

    private void read(Parts parts, String topic, String protocol) {
        StreamLedger ledger = parts.add(new StreamLedger(topic + ".group", sourcesOf(topic), target.violations()));
        parts.receives(new GroupMember(target, topic, protocol, ledger));
        parts.receives(new GroupMember(target, topic, protocol, ledger));
    }

    List<Source> sourcesOf(String topic) {
        return sourcesOf.getOrDefault(topic, List.of());
    }

    void declare(Admin admin) throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(
                        topic(BY_AGE, 3, Map.of(RETENTION, Integer.toString(RETENTION_MILLIS))),
                        topic(BY_SIZE, 2, Map.of("retention.bytes", Integer.toString(RETENTION_BYTES))),
                        topic(ADOPTED, 2, Map.of(RETENTION, Integer.toString(RETENTION_MILLIS))),
                        topic(LATEST, 1, Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.2"))))
                .all()
                .get();
    }

    private static NewTopic topic(String name, int partitions, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("segment.bytes", Integer.toString(SEGMENT_BYTES));
        return new NewTopic(name, partitions, (short) 1).configs(all);
    }

    /** Reads the compacted topic from its beginning: of each key there is what was acknowledged last. */
    private void checkLatest() {
        Latest reading = latest.latest();
        new TopicReader(target)
                .read(
                        LATEST,
                        record -> Message.decode(record.value())
                                .ifPresentOrElse(
                                        message -> reading.read(
                                                ByteBuffer.wrap(record.key()).getInt(), message, target.violations()),
                                        () -> target.violations()
                                                .report(Kind.STRANGE, LATEST, "offset " + record.offset())));
        reading.end(target.violations());
        compactedRecords = reading.records();
    }

    /** Reads what is left of the other topics: nothing is missing in it. Nobody writes meanwhile. */
    List<Check> checkRetained() {
        checkLatest();
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                "compaction has removed records",
                compactedRecords < latest.acknowledgedCount(),
                compactedRecords + " of " + latest.acknowledgedCount() + " are left of " + KEYS + " keys"));
        for (String topic : List.of(BY_AGE, BY_SIZE, ADOPTED)) {
            long first = readAll(topic);
            checks.add(new Check(
                    "retention has removed records of " + topic, first > 0, "the first " + first + " are gone"));
        }
        return checks;
    }

    private long readAll(String topic) {
        StreamLedger ledger = new StreamLedger(topic, sourcesOf(topic), target.violations());
        Map<Integer, Stint> stints = new HashMap<>();
        long first = new TopicReader(target).read(topic, record -> {
            Stint stint = stints.computeIfAbsent(record.partition(), absent -> new Stint(0));
            Message.decode(record.value())
                    .ifPresentOrElse(
                            message -> ledger.read(message, stint),
                            () -> target.violations().report(Kind.STRANGE, topic, "offset " + record.offset()));
        });
        ledger.reportGaps();
        return first;
    }
}
