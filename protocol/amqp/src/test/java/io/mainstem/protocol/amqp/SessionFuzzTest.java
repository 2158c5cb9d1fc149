package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import io.mainstem.protocol.amqp.codec.Arguments;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that no client would send: from a fuzzer that sees which code its inputs reach, and sessions in which a few
 * bytes are wrong. {@code -Dmainstem.fuzz.runs=N} looks for longer.
 */
class SessionFuzzTest {

    private static final String RUNS = System.getProperty("mainstem.fuzz.runs", "20000");
    private static final int MOST_MINUTES = 4;
    private static final int SESSIONS = 60;

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @TempDir
    Path directory;

    @Test
    void everyFrameIsReadOrRefused() throws Exception {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        ByteBuf session = session();
        Files.write(corpus.resolve("session"), ByteBufUtil.getBytes(session));
        int number = 0;
        Frame frame = new Frame();
        for (ByteBuf rest = session.duplicate(); rest.isReadable(); number++) {
            int start = rest.readerIndex();
            assertThat(frame.open(rest, 1 << 17)).isTrue();
            frame.close();
            byte[] bytes = ByteBufUtil.getBytes(rest, start, rest.readerIndex() - start);
            Files.write(corpus.resolve("frame-" + number), bytes);
        }
        fuzz(SessionFuzz.class, corpus);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aSessionWithWrongBytesEndsByTheRules(long seed) throws Exception {
        Random random = new Random(seed);
        Channel healthy = fixture.channel();
        for (int round = 0; round < SESSIONS; round++) {
            ByteBuf damaged = session();
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
                damaged.setByte(random.nextInt(damaged.readableBytes()), random.nextInt());
            }
            try (WireClient client = WireClient.open(fixture.port())) {
                while (damaged.isReadable()) {
                    client.send(damaged.readSlice(Math.min(damaged.readableBytes(), 1 + random.nextInt(300))));
                }
                client.send(0, Method.CONNECTION_CLOSE, 200, "", 0, 0);
                client.closeOutput();
                expectAnEnd(client);
            } catch (SocketException e) {
                // The server had closed before all was sent.
            }
            healthy.queueDeclare();
        }
    }

    /** All that comes are whole frames; and nothing that the client does is the server's fault. */
    private static void expectAnEnd(WireClient client) throws IOException {
        ByteBuf received = Unpooled.wrappedBuffer(client.receiveAll());
        Frame frame = new Frame();
        while (frame.open(received, 1 << 17)) {
            if (frame.type() == Frame.METHOD) {
                Method method = Method.readId(frame.payload());
                Arguments arguments = Arguments.read(method, frame.payload());
                if (method == Method.CONNECTION_CLOSE) {
                    assertThat(arguments.number("reply-code"))
                            .as(arguments.text("reply-text"))
                            .isNotEqualTo(541);
                }
            }
            frame.close();
        }
        assertThat(received.isReadable()).as("a frame that is cut off").isFalse();
    }

    private static ByteBuf session() {
        ByteBuf out = Unpooled.buffer();
        Map<String, Object> arguments =
                Map.of("x-message-ttl", 60_000, "x-queue-type", "classic", "list", List.of(1, "a"));
        FrameWriter.method(out, 1, Method.QUEUE_DECLARE, 0, "work", false, true, false, true, false, arguments);
        FrameWriter.method(
                out, 1, Method.EXCHANGE_DECLARE, 0, "events", "headers", false, true, true, false, false, Map.of());
        FrameWriter.method(
                out, 1, Method.QUEUE_BIND, 0, "work", "events", "key", false, Map.of("x-match", "any", "n", 1));
        FrameWriter.method(out, 1, Method.CONFIRM_SELECT, false);
        FrameWriter.method(out, 1, Method.BASIC_QOS, 0, 10, false);
        FrameWriter.method(
                out, 1, Method.BASIC_CONSUME, 0, "work", "tag", false, false, false, false, Map.of("x-priority", 2));
        for (String exchange : new String[] {"", "events"}) {
            FrameWriter.method(out, 1, Method.BASIC_PUBLISH, 0, exchange, "work", true, false);
            int header = FrameWriter.begin(out, Frame.HEADER, 1);
            out.writeShort(60).writeShort(0).writeLong(5).writeShort(0xF900);
            FrameWriter.shortString(out, "text/plain");
            FrameWriter.shortString(out, "utf-8");
            FieldTable.write(Map.of("n", 1, "CC", List.of("a", "b"), "BCC", List.of("c"), "x-delay", 5L), out);
            out.writeByte(2).writeByte(3);
            FrameWriter.shortString(out, "60000");
            FrameWriter.end(out, header);
            int body = FrameWriter.begin(out, Frame.BODY, 1);
            out.writeBytes("hello".getBytes(UTF_8));
            FrameWriter.end(out, body);
        }
        FrameWriter.method(out, 1, Method.BASIC_GET, 0, "work", false);
        FrameWriter.method(out, 1, Method.BASIC_NACK, 0L, true, true);
        FrameWriter.method(out, 1, Method.BASIC_RECOVER, true);
        FrameWriter.method(out, 1, Method.QUEUE_PURGE, 0, "work", false);
        FrameWriter.method(out, 1, Method.CHANNEL_CLOSE, 200, "", 0, 0);
        FrameWriter.method(out, 1, Method.CHANNEL_OPEN, "");
        FrameWriter.method(out, 1, Method.TX_SELECT);
        FrameWriter.method(out, 1, Method.TX_COMMIT);
        FrameWriter.method(out, 1, Method.QUEUE_DELETE, 0, "work", false, false, false);
        FrameWriter.method(out, 1, Method.EXCHANGE_DELETE, 0, "events", false, false);
        FrameWriter.heartbeat(out);
        return out;
    }

    private void fuzz(Class<?> target, Path corpus) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process fuzzer = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        // The fuzzer watches Unsafe itself, and stumbles over how Netty uses it.
                        "-Dio.netty.noUnsafe=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=io.mainstem.**",
                        "--reproducer_path=" + directory,
                        "-artifact_prefix=" + directory + "/",
                        "-seed=1",
                        "-max_len=2048",
                        "-rss_limit_mb=2048",
                        "-runs=" + RUNS,
                        corpus.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = fuzzer.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
        fuzzer.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as("the fuzzer has ended: %s", said).isTrue();
        assertThat(fuzzer.exitValue()).as("the fuzzer found: %s", said).isZero();
        assertThat(said).contains("Done " + RUNS + " runs");
    }
}
