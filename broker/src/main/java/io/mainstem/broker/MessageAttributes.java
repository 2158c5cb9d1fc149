package io.mainstem.broker;

import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a record's headers ask of the queues that it is routed to. The names begin with {@code mainstem.}, the values
 * are text, and one that cannot be read, or is a time beyond the year 9999, asks for nothing.
 *
 * @param priority 0 to 255; a queue without priorities takes no notice
 * @param timeToLiveMillis how long after its timestamp the message may still be delivered
 * @param deliverAtMillis when the message joins the queue, in milliseconds since the epoch
 * @param deduplicationId a queue that deduplicates takes only the first message with this id; null: takes it always
 */
public record MessageAttributes(
        OptionalInt priority,
        OptionalLong timeToLiveMillis,
        OptionalLong deliverAtMillis,
        @Nullable String deduplicationId) {

    public static final String PRIORITY = "mainstem.priority";
    public static final String TIME_TO_LIVE = "mainstem.time-to-live";
    public static final String DELIVER_AT = "mainstem.deliver-at";
    public static final String DEDUPLICATION_ID = "mainstem.deduplication-id";

    /** A further key of the record, beside its own, that bindings are matched with; may stand several times. */
    public static final String KEY = "mainstem.key";

    /** One death of the message; the newest stands first. */
    public static final String DEATH = "mainstem.death";

    public static final MessageAttributes NONE =
            new MessageAttributes(OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty(), null);

    static final int HIGHEST_PRIORITY = 255;

    /** The end of the year 9999; no sum of two of these overflows. */
    private static final long MOST_MILLIS = 253_402_300_799_999L;

    /** What no header name of these lacks. */
    static final String PREFIX = "mainstem.";

    private static final byte[] PREFIX_BYTES = PREFIX.getBytes(StandardCharsets.US_ASCII);

    private static final byte NO_HEADERS = 0;

    /** Reads an encoded header section; of two headers with the same name the first counts. */
    public static MessageAttributes of(ByteBuffer headers) {
        if (!hasHeaders(headers)) {
            return NONE;
        }
        MessageAttributes attributes = NONE;
        try {
            HeaderReader reader = new HeaderReader(headers);
            while (reader.next()) {
                ByteBuffer value = isAt(reader) ? reader.value() : null;
                if (value != null) {
                    attributes = attributes.with(text(reader.name()), text(value));
                }
            }
        } catch (CorruptRecordException e) {
            // The message is more than its headers: those before the damage count.
        }
        return attributes;
    }

    /** Whether there is anything in an encoded header section. */
    static boolean hasHeaders(ByteBuffer headers) {
        return headers.remaining() != 1 || headers.get(headers.position()) != NO_HEADERS;
    }

    private MessageAttributes with(String name, String value) {
        return switch (name) {
            case PRIORITY ->
                priority.isPresent()
                        ? this
                        : new MessageAttributes(
                                readPriority(value), timeToLiveMillis, deliverAtMillis, deduplicationId);
            case TIME_TO_LIVE ->
                timeToLiveMillis.isPresent()
                        ? this
                        : new MessageAttributes(priority, readMillis(value), deliverAtMillis, deduplicationId);
            case DELIVER_AT ->
                deliverAtMillis.isPresent()
                        ? this
                        : new MessageAttributes(priority, timeToLiveMillis, readMillis(value), deduplicationId);
            case DEDUPLICATION_ID ->
                deduplicationId != null
                        ? this
                        : new MessageAttributes(priority, timeToLiveMillis, deliverAtMillis, value);
            default -> this;
        };
    }

    private static OptionalInt readPriority(String value) {
        OptionalLong number = readMillis(value);
        return number.isPresent() && number.getAsLong() <= HIGHEST_PRIORITY
                ? OptionalInt.of((int) number.getAsLong())
                : OptionalInt.empty();
    }

    private static OptionalLong readMillis(String value) {
        try {
            long number = Long.parseLong(value);
            return number < 0 || number > MOST_MILLIS ? OptionalLong.empty() : OptionalLong.of(number);
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether the present header is one of these. */
    static boolean isAt(HeaderReader reader) {
        return reader.nameStartsWith(PREFIX_BYTES);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
