package io.mainstem.protocol.amqp;

import io.mainstem.broker.QueueSettings;
import io.mainstem.broker.QueueSettings.Overflow;
import io.mainstem.protocol.amqp.codec.AmqpException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a queue's declaration: what they ask of the queue, in the broker's words, or why they cannot be, in
 * RabbitMQ's. Arguments that nobody knows are let pass, as RabbitMQ does.
 */
final class QueueArguments {

    static final String TYPE = "x-queue-type";
    static final String CLASSIC = "classic";
    static final String QUORUM = "quorum";

    private static final String MESSAGE_TTL = "x-message-ttl";
    private static final String EXPIRES = "x-expires";
    private static final String MAX_LENGTH = "x-max-length";
    private static final String MAX_LENGTH_BYTES = "x-max-length-bytes";
    private static final String OVERFLOW = "x-overflow";
    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    private static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";
    private static final String DEAD_LETTER_STRATEGY = "x-dead-letter-strategy";
    private static final String MAX_PRIORITY = "x-max-priority";
    private static final String SINGLE_ACTIVE_CONSUMER = "x-single-active-consumer";
    private static final String DELIVERY_LIMIT = "x-delivery-limit";
    private static final String QUEUE_MODE = "x-queue-mode";
    private static final String QUEUE_VERSION = "x-queue-version";
    private static final String MASTER_LOCATOR = "x-queue-master-locator";
    private static final String CONSUMER_TIMEOUT = "x-consumer-timeout";
    private static final String REDELIVERY_DELAY = "x-redelivery-delay";
    private static final String REDELIVERY_DELAY_MAX = "x-redelivery-delay-max";
    private static final String DEDUPLICATION = "x-message-deduplication";
    private static final String DEDUPLICATION_WINDOW = "x-deduplication-window";

    /** By argument, what the broker calls it, where the value is the same. */
    private static final Map<String, String> NUMBERS = Map.of(
            MESSAGE_TTL, QueueSettings.MESSAGE_TTL_MS,
            EXPIRES, QueueSettings.EXPIRES_MS,
            MAX_LENGTH, QueueSettings.MAX_LENGTH,
            MAX_LENGTH_BYTES, QueueSettings.MAX_LENGTH_BYTES,
            MAX_PRIORITY, QueueSettings.MAX_PRIORITY,
            DELIVERY_LIMIT, QueueSettings.DELIVERY_LIMIT,
            CONSUMER_TIMEOUT, QueueSettings.ACKNOWLEDGEMENT_TIMEOUT_MS,
            REDELIVERY_DELAY, QueueSettings.REDELIVERY_DELAY_MS,
            REDELIVERY_DELAY_MAX, QueueSettings.REDELIVERY_DELAY_MAX_MS,
            DEDUPLICATION_WINDOW, QueueSettings.DEDUPLICATION_WINDOW_MS);

    private static final Map<String, Overflow> OVERFLOWS = Map.of(
            "drop-head", Overflow.DROP_HEAD,
            "reject-publish", Overflow.REJECT_PUBLISH,
            "reject-publish-dlx", Overflow.REJECT_PUBLISH_DEAD_LETTER);

    private static final Set<String> STRATEGIES = Set.of("at-most-once", "at-least-once");

    /** How RabbitMQ stores a classic queue, which is taken and means nothing here. */
    private static final Set<String> MODES = Set.of("default", "lazy");

    private static final Set<Long> VERSIONS = Set.of(1L, 2L);

    /** These must not be 0, and none may be more than RabbitMQ's timers can. */
    private static final Set<String> TIMES = Set.of(
            EXPIRES, MESSAGE_TTL, CONSUMER_TIMEOUT, REDELIVERY_DELAY, REDELIVERY_DELAY_MAX, DEDUPLICATION_WINDOW);

    private static final Set<String> POSITIVE = Set.of(EXPIRES, CONSUMER_TIMEOUT, DEDUPLICATION_WINDOW);
    private static final long LONGEST_MILLIS = 315_360_000_000L;
    private static final long MOST_PRIORITY = 255;

    /** What RabbitMQ 4 does with a message of a quorum queue that is given back once more. */
    private static final String QUORUM_DELIVERY_LIMIT = "20";

    private static final long NO_DELIVERY_LIMIT = -1;

    private static final String DEFAULT_WINDOW_MILLIS = "3600000";

    /** All that two declarations of a queue must agree on, in the order in which RabbitMQ looks. */
    private static final List<String> COMPARED = List.of(
            EXPIRES,
            MESSAGE_TTL,
            DEAD_LETTER_EXCHANGE,
            DEAD_LETTER_KEY,
            MAX_LENGTH,
            MAX_LENGTH_BYTES,
            MAX_PRIORITY,
            OVERFLOW,
            SINGLE_ACTIVE_CONSUMER,
            DELIVERY_LIMIT,
            QUEUE_MODE,
            QUEUE_VERSION,
            MASTER_LOCATOR,
            CONSUMER_TIMEOUT,
            REDELIVERY_DELAY,
            REDELIVERY_DELAY_MAX,
            DEDUPLICATION,
            DEDUPLICATION_WINDOW);

    private final String queue;
    private final boolean serverNamed;
    private final VirtualHost virtualHost;
    private final Map<String, @Nullable Object> arguments;
    private final Map<String, String> settings = new TreeMap<>();

    /**
     * @param queue its name
     * @param serverNamed whether that was made up here
     */
    QueueArguments(
            String queue, boolean serverNamed, VirtualHost virtualHost, Map<String, @Nullable Object> arguments) {
        this.queue = virtualHost.queue(queue);
        this.serverNamed = serverNamed;
        this.virtualHost = virtualHost;
        this.arguments = arguments;
    }

    boolean isQuorum() {
        return QUORUM.equals(arguments.get(TYPE));
    }

    /** What the queue is to do; throws what cannot be. */
    QueueSettings settings() {
        requireType();
        NUMBERS.forEach(this::readNumber);
        readDeadLetters();
        readOverflow();
        readSingleActiveConsumer();
        readDeduplication();
        if (isQuorum() && !arguments.containsKey(DELIVERY_LIMIT)) {
            settings.put(QueueSettings.DELIVERY_LIMIT, QUORUM_DELIVERY_LIMIT);
        }
        return QueueSettings.of(settings);
    }

    /** What is to be found again when the queue is declared once more. */
    Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        for (String argument : COMPARED) {
            Object value = arguments.get(argument);
            if (value != null) {
                labels.put(argument, ArgumentType.nameOf(value) + ":" + value);
            }
        }
        Object type = arguments.get(TYPE);
        if (type != null) {
            labels.put(TYPE, type.toString());
        }
        return labels;
    }

    /** Throws unless a queue with these labels is what was asked for. */
    void requireEquivalent(Map<String, String> current) {
        String type = String.valueOf(arguments.getOrDefault(TYPE, CLASSIC));
        if (!type.equals(current.getOrDefault(TYPE, CLASSIC))) {
            Failures.requireEquivalentText(
                    TYPE,
                    queue,
                    Optional.ofNullable(arguments.get(TYPE)).map(Object::toString),
                    Optional.ofNullable(current.get(TYPE)));
        }
        for (String argument : COMPARED) {
            Optional<String> received =
                    Optional.ofNullable(arguments.get(argument)).map(value -> ArgumentType.nameOf(value) + ":" + value);
            Optional<String> known = Optional.ofNullable(current.get(argument));
            if (received.isPresent() && known.isPresent()) {
                Failures.requireEquivalent(argument, queue, value(received.get()), value(known.get()));
            } else if (received.isPresent() || known.isPresent()) {
                throw Failures.precondition("inequivalent arg '" + argument + "' for " + queue + ": received "
                        + describe(received) + " but current is " + describe(known));
            }
        }
    }

    private static String value(String label) {
        return label.substring(label.indexOf(':') + 1);
    }

    private static String describe(Optional<String> label) {
        return label.map(it -> "the value '" + value(it) + "' of type '" + it.substring(0, it.indexOf(':')) + "'")
                .orElse("none");
    }

    private void requireType() {
        Object type = arguments.get(TYPE);
        if (type != null && !(type instanceof String)) {
            throw invalid(TYPE, "{unacceptable_type," + ArgumentType.nameOf(type) + "}");
        }
        if (type != null && !type.equals(CLASSIC) && !type.equals(QUORUM)) {
            throw invalid(TYPE, "\"unsupported queue type '" + type + "'\"");
        }
        if (!isQuorum()) {
            for (String argument : List.of(DELIVERY_LIMIT, DEAD_LETTER_STRATEGY)) {
                if (arguments.containsKey(argument)) {
                    throw Failures.precondition(
                            "invalid arg '" + argument + "' for " + queue + " of queue type rabbit_classic_queue");
                }
            }
        }
        text(QUEUE_MODE).filter(mode -> !MODES.contains(mode)).ifPresent(mode -> {
            throw invalid(QUEUE_MODE, "\"unsupported queue mode '" + mode + "'\"");
        });
        if (arguments.containsKey(QUEUE_VERSION)) {
            Object version = arguments.get(QUEUE_VERSION);
            if (!ArgumentType.isInteger(version)) {
                throw invalid(QUEUE_VERSION, "\"expected integer, got " + ArgumentType.nameOf(version) + "\"");
            }
            if (!VERSIONS.contains(((Number) version).longValue())) {
                throw invalid(QUEUE_VERSION, "\"unsupported queue version '" + version + "'\"");
            }
        }
    }

    private void readNumber(String argument, String setting) {
        Object value = arguments.get(argument);
        if (!arguments.containsKey(argument)) {
            return;
        }
        if (value == null || !ArgumentType.isInteger(value)) {
            throw invalid(argument, "\"expected integer, got " + ArgumentType.nameOf(value) + "\"");
        }
        long number = ((Number) value).longValue();
        if (argument.equals(DELIVERY_LIMIT) && number == NO_DELIVERY_LIMIT) {
            return;
        }
        if (POSITIVE.contains(argument) && number == 0) {
            throw invalid(argument, "{value_zero,0}");
        }
        if (number < 0) {
            throw invalid(argument, "{value_negative," + number + "}");
        }
        if (TIMES.contains(argument) && number > LONGEST_MILLIS) {
            throw invalid(argument, "{value_too_large," + number + "}");
        }
        if (argument.equals(MAX_PRIORITY) && number > MOST_PRIORITY) {
            throw invalid(argument, "{max_value_exceeded," + number + "}");
        }
        settings.put(setting, Long.toString(number));
    }

    private void readDeadLetters() {
        Optional<String> exchange = deadLetterText(DEAD_LETTER_EXCHANGE);
        Optional<String> key = text(DEAD_LETTER_KEY);
        if (key.isPresent() && exchange.isEmpty()) {
            throw invalid(DEAD_LETTER_KEY, "routing_key_but_no_dlx_defined");
        }
        Optional<String> strategy = text(DEAD_LETTER_STRATEGY);
        if (strategy.isPresent() && !STRATEGIES.contains(strategy.get())) {
            throw invalid(DEAD_LETTER_STRATEGY, "invalid_dead_letter_strategy");
        }
        exchange.ifPresent(name -> {
            settings.put(QueueSettings.DEAD_LETTER_TOPIC, name.isEmpty() ? "" : virtualHost.inBroker(name));
            if (name.isEmpty() && !virtualHost.inBroker("").isEmpty()) {
                settings.put(QueueSettings.DEAD_LETTER_QUEUE_PREFIX, virtualHost.inBroker(""));
            }
        });
        key.ifPresent(text -> settings.put(QueueSettings.DEAD_LETTER_KEY, text));
    }

    private void readOverflow() {
        text(OVERFLOW).ifPresent(text -> {
            Overflow overflow = OVERFLOWS.get(text);
            if (overflow == null) {
                throw invalid(OVERFLOW, "invalid_overflow");
            }
            settings.put(QueueSettings.OVERFLOW, overflow.text());
        });
    }

    private void readSingleActiveConsumer() {
        flag(SINGLE_ACTIVE_CONSUMER)
                .ifPresent(active -> settings.put(QueueSettings.SINGLE_ACTIVE_CONSUMER, active.toString()));
    }

    private void readDeduplication() {
        if (flag(DEDUPLICATION).orElse(false)) {
            settings.putIfAbsent(QueueSettings.DEDUPLICATION_WINDOW_MS, DEFAULT_WINDOW_MILLIS);
        }
    }

    private Optional<String> text(String argument) {
        if (!arguments.containsKey(argument)) {
            return Optional.empty();
        }
        Object value = arguments.get(argument);
        if (!(value instanceof String text)) {
            throw invalid(argument, "{unacceptable_type," + ArgumentType.nameOf(value) + "}");
        }
        return Optional.of(text);
    }

    /** RabbitMQ has other words for these. */
    private Optional<String> deadLetterText(String argument) {
        Object value = arguments.get(argument);
        if (arguments.containsKey(argument) && !(value instanceof String)) {
            throw Failures.precondition(
                    "invalid type '" + ArgumentType.nameOf(value) + "' for arg '" + argument + "' in " + queue);
        }
        return Optional.ofNullable((String) value);
    }

    private Optional<Boolean> flag(String argument) {
        if (!arguments.containsKey(argument)) {
            return Optional.empty();
        }
        Object value = arguments.get(argument);
        if (!(value instanceof Boolean flag)) {
            throw invalid(argument, "{unacceptable_type," + ArgumentType.nameOf(value) + "}");
        }
        return Optional.of(flag);
    }

    private AmqpException invalid(String argument, String why) {
        return Failures.precondition("invalid arg '" + argument + "' for " + queue + ": " + why);
    }

    /** Throws if a queue of this type cannot have these properties. */
    void requireProperties(boolean durable, boolean exclusive, boolean autoDelete) {
        if (isQuorum()) {
            if (serverNamed) {
                throw Failures.precondition("Cannot declare a server-named queue for type rabbit_quorum_queue");
            }
            refuse(autoDelete, "auto-delete");
            refuse(exclusive, "exclusive-owner");
            refuse(!durable, "non-durable");
        }
    }

    private void refuse(boolean present, String property) {
        if (present) {
            throw Failures.precondition("invalid property '" + property + "' for " + queue);
        }
    }
}
