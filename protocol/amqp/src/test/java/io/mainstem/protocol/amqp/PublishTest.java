package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.mainstem.broker.TopicSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture(limits());

    /** As by default, but for a body that a test can exceed. */
    private static AmqpOptions limits() {
        return AmqpOptions.builder()
                .maxBodyBytes(600_000)
                .maxUnconfirmedBytes(100_000)
                .build();
    }

    @Test
    void everyPublishIsConfirmedOnce() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.exchangeDeclare("events", "fanout", true);
        channel.queueDeclare("work", true, false, false, null);
        for (int message = 0; message < 2000; message++) {
            // Two topics, the default exchange, and a queue that is not there: outcomes come in any order.
            channel.basicPublish(
                    message % 2 == 0 ? "events" : "", message % 3 == 0 ? "none" : "work", null, new byte[9]);
        }
        channel.waitForConfirmsOrDie(20_000);
        assertThat(channel.getNextPublishSeqNo()).isEqualTo(2001);
    }

    @Test
    void aConfirmedMessageIsInTheTopic() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.exchangeDeclare("events", "fanout", true);
        channel.basicPublish("events", "key", null, "hello".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);

        assertThat(fixture.broker()
                        .topics()
                        .find("events")
                        .orElseThrow()
                        .bounds(0)
                        .durableEndOffset())
                .isEqualTo(1);
    }

    @Test
    void whatNobodyWantsIsReturnedBeforeItIsConfirmed() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.exchangeDeclare("events", "direct", true);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        channel.addReturnListener(returned -> seen.add("return " + returned.getReplyCode() + " "
                + returned.getReplyText() + " " + returned.getExchange() + "/" + returned.getRoutingKey() + " "
                + new String(returned.getBody(), UTF_8) + " "
                + returned.getProperties().getAppId()));
        channel.addConfirmListener((tag, multiple) -> seen.add("ack " + tag), (tag, multiple) -> seen.add("nack"));
        BasicProperties properties = new BasicProperties.Builder().appId("app").build();

        channel.basicPublish("events", "nobody", true, properties, "one".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);
        channel.basicPublish("", "missing", true, properties, "two".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);

        assertThat(seen)
                .containsExactly(
                        "return 312 NO_ROUTE events/nobody one app",
                        "ack 1",
                        "return 312 NO_ROUTE /missing two app",
                        "ack 2");
    }

    @Test
    void whatSomebodyWantsIsNotReturned() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        channel.queueBind("work", "amq.direct", "key");
        List<String> returned = Collections.synchronizedList(new ArrayList<>());
        channel.addReturnListener(message -> returned.add(message.getRoutingKey()));

        channel.basicPublish("amq.direct", "key", true, null, new byte[0]);
        channel.basicPublish("", "work", true, null, new byte[0]);
        channel.waitForConfirmsOrDie(10_000);

        assertThat(returned).isEmpty();
    }

    @Test
    void bodiesOfAnyLengthArrive() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        Random random = new Random(1);
        int frame = 131_072 - 8;
        for (int length : new int[] {0, 1, 8191, 8192, frame - 1, frame, frame + 1, 3 * frame, 500_000}) {
            byte[] body = new byte[length];
            random.nextBytes(body);
            channel.basicPublish("", "work", null, body);
            channel.waitForConfirmsOrDie(10_000);
            GetResponse response = await().atMost(BrokerFixture.DEADLINE)
                    .until(() -> channel.basicGet("work", true), found -> found != null);
            assertThat(response.getBody()).isEqualTo(body);
        }
    }

    @Test
    void aBodyLargerThanTheLimitIsRefused() {
        assertThat(refusal(() -> {
                    Channel channel = fixture.channel();
                    channel.basicPublish("", "work", null, new byte[600_001]);
                    channel.queueDeclare();
                }))
                .isEqualTo("406 PRECONDITION_FAILED - message size 600001 is larger than configured max size 600000");
    }

    @Test
    void anUnknownExchangeClosesTheChannel() {
        assertThat(refusal(() -> {
                    Channel channel = fixture.channel();
                    channel.basicPublish("missing", "key", null, new byte[3]);
                    channel.queueDeclare();
                }))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing' in vhost '/'");
    }

    @Test
    void theUserIdMustBeTheUsersOwn() {
        BasicProperties properties =
                new BasicProperties.Builder().userId("boss").build();
        assertThat(refusal(() -> {
                    Channel channel = fixture.channel();
                    channel.basicPublish("amq.fanout", "", properties, new byte[3]);
                    channel.queueDeclare();
                }))
                .isEqualTo("406 PRECONDITION_FAILED - user_id property set to 'boss'"
                        + " but authenticated user was 'guest'");
    }

    @Test
    void aTopicOfAnotherProtocolIsPublishedToWithoutADeclaration() throws Exception {
        fixture.broker()
                .topics()
                .create(TopicSpec.stream("stream", 1))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.basicPublish("stream", "key", null, "hello".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);

        assertThat(fixture.broker()
                        .topics()
                        .find("stream")
                        .orElseThrow()
                        .bounds(0)
                        .durableEndOffset())
                .isEqualTo(1);
    }

    @Test
    void whatWasAcceptedIsConfirmedWhenTheListenerCloses() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        List<Long> confirmed = Collections.synchronizedList(new ArrayList<>());
        channel.addConfirmListener((tag, multiple) -> confirmed.add(tag), (tag, multiple) -> confirmed.add(-tag));
        for (int message = 0; message < 100; message++) {
            channel.basicPublish("", "work", null, new byte[10]);
        }
        // An answer to this says that all of them have been accepted.
        channel.queueDeclarePassive("work");

        fixture.listener().close();

        assertThat(confirmed).isNotEmpty().last().isEqualTo(100L);
    }

    @ParameterizedTest
    @CsvSource({
        "abc, no_integer",
        "'', no_integer",
        "' 5', no_integer",
        "12abc, '{leftover_string,\"abc\"}'",
        "1.5, '{leftover_string,\".5\"}'",
        "-5, '{value_negative,-5}'",
        "315360000001, '{value_too_large,315360000001}'"
    })
    void anExpirationThatIsNoTimeIsRefused(String expiration, String reason) throws Exception {
        Channel channel = fixture.channel();
        assertThat(refusal(() -> {
                    channel.basicPublish("", "q", expiresAfter(expiration), new byte[1]);
                    channel.basicQos(1);
                }))
                .isEqualTo("406 PRECONDITION_FAILED - invalid expiration '" + expiration + "': " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "+5", "007", "315360000000"})
    void anExpirationMayBeWrittenInManyWays(String expiration) throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.basicPublish("", "q", expiresAfter(expiration), new byte[1]);
        assertThat(channel.waitForConfirms(20_000)).isTrue();
    }

    private static BasicProperties expiresAfter(String millis) {
        return new BasicProperties.Builder().expiration(millis).build();
    }
}
