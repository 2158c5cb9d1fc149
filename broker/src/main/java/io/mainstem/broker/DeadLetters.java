package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the dead letters of one queue look, and where they go. */
final class DeadLetters {

    /** Names the message of which a record is a copy: number of queue and topic, partition, offset. */
    static final String ORIGIN = "mainstem.origin";

    /** What the message asked for in the queue that it has left; it asks its next queue for nothing. */
    private static final Set<String> LEFT_BEHIND = Set.of(
            MessageAttributes.TIME_TO_LIVE,
            MessageAttributes.DELIVER_AT,
            MessageAttributes.DEATH,
            ORIGIN,
            RelocatedFrom.HEADER);

    private final Queue queue;
    private final Queues queues;
    private final Optional<String> topic;
    private final Optional<String> key;
    private final String queuePrefix;

    DeadLetters(Queue queue, Queues queues) {
        this.queue = queue;
        this.queues = queues;
        this.topic = queue.spec().settings().text(QueueSettings.DEAD_LETTER_TOPIC);
        this.key = queue.spec().settings().text(QueueSettings.DEAD_LETTER_KEY);
        this.queuePrefix = queue.spec()
                .settings()
                .text(QueueSettings.DEAD_LETTER_QUEUE_PREFIX)
                .orElse("");
    }

    /** Whether what dies here is to go anywhere. */
    boolean areKept() {
        return topic.isPresent();
    }

    /** Where a dead letter goes; empty if there is no such topic or queue, and then it is gone. */
    Optional<CopyTarget> target(Record record) {
        if (topic.isEmpty()) {
            return Optional.empty();
        }
        if (topic.get().isEmpty()) {
            return queues.find(queuePrefix + key.orElseGet(() -> text(record.key())))
                    .map(CopyTarget::of);
        }
        return queues.topics().find(topic.get()).map(CopyTarget::of);
    }

    /** The dead letter of a message. */
    Message letter(Copying copying, Death.Reason reason, long nowMillis) {
        Record record = copying.record();
        MessageAttributes attributes = MessageAttributes.of(record.headers());
        List<Death> deaths = Death.after(
                Death.of(record),
                new Death(
                        queue.name(),
                        reason,
                        1,
                        nowMillis,
                        copying.topicName(),
                        keys(record),
                        attributes.timeToLiveMillis()));
        HeaderWriter headers = new HeaderWriter();
        headers.add(ORIGIN, utf8(copying.origin()));
        deaths.forEach(death -> headers.add(MessageAttributes.DEATH, utf8(death.encode())));
        copyHeaders(
                record,
                headers,
                name -> !LEFT_BEHIND.contains(name) && (key.isEmpty() || !name.equals(MessageAttributes.KEY)));
        ByteBuffer newKey = key.map(DeadLetters::utf8).orElse(record.key());
        return new Message(nowMillis, newKey, record.value(), headers.section());
    }

    /** Headers of a record, but for those that a copy is not to have. */
    static void copyHeaders(Record record, HeaderWriter to, java.util.function.Predicate<String> wanted) {
        try {
            HeaderReader headers = new HeaderReader(record.headers());
            while (headers.next()) {
                if (!MessageAttributes.isAt(headers) || wanted.test(text(headers.name()))) {
                    to.add(headers.name(), headers.value());
                }
            }
        } catch (CorruptRecordException e) {
            // The message is more than its headers: those before the damage are kept.
        }
    }

    /** The key and the further keys. */
    private static List<String> keys(Record record) {
        List<String> keys = new ArrayList<>();
        keys.add(text(record.key()));
        try {
            HeaderReader headers = new HeaderReader(record.headers());
            while (headers.next()) {
                if (MessageAttributes.isAt(headers) && text(headers.name()).equals(MessageAttributes.KEY)) {
                    keys.add(text(headers.value()));
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
        return keys;
    }

    static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? ""
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
