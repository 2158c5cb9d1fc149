package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.Return;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers CC and BCC: further routing keys of a message. */
@SuppressWarnings("NullAway.Init") // by beforeEach
class SenderSelectedTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    private final BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
    private Channel channel;

    @BeforeEach
    void declareQueues() throws Exception {
        channel = fixture.channel();
        channel.confirmSelect();
        channel.addReturnListener(returns::add);
        for (String queue : new String[] {"a", "b", "c"}) {
            channel.queueDeclare(queue, true, false, false, null);
        }
    }

    @Test
    void eachNamedQueueGetsItsCopy() throws Exception {
        publish("", "a", Map.of("CC", List.of("b", "a"), "BCC", List.of("c", "b"), "n", 1));

        for (String queue : new String[] {"a", "b", "c"}) {
            GetResponse copy = channel.basicGet(queue, true);
            assertThat(copy.getBody()).isEqualTo("hello".getBytes(UTF_8));
            assertThat(copy.getEnvelope().getExchange()).isEmpty();
            assertThat(copy.getEnvelope().getRoutingKey()).isEqualTo("a");
            assertThat(copy.getProps().getHeaders()).containsOnlyKeys("CC", "n");
            assertThat(copy.getProps().getHeaders().get("CC")).hasToString("[b, a]");
            assertThat(channel.basicGet(queue, true)).isNull();
        }
    }

    @Test
    void aMessageThatOneOfThemWantsDoesNotComeBack() throws Exception {
        publish("", "nobody", Map.of("CC", List.of("b")));
        assertThat(channel.messageCount("b")).isEqualTo(1);
        assertThat(returns).isEmpty();

        publish("", "nobody", Map.of("CC", List.of("nobody either")));
        assertThat(returns.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void hiddenKeysLeaveAnEmptyTable() throws Exception {
        publish("", "a", Map.of("BCC", List.of("b")));

        assertThat(channel.basicGet("a", true).getProps().getHeaders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeadLetterKeepsItsFurtherKeysUnlessItGetsAnother(boolean changed) throws Exception {
        channel.queueBind("c", "amq.fanout", "");
        channel.queueDeclare(
                "dying",
                true,
                false,
                false,
                changed
                        ? Map.of("x-dead-letter-exchange", "amq.fanout", "x-dead-letter-routing-key", "c")
                        : Map.of("x-dead-letter-exchange", "amq.fanout"));
        publish("", "dying", Map.of("CC", List.of("a"), "n", 1));
        GetResponse rejected = channel.basicGet("dying", false);
        channel.basicReject(rejected.getEnvelope().getDeliveryTag(), false);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("c") == 1);

        Map<String, Object> headers = channel.basicGet("c", true).getProps().getHeaders();

        assertThat(headers).containsKey("n");
        assertThat(headers.containsKey("CC")).isEqualTo(!changed);
    }

    @Test
    void hiddenKeysAreNotToldOfADeadLetterEither() throws Exception {
        channel.queueDeclare(
                "dying", true, false, false, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "c"));
        publish("", "dying", Map.of("CC", List.of("a"), "BCC", List.of("b")));
        GetResponse rejected = channel.basicGet("dying", false);
        channel.basicReject(rejected.getEnvelope().getDeliveryTag(), false);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("c") == 1);

        Map<String, Object> headers = channel.basicGet("c", true).getProps().getHeaders();

        assertThat(headers.get("x-death").toString()).contains("routing-keys=[dying, a]");
        assertThat(headers).doesNotContainKeys("amqp.hidden-key", "BCC");
    }

    @Test
    void whatIsNoTextInTheListIsPassedOver() throws Exception {
        publish("", "a", Map.of("CC", List.of(1, "b")));

        assertThat(channel.messageCount("b")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CC", "BCC"})
    void aHeaderThatIsNoListIsRefused(String header) {
        assertThat(refusal(() -> publish("", "a", Map.of(header, "b"))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"" + header
                        + "\",longstr}");
    }

    private void publish(String exchange, String key, Map<String, Object> headers) throws IOException {
        channel.basicPublish(
                exchange,
                key,
                true,
                new BasicProperties.Builder().headers(headers).build(),
                "hello".getBytes(UTF_8));
        try {
            channel.waitForConfirms();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        channel.basicQos(0);
    }
}
