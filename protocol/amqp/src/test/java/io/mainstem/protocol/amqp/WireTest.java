package io.mainstem.protocol.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import io.mainstem.broker.Queue;
import io.mainstem.protocol.amqp.codec.FieldTable;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client library would never send. */
class WireTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @Test
    void aWrongProtocolHeaderIsAnsweredWithTheRightOne() throws Exception {
        for (String header : new String[] {"AMQP\3\1\0\0", "GET / HTTP/1.1\r\n\r\n", "\0\0\0\20"}) {
            try (WireClient client = new WireClient(fixture.port())) {
                client.send(Unpooled.wrappedBuffer(header.getBytes(UTF_8)));
                assertThat(client.receiveAll()).isEqualTo(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            }
        }
    }

    @Test
    void whoDoesNotAnswerDoesNotHoldUpTheEndOfTheListener() throws Exception {
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(WireClient.handshake(0));
            client.expectHandshake();
            long beforeNanos = System.nanoTime();

            fixture.listener().close();

            assertThat(Duration.ofNanos(System.nanoTime() - beforeNanos)).isLessThan(Duration.ofMillis(2_500));
            client.expect(Method.CONNECTION_CLOSE);
        }
    }

    @Test
    void everythingMayComeAtOnceOrByteByByte() throws Exception {
        ByteBuf all = WireClient.handshake(0);
        FrameWriter.method(all, 1, Method.QUEUE_DECLARE, 0, "q", false, true, false, false, false, Map.of());
        FrameWriter.method(all, 1, Method.CONFIRM_SELECT, false);
        publish(all, "q", "hello");
        FrameWriter.method(all, 1, Method.QUEUE_DECLARE, 0, "q", true, false, false, false, false, Map.of());
        for (int piece : new int[] {all.readableBytes(), 1}) {
            try (WireClient client = new WireClient(fixture.port())) {
                for (int sent = 0; sent < all.readableBytes(); sent += piece) {
                    client.send(all.slice(sent, Math.min(piece, all.readableBytes() - sent)));
                }
                client.expectHandshake();
                client.expect(Method.QUEUE_DECLARE_OK);
                client.expect(Method.CONFIRM_SELECT_OK);
                // The confirm comes when the message is durable; the answer to what follows need not wait for that.
                Method first = Method.readId(client.next().payload());
                Method second = Method.readId(client.next().payload());
                assertThat(new Method[] {first, second})
                        .containsExactlyInAnyOrder(Method.BASIC_ACK, Method.QUEUE_DECLARE_OK);
            }
        }
    }

    @Test
    void aFrameLargerThanAgreedEndsTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(Unpooled.buffer().writeByte(Frame.BODY).writeShort(1).writeInt(200_000));
            assertThat(client.expectConnectionClose())
                    .isEqualTo("501 FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,200000,131064} 0.0");
        }
    }

    @Test
    void aFrameOfAnUnknownTypeEndsTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.sendFrame(9, 0, (byte) 1, (byte) 2);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("501 FRAME_ERROR - type 9, all octets = <<1,2>>: unknown_frame 0.0");
        }
    }

    @Test
    void aContentFrameOutOfPlaceEndsTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.sendFrame(Frame.BODY, 1, (byte) 1);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("505 UNEXPECTED_FRAME - expected method frame, got non method frame instead 0.0");
        }
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.BASIC_PUBLISH, 0, "", "q", false, false);
            client.send(1, Method.BASIC_QOS, 0, 0, false);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("505 UNEXPECTED_FRAME - expected content header for class 60, got non content header"
                            + " frame instead 60.40");
        }
    }

    @Test
    void aChannelThatIsNotOpenEndsTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(2, Method.BASIC_QOS, 0, 0, false);
            assertThat(client.expectConnectionClose()).isEqualTo("504 CHANNEL_ERROR - expected 'channel.open' 60.10");
        }
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.CHANNEL_OPEN, "");
            assertThat(client.expectConnectionClose())
                    .isEqualTo("504 CHANNEL_ERROR - second 'channel.open' seen 20.10");
        }
    }

    @Test
    void aMethodThatOnlyAServerSendsEndsTheConnection() throws Exception {
        for (Method method : new Method[] {Method.QUEUE_BIND_OK, Method.CHANNEL_CLOSE_OK, Method.CONFIRM_SELECT_OK}) {
            try (WireClient client = WireClient.open(fixture.port())) {
                client.send(1, method);
                assertThat(client.expectConnectionClose()).startsWith("503 COMMAND_INVALID - unimplemented method ");
            }
        }
    }

    @Test
    void aSecretMayBeUpdated() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(0, Method.CONNECTION_UPDATE_SECRET, "new".getBytes(UTF_8), "the old one expires");
            client.expect(Method.CONNECTION_UPDATE_SECRET_OK);
        }
    }

    @Test
    void aClientMayLogInByAmqplain() throws Exception {
        ByteBuf login = Unpooled.buffer();
        FieldTable.write(Map.of("LOGIN", "guest", "PASSWORD", "guest"), login);
        // the mechanism leaves out the table's length
        byte[] response = ByteBufUtil.getBytes(login.skipBytes(4));
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(Frame.protocolHeader());
            client.expect(Method.CONNECTION_START);
            client.send(0, Method.CONNECTION_START_OK, Map.of(), "AMQPLAIN", response, "en_US");
            client.expect(Method.CONNECTION_TUNE);
        }
    }

    @Test
    void aRefusedLoginNamesNoMethodAsInRabbitMq() throws Exception {
        ByteBuf startOk = Unpooled.buffer();
        WireClient.startOk(startOk, Map.of("authentication_failure_close", true), "wrong");
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(Frame.protocolHeader());
            client.expect(Method.CONNECTION_START);
            client.send(startOk);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
                            + " For details see the broker logfile. 0.0");
        }
    }

    @Test
    void aFieldOfAnUnknownTypeEndsTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.sendFrame(Frame.METHOD, 1, new byte[] {0, 50, 0, 10, 0, 0, 1, 'q', 0, 0, 0, 0, 3, 1, 'a', '?'});
            assertThat(client.expectConnectionClose()).isEqualTo("502 SYNTAX_ERROR - unknown field type 63 50.10");
        }
    }

    @Test
    void aMechanismThatIsNotOfferedIsRefused() throws Exception {
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(Frame.protocolHeader());
            assertThat(new String(client.expect(Method.CONNECTION_START).bytes("mechanisms"), UTF_8))
                    .isEqualTo("PLAIN AMQPLAIN");
            client.send(0, Method.CONNECTION_START_OK, Map.of(), "EXTERNAL", new byte[0], "en_US");
            assertThat(client.expectConnectionClose())
                    .isEqualTo("503 COMMAND_INVALID - unknown authentication mechanism 'EXTERNAL' 10.11");
        }
    }

    @Test
    void methodsOutOfTurnEndTheConnection() throws Exception {
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(Frame.protocolHeader());
            client.expect(Method.CONNECTION_START);
            client.send(0, Method.CONNECTION_OPEN, "/", "", false);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("504 CHANNEL_ERROR - unexpected method in connection state starting 10.40");
        }
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(Frame.protocolHeader());
            client.expect(Method.CONNECTION_START);
            client.send(1, Method.CHANNEL_OPEN, "");
            assertThat(client.expectConnectionClose()).startsWith("505 UNEXPECTED_FRAME - type 1, all octets = ");
        }
    }

    @Test
    void argumentsThatEndTooEarlyEndTheConnection() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.sendFrame(Frame.METHOD, 1, (byte) 0, (byte) 50, (byte) 0, (byte) 10, (byte) 0);
            assertThat(client.expectConnectionClose()).isEqualTo("501 FRAME_ERROR - cannot decode <<0>> 50.10");
        }
    }

    @Test
    void aConsumerTagIsUsedOnce() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.QUEUE_DECLARE, 0, "q", false, true, false, false, false, Map.of());
            client.send(1, Method.BASIC_CONSUME, 0, "q", "mine", false, false, false, false, Map.of());
            client.send(1, Method.BASIC_CONSUME, 0, "q", "mine", false, false, false, false, Map.of());
            client.expect(Method.QUEUE_DECLARE_OK);
            client.expect(Method.BASIC_CONSUME_OK);
            assertThat(client.expectConnectionClose())
                    .isEqualTo("530 NOT_ALLOWED - attempt to reuse consumer tag 'mine' 60.20");
        }
    }

    @Test
    void whatWasSentBeforeTheChannelsEndWasSeenIsIgnored() throws Exception {
        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.QUEUE_DECLARE, 0, "missing", true, false, false, false, false, Map.of());
            client.send(1, Method.QUEUE_DECLARE, 0, "other", false, true, false, false, false, Map.of());
            assertThat(client.expectClose(Method.CHANNEL_CLOSE))
                    .isEqualTo("404 NOT_FOUND - no queue 'missing' in vhost '/' 50.10");
            client.send(1, Method.CHANNEL_CLOSE_OK);
            client.send(1, Method.CHANNEL_OPEN, "");
            client.expect(Method.CHANNEL_OPEN_OK);
            assertThat(fixture.broker().queues().find("other")).isEmpty();
        }
    }

    @Test
    void anOlderClientLearnsOfAWrongPasswordByTheEndOfTheConnection() throws Exception {
        try (WireClient client = new WireClient(fixture.port())) {
            ByteBuf out = Unpooled.buffer().writeBytes(Frame.protocolHeader());
            WireClient.startOk(out, Map.of(), "wrong");
            client.send(out);
            client.expect(Method.CONNECTION_START);
            client.expectEnd();
        }
    }

    @Test
    void aClientWithoutHeartbeatsIsGivenUp() throws Exception {
        try (WireClient client = new WireClient(fixture.port())) {
            client.send(WireClient.handshake(1));
            client.expectHandshake();
            // Heartbeats come, and when nothing comes back, the end.
            byte[] rest = client.receiveAll();
            assertThat(rest).startsWith(Frame.HEARTBEAT, 0, 0, 0, 0, 0, 0, 0xCE);
        }
    }

    @Test
    void aConsumerThatNeverReadsHoldsLittle() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("q", true, false, false, null);
        for (int message = 0; message < 400; message++) {
            channel.basicPublish("", "q", null, new byte[100_000]);
        }
        channel.waitForConfirmsOrDie(20_000);
        Queue queue = fixture.broker().queues().find("q").orElseThrow();
        await().atMost(BrokerFixture.DEADLINE).until(() -> queue.readyCount() == 400);

        try (WireClient client = WireClient.open(fixture.port())) {
            client.send(1, Method.BASIC_CONSUME, 0, "q", "mine", false, true, false, false, Map.of());

            await().atMost(BrokerFixture.DEADLINE).until(() -> queue.readyCount() < 400);
            // Kernel buffers take some megabytes, the outbox one; the rest stays in the queue.
            await().during(Duration.ofMillis(500))
                    .atMost(BrokerFixture.DEADLINE)
                    .until(() -> queue.readyCount() > 200);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void garbageDisturbsNobodyElse(long seed) throws Exception {
        Random random = new Random(seed);
        Channel healthy = fixture.channel();
        for (int round = 0; round < 20; round++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            try (WireClient client =
                    round % 2 == 0 ? new WireClient(fixture.port()) : WireClient.open(fixture.port())) {
                client.send(Unpooled.wrappedBuffer(garbage));
            }
            healthy.queueDeclare();
        }
    }

    private static void publish(ByteBuf out, String queue, String body) {
        FrameWriter.method(out, 1, Method.BASIC_PUBLISH, 0, "", queue, true, false);
        int header = FrameWriter.begin(out, Frame.HEADER, 1);
        out.writeShort(60).writeShort(0).writeLong(body.length()).writeShort(0);
        FrameWriter.end(out, header);
        int frame = FrameWriter.begin(out, Frame.BODY, 1);
        out.writeBytes(body.getBytes(UTF_8));
        FrameWriter.end(out, frame);
    }
}
