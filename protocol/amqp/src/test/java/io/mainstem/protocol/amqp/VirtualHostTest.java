package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.mainstem.broker.Topic;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualHostTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture(
            AmqpOptions.builder().virtualHosts(Set.of("staging", "a", "a.b")).build());

    @Test
    void theSameNameMeansAnotherThingInEach() throws Exception {
        Channel plain = fixture.channel();
        Channel staging = fixture.channelOf("staging");
        for (Channel channel : new Channel[] {plain, staging}) {
            channel.confirmSelect();
            channel.queueDeclare("work", true, false, false, null);
            channel.queueBind("work", "amq.direct", "key");
        }
        plain.basicPublish("amq.direct", "key", null, "plain".getBytes(UTF_8));
        staging.basicPublish("amq.direct", "key", null, "staging".getBytes(UTF_8));
        staging.basicPublish("", "work", null, "straight".getBytes(UTF_8));
        plain.waitForConfirms();
        staging.waitForConfirms();

        assertThat(plain.queueDeclarePassive("work").getMessageCount()).isEqualTo(1);
        GetResponse first = staging.basicGet("work", true);
        assertThat(first.getBody()).isEqualTo("staging".getBytes(UTF_8));
        assertThat(first.getEnvelope().getExchange()).isEqualTo("amq.direct");
        GetResponse second = staging.basicGet("work", true);
        assertThat(second.getEnvelope().getExchange()).isEmpty();
        assertThat(second.getEnvelope().getRoutingKey()).isEqualTo("work");
        assertThat(staging.queueDelete("work").getMessageCount()).isZero();
        assertThat(plain.queueDeclarePassive("work").getMessageCount()).isEqualTo(1);
    }

    @Test
    void answersAndErrorsNameWhatTheClientNamed() throws Exception {
        Channel channel = fixture.channelOf("staging");
        assertThat(channel.queueDeclare("work", true, false, false, null).getQueue())
                .isEqualTo("work");
        assertThat(channel.queueDeclare().getQueue()).startsWith("amq.gen-");
        assertThat(refusal(() -> channel.queueDeclare("work", false, false, false, null)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'work' in vhost 'staging':"
                        + " received 'false' but current is 'true'");
        assertThat(refusal(() -> fixture.channelOf("staging").exchangeDeclarePassive("missing")))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing' in vhost 'staging'");
    }

    @ParameterizedTest
    @CsvSource({"staging, vhost.staging.events", "a, vhost.a.events", "a.b, vhost.a_2Eb.events"})
    void anExchangeIsATopicWhoseNameSaysWhereItBelongs(String virtualHost, String topic) throws Exception {
        fixture.channelOf(virtualHost).exchangeDeclare("events", "fanout", true);

        assertThat(fixture.broker().topics().all()).extracting(Topic::name).contains(topic);
    }

    @Test
    void thePlainOneCannotReachTheOthers() throws Exception {
        Channel staging = fixture.channelOf("staging");
        staging.queueDeclare("work", true, false, false, null);
        staging.exchangeDeclare("events", "fanout", true);

        assertThat(refusal(() -> fixture.channel().queueDeclarePassive("vhost.staging.work")))
                .isEqualTo("404 NOT_FOUND - no queue 'vhost.staging.work' in vhost '/'");
        assertThat(refusal(() -> fixture.channel().queueDeclare("vhost.staging.work", true, false, false, null)))
                .isEqualTo("403 ACCESS_REFUSED - queue name 'vhost.staging.work' contains reserved prefix 'vhost.*'");
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("vhost.staging.events", "fanout", true)))
                .isEqualTo(
                        "403 ACCESS_REFUSED - exchange name 'vhost.staging.events' contains reserved prefix 'vhost.*'");
        assertThat(refusal(() -> fixture.channel().exchangeDeclarePassive("vhost.staging.events")))
                .isEqualTo("404 NOT_FOUND - no exchange 'vhost.staging.events' in vhost '/'");
    }

    @Test
    void oneThatIsNotServedIsNotFound() {
        ConnectionFactory factory = fixture.clients();
        factory.setVirtualHost("missing");

        assertThat(refusal(factory::newConnection)).isEqualTo("530 NOT_ALLOWED - vhost missing not found");
    }
}
