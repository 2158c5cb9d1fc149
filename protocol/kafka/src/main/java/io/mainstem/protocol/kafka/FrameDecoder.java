package io.mainstem.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream of one connection into requests: four bytes of length, then so many bytes.
 *
 * <p>A frame that arrived whole is a slice of what was received. A longer one gets a buffer of its own, of 64 KiB or of
 * at most four times what has arrived, so that announcing a large frame costs its sender the bytes and not us the
 * memory.
 */
final class FrameDecoder extends ByteToMessageDecoder {

    private static final int LENGTH_BYTES = 4;
    /** Key, version and correlation id: less is no request. */
    private static final int MIN_FRAME_BYTES = 8;

    private static final int FIRST_CAPACITY_BYTES = 64 << 10;
    private static final int CAPACITY_FACTOR = 4;

    private final int maxFrameBytes;
    private @Nullable ByteBuf partial;
    private boolean broken;

    FrameDecoder(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
        } else if (partial != null) {
            fill(partial, in, out);
        } else if (in.readableBytes() >= LENGTH_BYTES) {
            begin(ctx, in, out);
        }
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int length = in.readInt();
        if (length < MIN_FRAME_BYTES || length > maxFrameBytes) {
            broken = true;
            throw new ProtocolViolation("a frame of " + length + " bytes; the limit is " + maxFrameBytes);
        }
        if (in.readableBytes() >= length) {
            out.add(in.readRetainedSlice(length));
        } else {
            int capacity = Math.max(FIRST_CAPACITY_BYTES, CAPACITY_FACTOR * in.readableBytes());
            ByteBuf frame = ctx.alloc().ioBuffer(Math.min(length, capacity), length);
            partial = frame;
            fill(frame, in, out);
        }
    }

    private void fill(ByteBuf frame, ByteBuf in, List<Object> out) {
        int bytes = Math.min(in.readableBytes(), frame.maxWritableBytes());
        int arrived = frame.readableBytes() + bytes;
        if (arrived > frame.capacity()) {
            frame.capacity((int) Math.min(frame.maxCapacity(), (long) CAPACITY_FACTOR * arrived));
        }
        frame.writeBytes(in, bytes);
        if (frame.maxWritableBytes() == 0) {
            partial = null;
            out.add(frame);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
