package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mainstem.engine.batch.HeaderWriter;
import io.mainstem.engine.batch.Record;
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
 * What the way of a message through the codec leaves to the garbage collector, once it is compiled. The limits leave
 * room for compilers that see less; ARCHITECTURE.md says what was measured.
 */
class CodecGarbageTest {

    private static final int MESSAGES = 20_000;
    private static final int BODY_BYTES = 100;
    private static final int MOST_BYTES = 512;

    private final ShortStrings names = new ShortStrings();
    private final RecordHeaders headers = new RecordHeaders(() -> "");
    private final MessageProperties properties = new MessageProperties();

    @Test
    void aPublishLeavesLittleToCollect() {
        ByteBuf received = PooledByteBufAllocator.DEFAULT.heapBuffer();
        FrameWriter.method(received, 1, Method.BASIC_PUBLISH, 0, "exchange", "key", false, false);
        int header = FrameWriter.begin(received, Frame.HEADER, 1);
        received.writeShort(60).writeShort(0).writeLong(BODY_BYTES).writeShort(0x9000);
        FrameWriter.shortString(received, "text/plain");
        received.writeByte(2);
        FrameWriter.end(received, header);
        int body = FrameWriter.begin(received, Frame.BODY, 1);
        received.writeZero(BODY_BYTES);
        FrameWriter.end(received, body);

        long bytes = bytesPerMessage(() -> {
            received.readerIndex(0);
            ByteBuf arguments = requireNonNull(Frame.read(received, 1 << 17)).payload();
            Method.readId(arguments);
            arguments.skipBytes(2);
            names.read(arguments);
            headers.read(ContentHeader.read(
                    requireNonNull(Frame.read(received, 1 << 17)).payload()));
            requireNonNull(Frame.read(received, 1 << 17));
        });

        assertThat(bytes).isLessThan(MOST_BYTES);
    }

    @Test
    void aDeliveryLeavesLittleToCollect() {
        HeaderWriter section = new HeaderWriter();
        section.add("content-type", ByteBuffer.wrap("text/plain".getBytes(UTF_8)));
        section.add("amqp.delivery-mode", ByteBuffer.wrap("2".getBytes(UTF_8)));
        Record record = new Record(
                0, 0, ByteBuffer.wrap("key".getBytes(UTF_8)), ByteBuffer.allocate(BODY_BYTES), section.section());
        ByteBuf out = PooledByteBufAllocator.DEFAULT.heapBuffer(1 << 12);

        long bytes = bytesPerMessage(() -> {
            out.clear();
            properties.write(record, Map.of(), out, 1 << 12);
        });

        assertThat(bytes).isLessThan(MOST_BYTES);
    }

    private static long bytesPerMessage(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int message = 0; message < MESSAGES; message++) {
                action.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least / MESSAGES;
    }
}
