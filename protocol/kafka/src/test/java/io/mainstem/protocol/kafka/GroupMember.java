package io.mainstem.protocol.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A consumer on a thread of its own that handles what it is given, and commits after each poll. */
final class GroupMember implements AutoCloseable {

    /** What one member has handled, in its order. */
    record Handled(TopicPartition partition, long offset, String value) {}

    private final KafkaConsumer<String, String> consumer;
    private final ConcurrentLinkedQueue<Handled> handled = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile Set<TopicPartition> assigned = Set.of();
    private volatile boolean ending;
    private volatile boolean dying;
    private volatile Throwable failure;

    GroupMember(KafkaConsumer<String, String> consumer, Consumer<KafkaConsumer<String, String>> subscribe) {
        this.consumer = consumer;
        subscribe.accept(consumer);
        this.thread = new Thread(this::run, "group-member");
        thread.setDaemon(true);
        thread.start();
    }

    static GroupMember of(KafkaConsumer<String, String> consumer, String... topics) {
        return new GroupMember(consumer, it -> it.subscribe(List.of(topics)));
    }

    private void run() {
        try {
            while (!ending) {
                poll();
            }
            consumer.close(CloseOptions.groupMembershipOperation(
                    dying ? GroupMembershipOperation.REMAIN_IN_GROUP : GroupMembershipOperation.DEFAULT));
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void poll() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            handled.add(new Handled(partition, record.offset(), record.value()));
            positions.put(partition, new OffsetAndMetadata(record.offset() + 1));
        }
        assigned = Set.copyOf(consumer.assignment());
        if (!positions.isEmpty()) {
            consumer.commitSync(positions);
        }
    }

    Collection<Handled> handled() {
        return handled;
    }

    Set<TopicPartition> assigned() {
        if (failure != null) {
            throw new AssertionError("the member failed", failure);
        }
        return assigned;
    }

    /** Goes without a word: the group believes in it until its session ends. */
    void die() {
        dying = true;
        close();
    }

    @Override
    public void close() {
        ending = true;
        try {
            thread.join(GroupService.DEADLINE.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure != null) {
            throw new AssertionError("the member failed", failure);
        }
    }
}
