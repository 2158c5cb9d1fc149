package io.mainstem.protocol.amqp.codec;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frame between a method and the body of its message. Used for one after the other.
 *
 * <pre>
 *  0          2        4           12      14
 *  +----------+--------+-----------+-------+-----------------+
 *  | class id | weight | body size | flags | property values |
 *  +----------+--------+-----------+-------+-----------------+
 * </pre>
 */
public final class ContentHeader {

    private static final int BODY_SIZE_OFFSET = 4;
    private static final int FLAGS_OFFSET = 12;
    private static final int PROPERTIES_OFFSET = 14;
    private static final int MORE_FLAGS = 1;
    private static final Property[] PROPERTIES = Property.values();
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer payload = NOTHING;
    private int classId;
    private long bodyBytes;
    private int flags;
    private int nextProperty;
    private int valuePosition;
    private int valueLength;

    /**
     * Begins a content header.
     *
     * @param newPayload is left as it is, and used until the last property was read
     */
    public void read(ByteBuffer newPayload) {
        if (newPayload.remaining() < PROPERTIES_OFFSET) {
            throw new AmqpException(
                    ReplyCode.SYNTAX_ERROR, "content header frame of " + newPayload.remaining() + " bytes");
        }
        payload = newPayload;
        int start = newPayload.position();
        classId = Short.toUnsignedInt(newPayload.getShort(start));
        bodyBytes = newPayload.getLong(start + BODY_SIZE_OFFSET);
        if (bodyBytes < 0) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "body size of more than 63 bits");
        }
        flags = Short.toUnsignedInt(newPayload.getShort(start + FLAGS_OFFSET));
        nextProperty = 0;
        valuePosition = start + PROPERTIES_OFFSET;
        valueLength = 0;
    }

    public int classId() {
        return classId;
    }

    public long bodyBytes() {
        return bodyBytes;
    }

    /** Moves to the next property that is there; null when there is none. */
    public @Nullable Property next() {
        if ((flags & MORE_FLAGS) != 0) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown property flags");
        }
        while (nextProperty < PROPERTIES.length) {
            Property next = PROPERTIES[nextProperty++];
            if ((flags & next.flag()) != 0) {
                moveTo(next);
                return next;
            }
        }
        return null;
    }

    private void moveTo(Property next) {
        int position = valuePosition + valueLength;
        try {
            valueLength = next.valueBytes(payload, position);
        } catch (IndexOutOfBoundsException e) {
            throw endsTooEarly(next);
        }
        valuePosition = position + next.prefixBytes();
        if (valueLength > payload.limit() - valuePosition) {
            throw endsTooEarly(next);
        }
    }

    private static AmqpException endsTooEarly(Property property) {
        return new AmqpException(ReplyCode.SYNTAX_ERROR, "property " + property + " ends too early");
    }

    /** What the values are in. */
    public ByteBuffer buffer() {
        return payload;
    }

    /** Where the value of the property begins, without its length. */
    public int valuePosition() {
        return valuePosition;
    }

    public int valueLength() {
        return valueLength;
    }
}
