package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.List;

/** Methods that no well-behaved client sends, or not then. */
final class AmqpErrorScenarios {

    private AmqpErrorScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("error-class", AmqpErrorScenarios::methods),
                new Scenario<>("error-flow", AmqpErrorScenarios::flow),
                new Scenario<>("error-access", AmqpErrorScenarios::access),
                new Scenario<>("error-other-channels", AmqpErrorScenarios::otherChannels),
                new Scenario<>("error-closed-channel", AmqpErrorScenarios::closedChannel));
    }

    private static void methods(AmqpStage stage, String name) throws Exception {
        stage.attempt("a second open of " + name, RawAmqp.rpc(new AMQP.Channel.Open.Builder().build()));
        stage.attempt(
                "an answer to nothing",
                RawAmqp.rpc(new AMQP.Queue.DeclareOk.Builder()
                        .queue("q")
                        .messageCount(0)
                        .consumerCount(0)
                        .build()));
        stage.attempt(
                "a method of the connection",
                RawAmqp.rpc(new AMQP.Connection.Open.Builder().virtualHost("/").build()));
        stage.attempt("a delivery", RawAmqp.rpc(new AMQP.Basic.GetEmpty.Builder().build()));
        stage.attempt("flow-ok", channel -> {
            channel.asyncRpc(new AMQP.Channel.FlowOk.Builder().active(true).build());
            return "taken";
        });
    }

    private static void flow(AmqpStage stage, String name) throws Exception {
        stage.attempt(
                "on " + name,
                RawAmqp.rpc(new AMQP.Channel.Flow.Builder().active(true).build()));
        stage.attempt(
                "off", RawAmqp.rpc(new AMQP.Channel.Flow.Builder().active(false).build()));
    }

    private static void access(AmqpStage stage, String name) throws Exception {
        stage.attempt(
                "realm " + name,
                RawAmqp.rpc(new AMQP.Access.Request.Builder().realm("/data").build()));
        stage.attempt("recover without an answer", channel -> {
            channel.asyncRpc(new AMQP.Basic.RecoverAsync.Builder().requeue(true).build());
            return "taken";
        });
    }

    private static void otherChannels(AmqpStage stage, String name) throws Exception {
        Channel other = stage.channel();
        stage.attempt("an error of one channel", channel -> channel.queueDeclarePassive(name));
        stage.see(
                "another goes on",
                other.isOpen() && other.queueDeclare().getQueue().startsWith("amq.gen-"));
        stage.attempt("an error of the connection", channel -> channel.exchangeDeclare(name, "no-such-type"));
        await("the end of the other").until(() -> !other.isOpen());
    }

    private static void closedChannel(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.connection().createChannel(7);
        stage.attempt("an error", channel, failing -> failing.queueDeclarePassive(name));
        Channel again = stage.connection().createChannel(7);
        stage.see("the number is free again", again != null && again.queueDeclare() != null);
        stage.see("and taken", stage.connection().createChannel(7));
    }
}
