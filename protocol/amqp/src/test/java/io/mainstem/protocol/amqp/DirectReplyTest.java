package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.Return;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers that come straight to the channel that asked. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class DirectReplyTest {

    private static final String REPLIES = "amq.rabbitmq.reply-to";
    private static final BasicProperties ANSWER_ME =
            new BasicProperties.Builder().replyTo(REPLIES).correlationId("7").build();

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private final BlockingQueue<Delivery> replies = new LinkedBlockingQueue<>();
    private final BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    private Channel requester;
    private Channel responder;
    private String tag;

    @BeforeEach
    void consumeReplies() throws Exception {
        requester = fixture.channel();
        responder = fixture.channel();
        responder.queueDeclare("requests", true, false, false, null);
        responder.confirmSelect();
        responder.addReturnListener(returns::add);
        tag = requester.basicConsume(REPLIES, true, (consumerTag, delivery) -> replies.add(delivery), cancelled -> {});
    }

    @Test
    void anAnswerComesToTheChannelThatAsked() throws Exception {
        String address = askForAnAddress();
        assertThat(address).startsWith(REPLIES + ".");

        responder.basicPublish(
                "",
                address,
                true,
                new BasicProperties.Builder()
                        .correlationId("7")
                        .headers(Map.of("a", "b"))
                        .build(),
                "pong".getBytes(UTF_8));
        responder.waitForConfirmsOrDie(20_000);

        Delivery reply = take(replies);
        assertThat(reply.getBody()).isEqualTo("pong".getBytes(UTF_8));
        assertThat(reply.getProperties().getCorrelationId()).isEqualTo("7");
        assertThat(reply.getProperties().getHeaders()).containsOnlyKeys("a");
        assertThat(reply.getEnvelope().getExchange()).isEmpty();
        assertThat(reply.getEnvelope().getRoutingKey()).isEqualTo(address);
        assertThat(returns).isEmpty();
    }

    @Test
    void anAnswerThatNobodyAwaitsAnyMoreComesBack() throws Exception {
        String address = askForAnAddress();
        requester.basicCancel(tag);

        responder.basicPublish("", address, true, null, "pong".getBytes(UTF_8));
        responder.waitForConfirmsOrDie(20_000);

        assertThat(take(returns).getRoutingKey()).isEqualTo(address);
    }

    @Test
    void theResponderCanLookWhetherAnAnswerIsStillAwaited() throws Exception {
        String address = askForAnAddress();
        DeclareOk there = responder.queueDeclarePassive(address);
        assertThat(there.getConsumerCount()).isEqualTo(1);
        assertThat(there.getMessageCount()).isZero();
        requester.close();

        assertThat(refusal(() -> responder.queueDeclarePassive(address)))
                .isEqualTo("404 NOT_FOUND - no queue '" + address + "' in vhost '/'");
    }

    @Test
    void largeAnswersArriveWhole() throws Exception {
        String address = askForAnAddress();
        for (int reply = 0; reply < 20; reply++) {
            byte[] body = new byte[300_000];
            body[299_999] = (byte) reply;
            responder.basicPublish("", address, null, body);
            assertThat(take(replies).getBody()).isEqualTo(body);
        }
    }

    @Test
    void theQueueNeedsNoDeclarationAndMayBeDeclared() throws Exception {
        assertThat(responder.queueDeclare(REPLIES, false, false, false, null).getQueue())
                .isEqualTo(REPLIES);
    }

    @Test
    void afterACancelAChannelMayConsumeAgain() throws Exception {
        String before = askForAnAddress();
        requester.basicCancel(tag);
        requester.basicConsume(REPLIES, true, (consumerTag, delivery) -> replies.add(delivery), cancelled -> {});

        assertThat(askForAnAddress()).isNotEqualTo(before);
    }

    @Test
    void repliesCannotBeAcknowledged() {
        assertThat(refusal(() -> fixture.channel().basicConsume(REPLIES, false, (t, d) -> {}, t -> {})))
                .isEqualTo("406 PRECONDITION_FAILED - reply consumer cannot acknowledge");
    }

    @Test
    void aChannelHasOneConsumerOfReplies() {
        assertThat(refusal(() -> requester.basicConsume(REPLIES, true, (t, d) -> {}, t -> {})))
                .isEqualTo("406 PRECONDITION_FAILED - reply consumer already set");
    }

    @Test
    void whoWantsAnAnswerHasToConsumeFirst() throws Exception {
        Channel channel = fixture.channel();
        assertThat(refusal(() -> {
                    channel.basicPublish("", "requests", ANSWER_ME, "ping".getBytes(UTF_8));
                    channel.basicQos(1);
                }))
                .isEqualTo("406 PRECONDITION_FAILED - fast reply consumer does not exist");
    }

    @Test
    void itIsNoQueueToGetFrom() {
        assertThat(refusal(() -> responder.basicGet(REPLIES, true)))
                .isEqualTo("404 NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/'");
    }

    /** Sends a request, and returns where the responder is to answer. */
    private String askForAnAddress() throws IOException {
        requester.basicPublish("", "requests", ANSWER_ME, "ping".getBytes(UTF_8));
        assertThat(requester.messageCount("requests")).isEqualTo(1);
        GetResponse request = responder.basicGet("requests", true);
        return request.getProps().getReplyTo();
    }

    private static <T> T take(BlockingQueue<T> from) throws InterruptedException {
        T next = from.poll(BrokerFixture.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        return Objects.requireNonNull(next, "nothing came");
    }
}
