package io.mainstem.protocol.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/**
 * Reads one request, and not more fields of it than any client needs.
 *
 * <p>The generated parsers allocate a collection as soon as its length does not exceed {@link #remaining}, and an
 * object for each few bytes of a frame. Both are bounded here by the fields left, so that a large frame of garbage
 * costs a few megabytes and no more. Records count as one field.
 */
final class FrameReader extends ByteBufferAccessor {

    /** Ten thousand topics of ten partitions, in the largest request of all, are half of this. */
    static final int FIELDS_LIMIT = 1 << 20;

    private int fields;

    FrameReader(ByteBuffer frame) {
        super(frame);
    }

    @Override
    public byte readByte() {
        count();
        return super.readByte();
    }

    @Override
    public short readShort() {
        count();
        return super.readShort();
    }

    @Override
    public int readInt() {
        count();
        return super.readInt();
    }

    @Override
    public long readLong() {
        count();
        return super.readLong();
    }

    @Override
    public int readUnsignedVarint() {
        count();
        return super.readUnsignedVarint();
    }

    @Override
    public int remaining() {
        return Math.min(super.remaining(), FIELDS_LIMIT - fields);
    }

    private void count() {
        if (++fields > FIELDS_LIMIT) {
            throw new ProtocolViolation("a request of more than " + FIELDS_LIMIT + " fields");
        }
    }
}
