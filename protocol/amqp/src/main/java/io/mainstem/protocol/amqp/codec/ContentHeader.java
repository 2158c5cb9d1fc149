package io.mainstem.protocol.amqp.codec;

import io.netty.buffer.ByteBuf;

/**
 * The frame between a method and the body of its message.
 *
 * <pre>
 *  0          2        4           12      14
 *  +----------+--------+-----------+-------+-----------------+
 *  | class id | weight | body size | flags | property values |
 *  +----------+--------+-----------+-------+-----------------+
 * </pre>
 *
 * @param properties flags and values, still encoded: a slice of the frame
 */
public record ContentHeader(int classId, long bodyBytes, ByteBuf properties) {

    private static final int FIXED_BYTES = 12;
    private static final int MORE_FLAGS = 1;

    /** Takes one property of a message. */
    @FunctionalInterface
    public interface PropertyVisitor {
        /** @param value without its length; good during the call */
        void property(Property property, ByteBuf value);
    }

    public static ContentHeader read(ByteBuf payload) {
        if (payload.readableBytes() < FIXED_BYTES + Short.BYTES) {
            throw new AmqpException(
                    ReplyCode.SYNTAX_ERROR, "content header frame of " + payload.readableBytes() + " bytes");
        }
        int classId = payload.readUnsignedShort();
        payload.readUnsignedShort();
        long bodyBytes = payload.readLong();
        if (bodyBytes < 0) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "body size of more than 63 bits");
        }
        return new ContentHeader(classId, bodyBytes, payload);
    }

    /** Shows every property that is there. */
    public void visit(PropertyVisitor visitor) {
        ByteBuf in = properties;
        int start = in.readerIndex();
        int flags = in.readUnsignedShort();
        if ((flags & MORE_FLAGS) != 0) {
            throw new AmqpException(ReplyCode.SYNTAX_ERROR, "unknown property flags");
        }
        for (Property property : PROPERTIES) {
            if ((flags & property.flag()) != 0) {
                ByteBuf value;
                try {
                    value = property.read(in);
                } catch (IndexOutOfBoundsException e) {
                    throw new AmqpException(ReplyCode.SYNTAX_ERROR, "property " + property + " ends too early");
                }
                visitor.property(property, value);
            }
        }
        in.readerIndex(start);
    }

    private static final Property[] PROPERTIES = Property.values();
}
