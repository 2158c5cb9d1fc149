package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
import io.mainstem.protocol.amqp.codec.Bytes;
import io.mainstem.protocol.amqp.codec.ContentHeader;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The way of a message through the codec leaves nothing to the garbage collector. It is counted, not timed, and does
 * not need a compiler: what is not made does not have to be optimised away.
 */
class CodecGarbageTest {

    private static final int MESSAGES = 2_000;
    private static final int BODY_BYTES = 100;

    /** For all messages together: what the virtual machine itself may need once, such as to link a call. */
    private static final int TOLERANCE_BYTES = MESSAGES;

    private final ShortStrings names = new ShortStrings();
    private final Frame frame = new Frame();
    private final ContentHeader content = new ContentHeader();
    private final RecordHeaders headers = new RecordHeaders(() -> "");
    private final ByteBuffer batch = ByteBuffer.allocate(1 << 10);
    private final MessageProperties properties = new MessageProperties();

    @Test
    void aPublishLeavesNothingToCollect() {
        ByteBuf received = PooledByteBufAllocator.DEFAULT.directBuffer();
        FrameWriter.method(received, 1, Method.BASIC_PUBLISH, 0, "exchange", "key", false, false);
        int header = FrameWriter.begin(received, Frame.HEADER, 1);
        received.writeShort(60).writeShort(0).writeLong(BODY_BYTES).writeShort(0xB040);
        FrameWriter.shortString(received, "text/plain");
        received.writeInt(13).writeByte(4).writeBytes("kind".getBytes(UTF_8)).writeByte('S');
        received.writeInt(3).writeBytes("new".getBytes(UTF_8));
        received.writeByte(2);
        received.writeLong(1_700_000_000L);
        FrameWriter.end(received, header);
        int body = FrameWriter.begin(received, Frame.BODY, 1);
        received.writeZero(BODY_BYTES);
        FrameWriter.end(received, body);

        assertThat(bytesLeft(() -> publish(received.readerIndex(0)))).isLessThan(TOLERANCE_BYTES);
        assertThat(batch.position()).isGreaterThan(BODY_BYTES);
        received.release();
    }

    private void publish(ByteBuf received) {
        batch.clear();
        frame.open(received, 1 << 17);
        ByteBuf arguments = frame.payload();
        Method.readId(arguments);
        arguments.skipBytes(2);
        names.read(arguments);
        frame.close();
        frame.open(received, 1 << 17);
        content.read(Bytes.view(frame.payload()));
        headers.read(content);
        batch.put(headers.section());
        frame.close();
        frame.open(received, 1 << 17);
        batch.put(Bytes.view(frame.payload()));
        frame.close();
    }

    @Test
    void aDeliveryLeavesNothingToCollect() {
        HeaderWriter section = new HeaderWriter();
        section.add("content-type", ByteBuffer.wrap("text/plain".getBytes(UTF_8)));
        section.add("amqp.delivery-mode", ByteBuffer.wrap("2".getBytes(UTF_8)));
        section.add("kind", ByteBuffer.wrap("new".getBytes(UTF_8)));
        ByteBuffer key = ByteBuffer.wrap("key".getBytes(UTF_8));
        Record record = new Record(
                0, 0, key, ByteBuffer.allocate(BODY_BYTES), section.section().asReadOnlyBuffer());
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 12);

        assertThat(bytesLeft(() -> deliver(record, out.clear()))).isLessThan(TOLERANCE_BYTES);
        assertThat(out.readableBytes()).isGreaterThan(BODY_BYTES);
        out.release();
    }

    private void deliver(Record record, ByteBuf out) {
        int method = FrameWriter.beginMethod(out, 1, Method.BASIC_DELIVER);
        DeliveryWriter.key(out, record);
        FrameWriter.end(out, method);
        int header = FrameWriter.begin(out, Frame.HEADER, 1);
        properties.write(record, Map.of(), out, 1 << 12);
        FrameWriter.end(out, header);
        int body = FrameWriter.begin(out, Frame.BODY, 1);
        ByteBuffer value = requireNonNull(record.value());
        Bytes.write(value, value.position(), value.remaining(), out);
        FrameWriter.end(out, body);
    }

    private static long bytesLeft(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int message = 0; message < MESSAGES; message++) {
                action.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
