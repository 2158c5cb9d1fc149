package io.mainstem.broker;

import io.mainstem.broker.BrokerException.Kind;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a queue has been told about its messages; what is not set has no limit and no effect. Immutable. */
public final class QueueSettings {

    /** How long after its timestamp, or after it became due, a message may wait. */
    public static final String MESSAGE_TTL_MS = "message.ttl.ms";

    /** How long the queue stays when nobody uses it: no consumer, no get, no declaration. */
    public static final String EXPIRES_MS = "expires.ms";

    /** How many messages may wait. */
    public static final String MAX_LENGTH = "max.length";

    /** How many bytes the values of the messages that wait may have together. */
    public static final String MAX_LENGTH_BYTES = "max.length.bytes";

    /** What happens past these two limits: see {@link Overflow}. */
    public static final String OVERFLOW = "overflow";

    /** Where dead letters go; empty: straight to the queue that the dead letter key names. */
    public static final String DEAD_LETTER_TOPIC = "dead.letter.topic";

    /** What stands before the key to name the queue, where dead letters go straight to a queue. */
    public static final String DEAD_LETTER_QUEUE_PREFIX = "dead.letter.queue.prefix";

    /** The key of dead letters; where it is not set they keep their own. */
    public static final String DEAD_LETTER_KEY = "dead.letter.key";

    /** Messages of a higher priority go first, up to this one. */
    public static final String MAX_PRIORITY = "max.priority";

    /** Whether only one consumer gets messages, and the next one when that is gone. */
    public static final String SINGLE_ACTIVE_CONSUMER = "single.active.consumer";

    /** How often a message may be given back; with the next time it is a dead letter. */
    public static final String DELIVERY_LIMIT = "delivery.limit";

    /** How long a message waits that was given back; twice as long each further time. */
    public static final String REDELIVERY_DELAY_MS = "redelivery.delay.ms";

    /** What that wait never gets longer than. */
    public static final String REDELIVERY_DELAY_MAX_MS = "redelivery.delay.max.ms";

    /** How long a consumer may hold a message. */
    public static final String ACKNOWLEDGEMENT_TIMEOUT_MS = "acknowledgement.timeout.ms";

    /** For how long a second message with the same deduplication id is not taken. */
    public static final String DEDUPLICATION_WINDOW_MS = "deduplication.window.ms";

    /**
     * The topic that gets what is sent straight to the queue, in place of one of the queue's own; what it gets is no
     * message of the queue, and has no key.
     */
    public static final String DIRECT_TOPIC = "direct.topic";

    public static final QueueSettings NONE = new QueueSettings(new TreeMap<>());

    /** What a queue does with one message more than it may have. */
    public enum Overflow {
        /** The oldest message goes. */
        DROP_HEAD("drop-head"),
        /** The new one is not taken, and its publisher is told. */
        REJECT_PUBLISH("reject-publish"),
        /** As before, and the new one is a dead letter. */
        REJECT_PUBLISH_DEAD_LETTER("reject-publish-dead-letter");

        private final String text;

        Overflow(String text) {
            this.text = text;
        }

        /** As it stands in the settings. */
        public String text() {
            return text;
        }
    }

    private static final long MOST_PRIORITY = 255;

    private static final Map<String, Predicate<String>> RULES = Map.ofEntries(
            Map.entry(MESSAGE_TTL_MS, number(0, Long.MAX_VALUE)),
            Map.entry(EXPIRES_MS, number(1, Long.MAX_VALUE)),
            Map.entry(MAX_LENGTH, number(0, Long.MAX_VALUE)),
            Map.entry(MAX_LENGTH_BYTES, number(0, Long.MAX_VALUE)),
            Map.entry(OVERFLOW, value -> overflow(value) != null),
            Map.entry(DIRECT_TOPIC, value -> true),
            Map.entry(DEAD_LETTER_TOPIC, value -> true),
            Map.entry(DEAD_LETTER_QUEUE_PREFIX, value -> true),
            Map.entry(DEAD_LETTER_KEY, value -> true),
            Map.entry(MAX_PRIORITY, number(0, MOST_PRIORITY)),
            Map.entry(SINGLE_ACTIVE_CONSUMER, QueueSettings::isFlag),
            Map.entry(DELIVERY_LIMIT, number(0, Integer.MAX_VALUE)),
            Map.entry(REDELIVERY_DELAY_MS, number(0, Long.MAX_VALUE)),
            Map.entry(REDELIVERY_DELAY_MAX_MS, number(0, Long.MAX_VALUE)),
            Map.entry(ACKNOWLEDGEMENT_TIMEOUT_MS, number(1, Long.MAX_VALUE)),
            Map.entry(DEDUPLICATION_WINDOW_MS, number(1, Long.MAX_VALUE)));

    private final SortedMap<String, String> explicit;

    private QueueSettings(SortedMap<String, String> explicit) {
        this.explicit = Collections.unmodifiableSortedMap(explicit);
    }

    /**
     * Settings by name.
     *
     * @throws BrokerException INVALID_SETTING, naming the setting that is not known or whose value cannot be
     */
    public static QueueSettings of(Map<String, String> explicit) {
        explicit.forEach((name, value) -> {
            Predicate<String> rule = RULES.get(name);
            if (rule == null) {
                throw new BrokerException(Kind.INVALID_SETTING, "there is no queue setting '" + name + "'");
            }
            if (!rule.test(value)) {
                throw new BrokerException(Kind.INVALID_SETTING, name + " cannot be '" + value + "'");
            }
        });
        return new QueueSettings(new TreeMap<>(explicit));
    }

    /** What was set, by name; cannot be changed. */
    public SortedMap<String, String> explicit() {
        return explicit;
    }

    /** A setting that is a number and is set. */
    public OptionalLong number(String name) {
        String value = explicit.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(explicit.get(name));
    }

    public Overflow overflow() {
        Overflow set = overflow(explicit.getOrDefault(OVERFLOW, Overflow.DROP_HEAD.text()));
        return set == null ? Overflow.DROP_HEAD : set;
    }

    /** Whether it may only have so much. */
    boolean isLimited() {
        return number(MAX_LENGTH).isPresent() || number(MAX_LENGTH_BYTES).isPresent();
    }

    public boolean singleActiveConsumer() {
        return Boolean.parseBoolean(explicit.get(SINGLE_ACTIVE_CONSUMER));
    }

    /** 0 where there are no priorities. */
    public int maxPriority() {
        return (int) number(MAX_PRIORITY).orElse(0);
    }

    public OptionalInt deliveryLimit() {
        OptionalLong limit = number(DELIVERY_LIMIT);
        return limit.isPresent() ? OptionalInt.of((int) limit.getAsLong()) : OptionalInt.empty();
    }

    /** How long a message waits that has been given back so often; 0 when it does not wait. */
    long redeliveryDelayMillis(int deliveryCount) {
        long first = number(REDELIVERY_DELAY_MS).orElse(0);
        long most = number(REDELIVERY_DELAY_MAX_MS).orElse(Long.MAX_VALUE);
        int doublings = Math.min(Math.max(deliveryCount - 1, 0), Long.numberOfLeadingZeros(first) - 1);
        return first == 0 ? 0 : Math.min(first << Math.max(doublings, 0), most);
    }

    private static boolean isFlag(String value) {
        return value.equals("true") || value.equals("false");
    }

    private static @Nullable Overflow overflow(String text) {
        for (Overflow candidate : Overflow.values()) {
            if (candidate.text.equals(text)) {
                return candidate;
            }
        }
        return null;
    }

    private static Predicate<String> number(long least, long most) {
        return value -> {
            try {
                long number = Long.parseLong(value);
                return least <= number && number <= most;
            } catch (NumberFormatException e) {
                return false;
            }
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueueSettings settings && explicit.equals(settings.explicit);
    }

    @Override
    public int hashCode() {
        return explicit.hashCode();
    }

    @Override
    public String toString() {
        return explicit.toString();
    }
}
