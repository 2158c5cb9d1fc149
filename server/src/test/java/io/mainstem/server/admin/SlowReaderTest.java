package io.mainstem.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Broker;
import io.mainstem.broker.BrokerOptions;
import io.mainstem.broker.Message;
import io.mainstem.broker.Queue;
import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import io.mainstem.engine.Engine;
import io.mainstem.engine.batch.BatchBuilder;
import io.mainstem.log.LocalEngine;
import io.mainstem.log.LocalOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that asks for a large topic or queue and does not read, on a socket that takes nothing until it is told to.
 */
class SlowReaderTest {

    private static final int RECORDS = 10_000;
    private static final byte[] VALUE = "x".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
    private static final int LIMIT_BYTES = AdminOptions.defaults().maxUnwrittenBytes();
    private static final long DEADLINE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Engine engine = LocalEngine.inMemory(LocalOptions.defaults());
    private final Broker broker =
            Broker.start(engine, BrokerOptions.defaults()).toCompletableFuture().join();
    private final Topic topic = broker.topics()
            .create(TopicSpec.stream("orders", 1))
            .toCompletableFuture()
            .join();
    private final Socket socket = new Socket();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** Holds back what is written, as a full socket does. */
    private static final class Socket extends ChannelOutboundHandlerAdapter {
        boolean full = true;

        @Override
        public void flush(ChannelHandlerContext context) {
            if (!full) {
                context.flush();
            }
        }
    }

    @BeforeEach
    void publish() throws InterruptedException {
        Queue queue = broker.queues()
                .declare(QueueSpec.durable("all"), null)
                .toCompletableFuture()
                .join();
        queue.bind(topic, "#").toCompletableFuture().join();
        CountDownLatch stored = new CountDownLatch(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            Message message = new Message(0, null, ByteBuffer.wrap(VALUE), BatchBuilder.NO_HEADERS);
            topic.publish(message, (token, failure) -> stored.countDown(), i);
        }
        assertThat(stored.await(30, TimeUnit.SECONDS)).isTrue();
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(LIMIT_BYTES / 2, LIMIT_BYTES));
        Routes routes = new Routes(broker, Optional.empty());
        channel.pipeline()
                .addLast(socket)
                .addLast(new HttpServerCodec())
                .addLast(new FlowControlHandler())
                .addLast(new Connection(channel, routes, AdminOptions.defaults()));
        channel.pipeline().fireChannelActive();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        broker.close();
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/topics/orders/records?from=beginning", "/queues/all/messages?limit=" + RECORDS})
    void nothingIsReadFurtherThanTheClientReads(String path) {
        channel.writeInbound(Unpooled.copiedBuffer("GET " + path + " HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        long startNanos = System.nanoTime();
        while (channel.isWritable()) {
            channel.runPendingTasks();
            assertThat(System.nanoTime() - startNanos).isLessThan(DEADLINE_NANOS);
        }
        for (int turn = 0; turn < 200; turn++) {
            // comes after what was read before it
            topic.read(0, 0, 1).toCompletableFuture().join();
            channel.runPendingTasks();
            assertThat(unwrittenBytes()).isLessThan(2L * LIMIT_BYTES);
        }
        long taken = 0;
        socket.full = false;
        while (taken < (long) RECORDS * VALUE.length) {
            channel.flush();
            channel.runPendingTasks();
            taken += takenBytes();
            assertThat(System.nanoTime() - startNanos).isLessThan(DEADLINE_NANOS);
        }
    }

    private long unwrittenBytes() {
        return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
    }

    private long takenBytes() {
        long bytes = 0;
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            bytes += part.readableBytes();
            part.release();
        }
        return bytes;
    }
}
