package io.mainstem.protocol.amqp;

import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Gathers the frames of a connection, so that many leave in one write. Used on the connection's event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the connection, and that is seen
final class Output {

    private static final int BUFFER_BYTES = 16 * 1024;

    /** A body at least this large is written from where it lies; copying a smaller one is cheaper. */
    private static final int MIN_UNCOPIED_BYTES = 8 * 1024;

    private final Channel socket;
    private @Nullable ByteBuf pending;
    private int maxFrameBytes;

    Output(Channel socket, int maxFrameBytes) {
        this.socket = socket;
        this.maxFrameBytes = maxFrameBytes;
    }

    void maxFrameBytes(int agreed) {
        maxFrameBytes = agreed;
    }

    int maxPayloadBytes() {
        return maxFrameBytes - Frame.OVERHEAD_BYTES;
    }

    /** Where the next frame is to be written. */
    ByteBuf buffer() {
        ByteBuf buffer = pending;
        if (buffer != null && buffer.readableBytes() >= BUFFER_BYTES) {
            pass();
            buffer = null;
        }
        if (buffer == null) {
            buffer = socket.alloc().ioBuffer(BUFFER_BYTES);
            pending = buffer;
        }
        return buffer;
    }

    void method(int channel, Method method, Object... arguments) {
        FrameWriter.method(buffer(), channel, method, arguments);
    }

    void heartbeat() {
        FrameWriter.heartbeat(buffer());
    }

    /** Writes a body, in as many frames as it needs. It must not change any more. */
    void body(int channel, ByteBuffer body) {
        int end = body.limit();
        for (int position = body.position(); position < end; ) {
            int bytes = Math.min(end - position, maxPayloadBytes());
            ByteBuf out = buffer();
            if (bytes < MIN_UNCOPIED_BYTES) {
                int start = FrameWriter.begin(out, Frame.BODY, channel);
                Bytes.write(body, position, bytes, out);
                FrameWriter.end(out, start);
            } else {
                FrameWriter.bodyHead(out, channel, bytes);
                pass();
                socket.write(Unpooled.wrappedBuffer(body.slice(position, bytes)), socket.voidPromise());
                FrameWriter.bodyEnd(buffer());
            }
            position += bytes;
        }
    }

    void flush() {
        pass();
        socket.flush();
    }

    /** Sends what there is; the future tells when it has left. */
    ChannelFuture flushLast() {
        ByteBuf last = pending == null ? Unpooled.EMPTY_BUFFER : pending;
        pending = null;
        return socket.writeAndFlush(last);
    }

    private void pass() {
        ByteBuf buffer = pending;
        if (buffer != null) {
            pending = null;
            socket.write(buffer, socket.voidPromise());
        }
    }
}
