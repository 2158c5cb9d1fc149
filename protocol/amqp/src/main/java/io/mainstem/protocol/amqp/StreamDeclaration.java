package io.mainstem.protocol.amqp;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerException.Kind;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSettings;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSettings;
import io.mainstem.broker.TopicSpec;
import io.mainstem.protocol.amqp.codec.AmqpException;
import io.mainstem.protocol.amqp.codec.Arguments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a client asks for when it declares a queue of type stream; refused in RabbitMQ's words where it cannot be. */
final class StreamDeclaration {

    private static final String MAX_AGE = "x-max-age";
    private static final String MAX_LENGTH_BYTES = "x-max-length-bytes";
    private static final String SEGMENT_BYTES = "x-stream-max-segment-size-bytes";

    /** What the topic's settings are called in the broker, by the argument that says them. */
    private static final Map<String, String> SETTINGS = Map.of(
            MAX_LENGTH_BYTES, "retention.bytes",
            MAX_AGE, "retention.ms",
            SEGMENT_BYTES, "segment.bytes");

    /** In the order in which RabbitMQ compares them. */
    private static final List<String> COMPARED = List.of(MAX_LENGTH_BYTES, MAX_AGE, SEGMENT_BYTES);

    private static final String KEEP_ALL = "-1";
    private static final long DEFAULT_SEGMENT_BYTES = 500_000_000;
    private static final long LEAST_SEGMENT_BYTES = 1 << 20;
    private static final long MOST_SEGMENT_BYTES = 3_000_000_000L;

    /** Arguments of other queues, which have no meaning for a stream. */
    private static final Set<String> REFUSED = Set.of(
            "x-message-ttl",
            "x-expires",
            "x-max-length",
            "x-overflow",
            "x-dead-letter-exchange",
            "x-dead-letter-routing-key",
            "x-dead-letter-strategy",
            "x-max-priority",
            "x-single-active-consumer",
            "x-delivery-limit",
            "x-queue-mode",
            "x-queue-version",
            "x-queue-master-locator",
            "x-quorum-initial-group-size",
            "x-max-in-memory-length",
            "x-max-in-memory-bytes",
            "x-message-deduplication");

    private final String name;
    private final String described;
    private final Map<String, @Nullable Object> arguments;
    /** Of the topic, for the arguments that are there. */
    private final Map<String, String> settings = new TreeMap<>();

    private StreamDeclaration(String name, String described, Map<String, @Nullable Object> arguments) {
        this.name = name;
        this.described = described;
        this.arguments = arguments;
    }

    static boolean isWanted(Arguments declare) {
        return StreamQueue.TYPE.equals(declare.table("arguments").get(StreamQueue.TYPE_ARGUMENT));
    }

    /** Reads the arguments of a declaration; throws when a stream cannot be that. */
    static StreamDeclaration of(Arguments declare, VirtualHost virtualHost) {
        String name = declare.text("queue");
        if (name.isEmpty()) {
            throw Failures.precondition("Cannot declare a server-named queue for type rabbit_stream_queue");
        }
        StreamDeclaration declaration =
                new StreamDeclaration(virtualHost.inBroker(name), virtualHost.queue(name), declare.table("arguments"));
        declaration.refuseProperty(declare.flag("auto-delete"), "auto-delete");
        declaration.refuseProperty(declare.flag("exclusive"), "exclusive-owner");
        declaration.refuseProperty(!declare.flag("durable"), "non-durable");
        declaration.readArguments();
        return declaration;
    }

    /** Throws unless the queue that there is, is what was asked for. */
    void requireEquivalent(Queue queue) {
        Failures.requireEquivalent("durable", described, true, queue.spec().durable());
        Map<String, String> current = queue.spec().labels();
        requireEquivalent(StreamQueue.TYPE_ARGUMENT, StreamQueue.TYPE, current.get(StreamQueue.TYPE_ARGUMENT));
        for (String argument : COMPARED) {
            requireEquivalent(argument, arguments.get(argument), current.get(argument));
        }
    }

    /**
     * Throws because the queue that there is, is a stream and was not declared as one.
     *
     * @param stream as the virtual host words it
     */
    static void refuseOtherType(String stream, @Nullable Object wantedType) {
        requireEquivalent(stream, StreamQueue.TYPE_ARGUMENT, wantedType, StreamQueue.TYPE);
    }

    /** Adopts the topic of this name, or makes it; then the queue. */
    CompletionStage<Queue> declare(Broker broker) {
        Map<String, String> made = new TreeMap<>(settings);
        made.putIfAbsent("retention.ms", KEEP_ALL);
        made.putIfAbsent("segment.bytes", Long.toString(DEFAULT_SEGMENT_BYTES));
        return broker.topics()
                .create(TopicSpec.stream(name, 1, TopicSettings.of(made)))
                .thenApply(topic -> StreamQueue.MADE)
                .exceptionally(failure -> {
                    if (!Failures.isBecause(failure, Kind.TOPIC_EXISTS)) {
                        throw Failures.unchecked(failure);
                    }
                    broker.topics().find(name).ifPresent(this::requireAdoptable);
                    return StreamQueue.ADOPTED;
                })
                .thenCompose(origin -> broker.queues().declare(spec(origin), null));
    }

    private QueueSpec spec(String topicOrigin) {
        Map<String, String> labels = new HashMap<>();
        labels.put(StreamQueue.TYPE_ARGUMENT, StreamQueue.TYPE);
        labels.put(StreamQueue.TOPIC_LABEL, topicOrigin);
        for (String argument : SETTINGS.keySet()) {
            Object value = arguments.get(argument);
            if (value != null) {
                labels.put(argument, value.toString());
            }
        }
        return new QueueSpec(
                name, true, false, false, QueueSettings.of(Map.of(QueueSettings.DIRECT_TOPIC, name)), labels);
    }

    /** A topic that is there stays as it is, so nothing may be asked for that it is not. */
    private void requireAdoptable(Topic topic) {
        Failures.requireEquivalent("durable", described, true, !topic.spec().inMemory());
        Failures.requireEquivalent("auto_delete", described, false, topic.spec().autoDelete());
        for (Map.Entry<String, String> argument : SETTINGS.entrySet()) {
            String wanted = settings.get(argument.getValue());
            String current = topic.spec().settings().value(argument.getValue());
            if (wanted != null && !wanted.equals(current)) {
                throw Failures.precondition("inequivalent arg '" + argument.getKey() + "' for " + described
                        + ": received '"
                        + arguments.get(argument.getKey()) + "' but the topic of this name has " + argument.getValue()
                        + "=" + current);
            }
        }
    }

    private void refuseProperty(boolean present, String property) {
        if (present) {
            throw Failures.precondition("invalid property '" + property + "' for " + described);
        }
    }

    private void readArguments() {
        for (String argument : arguments.keySet()) {
            if (REFUSED.contains(argument)) {
                throw invalid(argument, " of queue type rabbit_stream_queue");
            }
        }
        if (arguments.containsKey(MAX_AGE)) {
            settings.put("retention.ms", Long.toString(maxAgeMillis()));
        }
        if (arguments.containsKey(MAX_LENGTH_BYTES)) {
            settings.put("retention.bytes", Long.toString(number(MAX_LENGTH_BYTES)));
        }
        if (arguments.containsKey(SEGMENT_BYTES)) {
            long bytes = number(SEGMENT_BYTES);
            if (bytes > MOST_SEGMENT_BYTES) {
                throw Failures.precondition("Exceeded max value for " + SEGMENT_BYTES);
            }
            long possible = Math.min(Math.max(bytes, LEAST_SEGMENT_BYTES), Integer.MAX_VALUE);
            settings.put("segment.bytes", Long.toString(possible));
        }
    }

    private long maxAgeMillis() {
        Object age = arguments.get(MAX_AGE);
        if (!(age instanceof String text)) {
            throw invalid(MAX_AGE, ": {unacceptable_type," + ArgumentType.nameOf(age) + "}");
        }
        OptionalLong millis = Age.millis(text);
        if (millis.isEmpty()) {
            throw invalid(MAX_AGE, ": invalid_max_age");
        }
        return millis.getAsLong();
    }

    private long number(String argument) {
        Object value = arguments.get(argument);
        if (value == null || !ArgumentType.isInteger(value)) {
            throw invalid(argument, ": \"expected integer, got " + ArgumentType.nameOf(value) + "\"");
        }
        long number = ((Number) value).longValue();
        if (number < 0) {
            throw invalid(argument, ": {value_negative," + number + "}");
        }
        return number;
    }

    private AmqpException invalid(String argument, String why) {
        return Failures.precondition("invalid arg '" + argument + "' for " + described + why);
    }

    private void requireEquivalent(String argument, @Nullable Object wanted, @Nullable String current) {
        requireEquivalent(described, argument, wanted, current);
    }

    private static void requireEquivalent(
            String queue, String argument, @Nullable Object wanted, @Nullable String current) {
        String received = wanted == null ? null : wanted.toString();
        if (Objects.equals(received, current)) {
            return;
        }
        String what;
        if (received == null) {
            String type = MAX_LENGTH_BYTES.equals(argument) || SEGMENT_BYTES.equals(argument) ? "signedint" : "longstr";
            what = "received none but current is the value '" + current + "' of type '" + type + "'";
        } else if (current == null) {
            what = "received the value '" + received + "' of type '" + ArgumentType.nameOf(wanted)
                    + "' but current is none";
        } else {
            what = "received '" + received + "' but current is '" + current + "'";
        }
        throw Failures.precondition("inequivalent arg '" + argument + "' for " + queue + ": " + what);
    }
}
