package io.mainstem.bench.soak.client;

import io.mainstem.bench.soak.check.Message;
import io.mainstem.bench.soak.check.Stint;
import io.mainstem.bench.soak.check.StreamLedger;
import io.mainstem.bench.soak.check.Violations.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** One member of a consumer group, which commits what it has read. */
public final class GroupMember extends Client {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    private final String protocol;
    private final StreamLedger ledger;
    private final Map<TopicPartition, Hold> holds = new HashMap<>();

    /** @param protocol {@code classic} or {@code consumer} */
    public GroupMember(Target target, String topic, String protocol, StreamLedger ledger) {
        super(target, "member of " + ledger.name());
        this.topic = topic;
        this.protocol = protocol;
        this.ledger = ledger;
    }

    /** A partition, from when it was got. */
    private static final class Hold {
        final Stint stint;
        final long least;
        boolean begun;

        Hold(Stint stint, long least) {
            this.stint = stint;
            this.least = least;
        }
    }

    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                Stint stint = new Stint(target().life().getAsInt());
                holds.put(partition, new Hold(stint, ledger.committed(partition.partition())));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(holds::remove);
        }
    }

    @Override
    void connectAndWork() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                target().kafka(),
                "group.id",
                ledger.name(),
                "group.protocol",
                protocol,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "max.poll.records",
                500,
                "reconnect.backoff.max.ms",
                200);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic), new Assignments());
            while (!isEnded()) {
                handle(consumer, consumer.poll(POLL));
            }
        }
    }

    private void handle(KafkaConsumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            Hold hold = holds.get(partition);
            if (hold == null) {
                throw new IllegalStateException("got records of " + partition + ", which was not assigned");
            }
            if (!hold.begun) {
                hold.begun = true;
                ledger.began(partition.partition(), record.offset(), hold.least);
            }
            Optional<Message> message = Message.decode(record.value());
            message.ifPresentOrElse(
                    it -> ledger.read(it, hold.stint),
                    () -> target().violations().report(Kind.STRANGE, ledger.name(), "offset " + record.offset()));
            done.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        if (!done.isEmpty()) {
            commit(consumer, done);
        }
    }

    private void commit(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> done) {
        try {
            consumer.commitSync(done, COMMIT_TIMEOUT);
            done.forEach((partition, offset) -> ledger.committed(partition.partition(), offset.offset()));
        } catch (KafkaException e) {
            // the broker is away, or the partitions are somebody else's: whoever comes next reads these again
        }
    }
}
