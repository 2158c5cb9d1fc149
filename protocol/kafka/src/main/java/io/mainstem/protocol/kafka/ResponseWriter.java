package io.mainstem.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Turns a response into what Netty writes: buffers for what is encoded, records as they are. Records in memory are
 * wrapped and records in a file become a region, neither is copied.
 */
final class ResponseWriter implements Writable {

    /** Up to here a copy is cheaper than one more buffer in the socket's gather list. */
    private static final int COPY_BYTES = 512;

    private final ByteBuf encoded;
    private final List<Object> parts = new ArrayList<>(1);

    private ResponseWriter(ByteBuf encoded) {
        this.encoded = encoded;
    }

    /**
     * Encodes a response with its length and header.
     *
     * @return buffers and file regions, in order; whoever gets them releases them
     */
    static Frame write(ByteBufAllocator allocator, ResponseHeader header, ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.data().addSize(size, cache, header.headerVersion());
        message.addSize(size, cache, version);
        ResponseWriter writer = new ResponseWriter(allocator.ioBuffer(Integer.BYTES + size.sizeExcludingZeroCopy()));
        try {
            writer.writeInt(size.totalSize());
            header.data().write(writer, cache, header.headerVersion());
            message.write(writer, cache, version);
            writer.cut();
            return new Frame(writer.parts, Integer.BYTES + (long) size.totalSize());
        } catch (RuntimeException e) {
            writer.parts.forEach(ReferenceCountUtil::release);
            throw e;
        } finally {
            writer.encoded.release();
        }
    }

    /** What one response becomes on the wire. */
    record Frame(List<Object> parts, long sizeInBytes) {}

    @Override
    public void writeByte(byte value) {
        encoded.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        encoded.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        encoded.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        encoded.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        encoded.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        encoded.writeBytes(bytes);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        if (bytes.remaining() <= COPY_BYTES) {
            encoded.writeBytes(bytes.duplicate());
        } else {
            cut();
            parts.add(Unpooled.wrappedBuffer(bytes.duplicate()));
        }
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof SliceRecords slice) {
            cut();
            parts.add(slice.toRegion());
        } else {
            Writable.super.writeRecords(records);
        }
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            encoded.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        encoded.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        ByteBuffer bytes = ByteBuffer.allocate(ByteUtils.sizeOfVarint(value));
        ByteUtils.writeVarint(value, bytes);
        encoded.writeBytes(bytes.flip());
    }

    @Override
    public void writeVarlong(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(ByteUtils.sizeOfVarlong(value));
        ByteUtils.writeVarlong(value, bytes);
        encoded.writeBytes(bytes.flip());
    }

    /** Ends the buffer that is being written, so that something else can follow it. */
    private void cut() {
        if (encoded.isReadable()) {
            parts.add(encoded.readRetainedSlice(encoded.readableBytes()));
        }
    }
}
