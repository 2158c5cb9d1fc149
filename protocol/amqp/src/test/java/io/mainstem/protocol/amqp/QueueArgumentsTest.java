package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the arguments of a queue's declaration do, and what is said when they cannot be. */
class QueueArgumentsTest {

    @RegisterExtension
    final BrokerFixture broker = new BrokerFixture();

    @Test
    void whatARejectedMessageHasBeenThroughStandsInItsHeaders() throws Exception {
        Channel channel = broker.channel();
        channel.exchangeDeclare("dlx", "fanout", true);
        channel.queueDeclare("dead", true, false, false, null);
        channel.queueBind("dead", "dlx", "");
        channel.queueDeclare("q", true, false, false, Map.of("x-dead-letter-exchange", "dlx"));
        channel.confirmSelect();
        channel.basicPublish("", "q", MessageProperties.PERSISTENT_TEXT_PLAIN, "m".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(5_000);

        channel.basicReject(get(channel, "q").getEnvelope().getDeliveryTag(), false);

        GetResponse letter = get(channel, "dead");
        assertThat(letter.getEnvelope().getExchange()).isEqualTo("dlx");
        assertThat(letter.getEnvelope().getRoutingKey()).isEqualTo("q");
        Map<String, Object> headers = letter.getProps().getHeaders();
        assertThat(text(headers.get("x-first-death-reason"))).isEqualTo("rejected");
        assertThat(text(headers.get("x-first-death-queue"))).isEqualTo("q");
        assertThat(text(headers.get("x-first-death-exchange"))).isEmpty();
        assertThat(text(headers.get("x-last-death-reason"))).isEqualTo("rejected");
        List<?> deaths = (List<?>) headers.get("x-death");
        assertThat(deaths).hasSize(1);
        Map<?, ?> death = (Map<?, ?>) deaths.get(0);
        assertThat(death.get("count")).isEqualTo(1L);
        assertThat(text(death.get("queue"))).isEqualTo("q");
        assertThat(text(death.get("exchange"))).isEmpty();
        assertThat(death.get("time")).isInstanceOf(Date.class);
        assertThat((List<?>) death.get("routing-keys"))
                .map(QueueArgumentsTest::text)
                .containsExactly("q");
    }

    @Test
    void anExpiredMessageSaysHowLongItWasToLive() throws Exception {
        Channel channel = broker.channel();
        channel.queueDeclare("dead", true, false, false, null);
        channel.queueDeclare(
                "q", true, false, false, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        AMQP.BasicProperties brief =
                new AMQP.BasicProperties.Builder().expiration("20").build();
        channel.basicPublish("", "q", brief, "m".getBytes(UTF_8));

        GetResponse letter = get(channel, "dead");

        assertThat(letter.getProps().getExpiration()).isNull();
        Map<?, ?> death = (Map<?, ?>) ((List<?>) letter.getProps().getHeaders().get("x-death")).get(0);
        assertThat(text(death.get("reason"))).isEqualTo("expired");
        assertThat(text(death.get("original-expiration"))).isEqualTo("20");
    }

    @Test
    void messagesLeaveByTimeAndLength() throws Exception {
        Channel channel = broker.channel();
        channel.queueDeclare("brief", false, false, false, Map.of("x-message-ttl", 10));
        channel.queueDeclare("short", false, false, false, Map.of("x-max-length", 2));
        for (String body : List.of("1", "2", "3")) {
            channel.basicPublish("", "brief", null, body.getBytes(UTF_8));
            channel.basicPublish("", "short", null, body.getBytes(UTF_8));
        }
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("brief") == 0);
        assertThat(channel.messageCount("short")).isEqualTo(2);
        assertThat(new String(get(channel, "short").getBody(), UTF_8)).isEqualTo("2");
    }

    @Test
    void whoHasItsConfirmsFindsNoMoreThanTheLengthThoughTheRestAreDeadLetters() throws Exception {
        Channel channel = broker.channel();
        channel.queueDeclare("dead", true, false, false, null);
        channel.queueDeclare(
                "q",
                true,
                false,
                false,
                Map.of("x-max-length", 5, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead"));
        channel.confirmSelect();
        int count = 0;
        for (int round = 0; round < 3; round++) {
            for (int message = 0; message < 4_000; message++) {
                channel.basicPublish("", "q", null, Integer.toString(++count).getBytes(UTF_8));
            }
            channel.waitForConfirmsOrDie(20_000);
            assertThat(channel.messageCount("q")).isEqualTo(5);
            assertThat(new String(channel.basicGet("q", true).getBody(), UTF_8)).isEqualTo(Integer.toString(count - 4));
        }
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("dead") == 12_000 - 5 - 2);
    }

    @Test
    void messagesAndConsumersHavePriorities() throws Exception {
        Channel channel = broker.channel();
        channel.queueDeclare("q", false, false, false, Map.of("x-max-priority", 5));
        for (int priority : new int[] {1, 4, 2}) {
            AMQP.BasicProperties properties =
                    new AMQP.BasicProperties.Builder().priority(priority).build();
            channel.basicPublish("", "q", properties, Integer.toString(priority).getBytes(UTF_8));
        }
        List<String> first = new ArrayList<>();
        for (int count = 0; count < 3; count++) {
            first.add(new String(get(channel, "q").getBody(), UTF_8));
        }
        assertThat(first).containsExactly("4", "2", "1");

        List<String> low = new CopyOnWriteArrayList<>();
        List<String> high = new CopyOnWriteArrayList<>();
        channel.basicConsume("q", true, (tag, delivery) -> low.add(tag), tag -> {});
        channel.basicConsume("q", true, Map.of("x-priority", 10), (tag, delivery) -> high.add(tag), tag -> {});
        for (int count = 0; count < 10; count++) {
            channel.basicPublish("", "q", null, new byte[0]);
        }
        await().atMost(BrokerFixture.DEADLINE).until(() -> high.size() == 10);
        assertThat(low).isEmpty();
    }

    @Test
    void aQuorumQueueCountsDeliveries() throws Exception {
        Channel channel = broker.channel();
        channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum", "x-delivery-limit", 1));
        channel.basicPublish("", "q", null, "m".getBytes(UTF_8));
        GetResponse first = get(channel, "q");
        assertThat(first.getProps().getHeaders()).isNull();
        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);
        GetResponse second = get(channel, "q");
        assertThat(second.getProps().getHeaders().get("x-delivery-count")).isEqualTo(1L);
        channel.basicNack(second.getEnvelope().getDeliveryTag(), false, true);
        assertThat(channel.basicGet("q", true)).isNull();
    }

    @Test
    void valuesThatCannotBeAreRefused() throws Exception {
        assertThat(refused(Map.of("x-message-ttl", -1)))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'q' in vhost '/':"
                        + " {value_negative,-1}");
        assertThat(refused(Map.of("x-expires", 0))).endsWith("{value_zero,0}");
        assertThat(refused(Map.of("x-max-length", "ten"))).endsWith("\"expected integer, got longstr\"");
        assertThat(refused(Map.of("x-overflow", "explode"))).endsWith("invalid_overflow");
        assertThat(refused(Map.of("x-max-priority", 256))).endsWith("{max_value_exceeded,256}");
        assertThat(refused(Map.of("x-dead-letter-routing-key", "k"))).endsWith("routing_key_but_no_dlx_defined");
        assertThat(refused(Map.of("x-single-active-consumer", "yes"))).endsWith("{unacceptable_type,longstr}");
        assertThat(refused(Map.of("x-delivery-limit", 1)))
                .endsWith(
                        "invalid arg 'x-delivery-limit' for queue 'q' in vhost '/' of queue type rabbit_classic_queue");
    }

    @Test
    void aSecondDeclarationMustSayTheSame() throws Exception {
        broker.channel().queueDeclare("q", true, false, false, Map.of("x-max-length", 5));
        broker.channel().queueDeclare("q", true, false, false, Map.of("x-max-length", 5L));
        assertThat(refused(Map.of("x-max-length", 6)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q' in vhost '/':"
                        + " received '6' but current is '5'");
        assertThat(refused(Map.of())).endsWith("received none but current is the value '5' of type 'signedint'");
        assertThat(refused(Map.of("x-max-length", 5, "x-expires", 1000)))
                .endsWith("received the value '1000' of type 'signedint' but current is none");
    }

    private String refused(Map<String, Object> arguments) throws Exception {
        Channel channel = broker.channel();
        return refusal(() -> channel.queueDeclare("q", true, false, false, arguments));
    }

    private static GetResponse get(Channel channel, String queue) {
        return await().atMost(BrokerFixture.DEADLINE).until(() -> channel.basicGet(queue, false), got -> got != null);
    }

    private static String text(Object value) {
        return value.toString();
    }
}
