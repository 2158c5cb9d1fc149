package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ExchangeTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @Test
    void anExchangeIsATopic() throws Exception {
        fixture.channel().exchangeDeclare("orders", "topic", true);

        Topic topic = fixture.broker().topics().find("orders").orElseThrow();
        assertThat(topic.spec()).isEqualTo(TopicSpec.routed("orders", Routing.PATTERN));
    }

    @Test
    void declaringItAgainAsItIsChangesNothing() throws Exception {
        Channel channel = fixture.channel();
        channel.exchangeDeclare("orders", "direct", true, false, null);
        channel.exchangeDeclare("orders", "direct", true, false, null);
        channel.exchangeDeclarePassive("orders");
    }

    @Test
    void declaringItOtherwiseIsRefused() throws Exception {
        fixture.channel().exchangeDeclare("orders", "direct", true);

        assertThat(refusal(() -> fixture.channel().exchangeDeclare("orders", "fanout", true)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'orders' in vhost '/':"
                        + " received 'fanout' but current is 'direct'");
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("orders", "direct", false)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'orders' in vhost '/':"
                        + " received 'false' but current is 'true'");
    }

    @Test
    void aTopicOfAnotherProtocolIsAdoptedWithAnyType() throws Exception {
        fixture.broker()
                .topics()
                .create(TopicSpec.stream("stream", 3))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);

        fixture.channel().exchangeDeclare("stream", "fanout", true);

        Topic topic = fixture.broker().topics().find("stream").orElseThrow();
        assertThat(topic.spec().routing()).contains(Routing.ALL);
        assertThat(topic.partitions()).isEqualTo(3);
    }

    @Test
    void exchangesThatAreAlwaysThereNeedNoDeclaration() throws Exception {
        Channel channel = fixture.channel();
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, "amq.topic", "a.*");
        channel.exchangeDeclarePassive("amq.fanout");
        channel.exchangeDeclare("amq.direct", BuiltinExchangeType.DIRECT, true);
    }

    @Test
    void namesThatBelongToTheBrokerAreRefused() {
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("amq.mine", "direct")))
                .isEqualTo("403 ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'");
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("q.mine", "direct", true)))
                .startsWith("403 ACCESS_REFUSED - ");
        assertThat(refusal(() -> fixture.channel().exchangeDeclarePassive("__metadata")))
                .isEqualTo("404 NOT_FOUND - no exchange '__metadata' in vhost '/'");
    }

    @Test
    void theDefaultExchangeIsLeftAlone() {
        String text = "403 ACCESS_REFUSED - operation not permitted on the default exchange";
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("", "direct", true)))
                .isEqualTo(text);
        assertThat(refusal(() -> fixture.channel().exchangeDelete(""))).isEqualTo(text);
        assertThat(refusal(() -> {
                    Channel channel = fixture.channel();
                    channel.queueDeclare("q", false, false, false, null);
                    channel.queueBind("q", "", "key");
                }))
                .isEqualTo(text);
        assertThat(refusal(() -> fixture.channel().exchangeDelete("amq.direct")))
                .isEqualTo("403 ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed");
    }

    @Test
    void unknownTypesAreRefused() {
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("x", "nonsense")))
                .isEqualTo("503 COMMAND_INVALID - unknown exchange type 'nonsense'");
        assertThat(refusal(() -> fixture.channel().exchangeDeclare("x", "")))
                .isEqualTo("503 COMMAND_INVALID - invalid exchange type ''");
    }

    @Test
    void anExchangeIsDeleted() throws Exception {
        Channel channel = fixture.channel();
        channel.exchangeDeclare("orders", "direct", true);
        channel.exchangeDelete("orders");
        channel.exchangeDelete("orders");

        assertThat(refusal(() -> channel.exchangeDeclarePassive("orders")))
                .isEqualTo("404 NOT_FOUND - no exchange 'orders' in vhost '/'");
    }

    @Test
    void anExchangeInUseIsNotDeletedIfThatWasAskedFor() throws Exception {
        Channel channel = fixture.channel();
        channel.exchangeDeclare("orders", "direct", true);
        channel.queueDeclare("q", true, false, false, null);
        channel.queueBind("q", "orders", "key");

        assertThat(refusal(() -> channel.exchangeDelete("orders", true)))
                .isEqualTo("406 PRECONDITION_FAILED - exchange 'orders' in vhost '/' in use");
    }
}
