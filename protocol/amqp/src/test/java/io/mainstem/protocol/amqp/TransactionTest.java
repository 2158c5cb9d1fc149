package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init") // by beforeEach
class TransactionTest {

    private static final int MOST_BYTES = 100_000;

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture(
            AmqpOptions.builder().maxTransactionBytes(MOST_BYTES).build());

    private Channel channel;
    private Channel other;

    @BeforeEach
    void select() throws Exception {
        channel = fixture.channel();
        other = fixture.channel();
        channel.txSelect();
        channel.queueDeclare("work", true, false, false, null);
        channel.exchangeDeclare("events", "fanout", true);
        channel.queueBind("work", "events", "");
    }

    @Test
    void whatIsPublishedIsThereOnceCommitted() throws Exception {
        publish("", "one");
        publish("events", "two");
        assertThat(ready()).isZero();

        channel.txCommit();

        assertThat(ready()).isEqualTo(2);
        assertThat(bodies()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void whatIsRolledBackWasNeverPublished() throws Exception {
        publish("", "one");
        channel.txRollback();
        publish("", "two");
        channel.txCommit();

        assertThat(bodies()).containsExactly("two");
    }

    @Test
    void aMessageIsSettledOnceCommitted() throws Exception {
        publish("", "one");
        channel.txCommit();
        GetResponse response = channel.basicGet("work", false);
        channel.basicAck(response.getEnvelope().getDeliveryTag(), false);

        channel.txCommit();
        channel.close();

        assertThat(ready()).isZero();
    }

    @Test
    void anAcknowledgementThatWasRolledBackMayBeGivenAgain() throws Exception {
        publish("", "one");
        publish("", "two");
        publish("", "three");
        channel.txCommit();
        List<Long> tags = new ArrayList<>();
        for (int message = 0; message < 3; message++) {
            tags.add(channel.basicGet("work", false).getEnvelope().getDeliveryTag());
        }
        channel.basicAck(tags.get(1), false);
        channel.basicAck(tags.get(0), false);

        channel.txRollback();

        channel.basicAck(tags.get(1), true);
        channel.txCommit();
        assertThat(refusal(() -> {
                    channel.basicAck(tags.get(1), false);
                    channel.txCommit();
                }))
                .isEqualTo("406 PRECONDITION_FAILED - unknown delivery tag " + tags.get(1));
        assertThat(bodies()).containsExactly("three");
    }

    @Test
    void anAcknowledgementThatWasNotCommittedEndsWithTheChannel() throws Exception {
        publish("", "one");
        channel.txCommit();
        GetResponse response = channel.basicGet("work", false);
        channel.basicAck(response.getEnvelope().getDeliveryTag(), false);

        channel.close();

        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(ready()).isEqualTo(1));
    }

    @Test
    void anUncommittedAcknowledgementMakesNoRoomForMore() throws Exception {
        for (int message = 0; message < 2; message++) {
            publish("", "m" + message);
        }
        channel.txCommit();
        channel.basicQos(1);
        List<Long> received = new CopyOnWriteArrayList<>();
        channel.basicConsume(
                "work",
                false,
                (tag, delivery) -> received.add(delivery.getEnvelope().getDeliveryTag()),
                tag -> {});
        await().atMost(BrokerFixture.DEADLINE).until(() -> received.size() == 1);
        channel.basicAck(received.get(0), false);
        channel.basicQos(1);
        assertThat(received).hasSize(1);

        channel.txCommit();

        await().atMost(BrokerFixture.DEADLINE).until(() -> received.size() == 2);
    }

    @Test
    void nobodyWantingAMessageIsToldWithTheCommit() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        channel.addReturnListener(returned -> told.add(returned.getReplyText() + " " + returned.getRoutingKey()));
        channel.basicPublish("", "nobody", true, null, "x".getBytes(UTF_8));
        channel.basicQos(0);
        assertThat(told).isEmpty();

        channel.txCommit();

        await().atMost(BrokerFixture.DEADLINE)
                .untilAsserted(() -> assertThat(told).containsExactly("NO_ROUTE nobody"));
    }

    @Test
    void confirmsAndTransactionsExcludeEachOther() throws Exception {
        assertThat(refusal(channel::confirmSelect))
                .isEqualTo("406 PRECONDITION_FAILED - cannot switch from tx to confirm mode");
        other.confirmSelect();
        assertThat(refusal(other::txSelect))
                .isEqualTo("406 PRECONDITION_FAILED - cannot switch from confirm to tx mode");
    }

    @Test
    void onlyATransactionalChannelCommitsOrRollsBack() throws Exception {
        assertThat(refusal(other::txCommit)).isEqualTo("406 PRECONDITION_FAILED - channel is not transactional");
        assertThat(refusal(fixture.channel()::txRollback))
                .isEqualTo("406 PRECONDITION_FAILED - channel is not transactional");
    }

    @Test
    void aTransactionHasALimit() throws Exception {
        assertThat(refusal(() -> {
                    for (int message = 0; message < 3; message++) {
                        channel.basicPublish("", "work", null, new byte[MOST_BYTES / 2]);
                    }
                    channel.txCommit();
                }))
                .isEqualTo("406 PRECONDITION_FAILED - transaction is larger than configured max size " + MOST_BYTES);
        assertThat(ready()).isZero();
    }

    private void publish(String exchange, String body) throws IOException {
        channel.basicPublish(exchange, "work", null, body.getBytes(UTF_8));
    }

    private long ready() throws IOException {
        return other.messageCount("work");
    }

    private List<String> bodies() throws IOException {
        List<String> bodies = new ArrayList<>();
        GetResponse response = other.basicGet("work", true);
        while (response != null) {
            bodies.add(new String(response.getBody(), UTF_8));
            response = other.basicGet("work", true);
        }
        return bodies;
    }
}
