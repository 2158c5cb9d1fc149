package io.mainstem.interop;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One member of a consumer group: handles what it is given, commits what it has handled, and goes on over everything.
 */
final class GroupMember implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);

    private final GroupHistory history;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, GroupHistory.Stint> stints = new HashMap<>();
    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean killed;
    private volatile long pauseMillis;
    private volatile Throwable failure;

    GroupMember(String bootstrap, String topic, GroupHistory history, Map<String, Object> settings) {
        this.history = history;
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap);
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        all.put("max.poll.records", 200);
        all.put("reconnect.backoff.max.ms", 200);
        this.consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic), new Assignments());
        this.thread = new Thread(this::run, "group-member");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Assignments implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> stints.put(partition, history.begin(partition)));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(stints::remove);
        }
    }

    /** Vanishes without a word, as a process does that is killed. */
    void kill() {
        killed = true;
        close();
    }

    /** Does not poll for a while, as a program that stands still. */
    void pause(Duration duration) {
        pauseMillis = duration.toMillis();
    }

    /** What ended it, or null. */
    Throwable failure() {
        return failure;
    }

    private void run() {
        try {
            while (ending.getCount() > 0) {
                handle(consumer.poll(POLL));
                long pause = pauseMillis;
                if (pause > 0) {
                    pauseMillis = 0;
                    boolean unused = ending.await(pause, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close(CloseOptions.timeout(killed ? Duration.ZERO : Duration.ofSeconds(5))
                    .withGroupMembershipOperation(
                            killed
                                    ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                                    : CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    private void handle(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            stints.get(partition).handle(record.offset());
            done.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        if (ending.getCount() > 0) {
            try {
                consumer.commitSync(done, COMMIT_TIMEOUT);
                done.forEach((partition, offset) -> history.committed(partition, offset.offset()));
            } catch (KafkaException e) {
                // The broker is away, or the partitions are somebody else's: whoever comes next handles these again.
            }
        }
    }

    @Override
    public void close() {
        ending.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
