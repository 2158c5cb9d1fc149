package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.TopicSpec;
import io.mainstem.protocol.amqp.codec.Frame;
import io.mainstem.protocol.amqp.codec.FrameWriter;
import io.mainstem.protocol.amqp.codec.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes on while a channel waits for a broker that takes its time. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class WaitingTest {

    private static final int HELD_BYTES = 200_000;
    private static final int BODY_BYTES = 100_000;

    @RegisterExtension
    final BrokerFixture fixture =
            new BrokerFixture(AmqpOptions.builder().maxHeldBytes(HELD_BYTES).build());

    private final CountDownLatch brokerMayAnswer = new CountDownLatch(1);
    private Future<?> pause;
    private WireClient client;

    @BeforeEach
    void channelOneWaitsForTheBroker() throws Exception {
        client = WireClient.open(fixture.port());
        client.send(2, Method.CHANNEL_OPEN, "");
        client.expect(Method.CHANNEL_OPEN_OK);
        fixture.broker()
                .topics()
                .create(TopicSpec.stream("pause", 1))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        CountDownLatch paused = new CountDownLatch(1);
        pause = fixture.broker()
                .topics()
                .configure("pause", settings -> {
                    paused.countDown();
                    awaitUninterruptibly(brokerMayAnswer);
                    return settings;
                })
                .toCompletableFuture();
        paused.await();
        client.send(1, Method.QUEUE_DECLARE, 0, "slow", false, true, false, false, false, Map.of());
    }

    @AfterEach
    void letTheBrokerGo() throws Exception {
        brokerMayAnswer.countDown();
        pause.get(20, TimeUnit.SECONDS);
        client.close();
    }

    @Test
    void anotherChannelGoesOn() throws Exception {
        client.send(2, Method.BASIC_QOS, 0, 1, false);
        assertThat(client.next().channel()).isEqualTo(2);

        brokerMayAnswer.countDown();
        client.expect(Method.QUEUE_DECLARE_OK);
    }

    @Test
    void whatFollowsOnTheChannelIsHandledInItsOrder() throws Exception {
        client.send(1, Method.CONFIRM_SELECT, false);
        client.send(1, Method.BASIC_QOS, 0, 1, false);
        client.send(1, Method.QUEUE_PURGE, 0, "slow", false);
        client.send(1, Method.CHANNEL_CLOSE, 200, "", 0, 0);
        client.send(1, Method.CHANNEL_OPEN, "");
        client.send(2, Method.BASIC_QOS, 0, 1, false);
        client.expect(Method.BASIC_QOS_OK);
        brokerMayAnswer.countDown();

        client.expect(Method.QUEUE_DECLARE_OK);
        client.expect(Method.CONFIRM_SELECT_OK);
        client.expect(Method.BASIC_QOS_OK);
        client.expect(Method.QUEUE_PURGE_OK);
        client.expect(Method.CHANNEL_CLOSE_OK);
        client.expect(Method.CHANNEL_OPEN_OK);
    }

    @Test
    void onlySoMuchIsHeldAndThenTheClientHasToWait() throws Exception {
        ByteBuf messages = Unpooled.buffer();
        int count = 200;
        FrameWriter.method(messages, 1, Method.CONFIRM_SELECT, false);
        for (int message = 0; message < count; message++) {
            publish(messages, 1, "slow");
        }
        Thread writer = new Thread(() -> {
            try {
                client.send(messages);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        // 20 MB do not fit into the sockets, so the client hangs as soon as the server no longer reads.
        writer.join(500);
        assertThat(writer.isAlive()).as("the client waits").isTrue();

        brokerMayAnswer.countDown();
        client.expect(Method.QUEUE_DECLARE_OK);
        client.expect(Method.CONFIRM_SELECT_OK);
        long confirmed = 0;
        while (confirmed < count) {
            confirmed = client.expect(Method.BASIC_ACK).number("delivery-tag");
        }
        writer.join();
    }

    @Test
    void aMistakeThatWasHeldClosesTheChannelInItsTurn() throws Exception {
        client.send(1, Method.BASIC_ACK, 7L, false);
        client.send(1, Method.BASIC_QOS, 0, 1, false);
        brokerMayAnswer.countDown();

        client.expect(Method.QUEUE_DECLARE_OK);
        assertThat(client.expectClose(Method.CHANNEL_CLOSE))
                .isEqualTo("406 PRECONDITION_FAILED - unknown delivery tag 7 60.80");
    }

    @Test
    void theConnectionCanBeClosed() throws Exception {
        client.send(1, Method.BASIC_QOS, 0, 1, false);
        client.send(0, Method.CONNECTION_CLOSE, 200, "", 0, 0);
        client.expect(Method.CONNECTION_CLOSE_OK);
        client.expectEnd();
    }

    private static void publish(ByteBuf out, int channel, String queue) {
        FrameWriter.method(out, channel, Method.BASIC_PUBLISH, 0, "", queue, false, false);
        int header = FrameWriter.begin(out, Frame.HEADER, channel);
        out.writeShort(60).writeShort(0).writeLong(BODY_BYTES).writeShort(0);
        FrameWriter.end(out, header);
        int body = FrameWriter.begin(out, Frame.BODY, channel);
        out.writeZero(BODY_BYTES);
        FrameWriter.end(out, body);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
