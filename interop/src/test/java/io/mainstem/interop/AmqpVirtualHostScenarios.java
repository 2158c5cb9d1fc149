package io.mainstem.interop;

import static io.mainstem.interop.AmqpRoutingScenarios.drained;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.List;
import java.util.Map;

/** Virtual hosts: a second one beside the usual. */
final class AmqpVirtualHostScenarios {

    private AmqpVirtualHostScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("vhost-unknown", AmqpVirtualHostScenarios::unknown),
                new Scenario<>("vhost-names", AmqpVirtualHostScenarios::names),
                new Scenario<>("vhost-errors", AmqpVirtualHostScenarios::errors),
                new Scenario<>("vhost-dead-letters", AmqpVirtualHostScenarios::deadLetters));
    }

    private static Connection openOther(AmqpStage stage) {
        return stage.open(factory -> factory.setVirtualHost(AmqpStage.OTHER_VIRTUAL_HOST));
    }

    private static void unknown(AmqpStage stage, String name) throws Exception {
        for (String virtualHost : List.of(name, "/staging", "Staging", " ", "\u00e4")) {
            stage.seeOutcome("'" + virtualHost + "'", () -> {
                stage.open(factory -> factory.setVirtualHost(virtualHost));
                return "opened";
            });
        }
    }

    private static void names(AmqpStage stage, String name) throws Exception {
        Channel here = stage.confirming();
        Channel there = openOther(stage).createChannel();
        there.confirmSelect();
        for (Channel channel : List.of(here, there)) {
            channel.exchangeDeclare(name, "direct");
            channel.queueDeclare(name, false, false, false, null);
            channel.queueBind(name, name, "k");
            channel.queueBind(name, "amq.fanout", name);
        }
        here.basicPublish(name, "k", Messages.NO_PROPERTIES, Messages.bytes("here"));
        here.waitForConfirms(AmqpStage.DEADLINE.toMillis());
        for (String exchange : List.of(name, "", "amq.fanout")) {
            there.basicPublish(exchange, exchange.isEmpty() ? name : "k", null, Messages.bytes("there by " + exchange));
            there.waitForConfirms(AmqpStage.DEADLINE.toMillis());
        }
        stage.see("in the usual one", drained(stage, name));
        stage.see("in the other one", there.queueDeclarePassive(name));
        for (int index = 0; index < 3; index++) {
            stage.see("message " + index, there.basicGet(name, true));
        }
        stage.see("delete", there.queueDelete(name));
        there.exchangeDelete(name);
        stage.attempt("the usual queue is still there", channel -> channel.queueDeclarePassive(name));
        stage.attempt("the usual exchange is still there", channel -> channel.exchangeDeclarePassive(name));
    }

    private static void errors(AmqpStage stage, String name) throws Exception {
        Connection connection = openOther(stage);
        String none = name + "-none";
        Channel declaring = connection.createChannel();
        declaring.queueDeclare(name, false, false, false, null);
        declaring.exchangeDeclare(name, "fanout", false, false, true, null);
        declaring.queueDeclare(name + "-exclusive", false, true, false, null);
        stage.attempt("no queue", connection.createChannel(), channel -> channel.queueDeclarePassive(none));
        stage.attempt("no exchange", connection.createChannel(), channel -> channel.exchangeDeclarePassive(none));
        stage.attempt("no queue to get from", connection.createChannel(), channel -> channel.basicGet(none, true));
        stage.attempt(
                "no exchange to publish to",
                connection.createChannel(),
                AmqpStage.done(channel -> channel.basicPublish(none, "", null, new byte[0])));
        stage.attempt(
                "internal",
                connection.createChannel(),
                AmqpStage.done(channel -> channel.basicPublish(name, "", null, new byte[0])));
        stage.attempt(
                "another queue",
                connection.createChannel(),
                channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt(
                "another exchange", connection.createChannel(), channel -> channel.exchangeDeclare(name, "direct"));
        stage.attempt(
                "an argument",
                connection.createChannel(),
                channel -> channel.queueDeclare(name + 1, false, false, false, Map.of("x-message-ttl", -1)));
        stage.attempt(
                "a reserved queue",
                connection.createChannel(),
                channel -> channel.queueDeclare("amq." + name, false, false, false, null));
        stage.attempt(
                "an exchange of the broker",
                connection.createChannel(),
                channel -> channel.exchangeDelete("amq.direct"));
        stage.attempt(
                "locked",
                openOther(stage).createChannel(),
                channel -> channel.queueDeclarePassive(name + "-exclusive"));
        stage.attempt("of the other one only", channel -> channel.queueDeclarePassive(name));
    }

    private static void deadLetters(AmqpStage stage, String name) throws Exception {
        Channel channel = openOther(stage).createChannel();
        channel.confirmSelect();
        channel.exchangeDeclare(name + "-dlx", "fanout");
        channel.queueDeclare(name + "-dead", false, false, false, null);
        channel.queueBind(name + "-dead", name + "-dlx", "");
        channel.queueDeclare(name, false, false, false, Map.of("x-dead-letter-exchange", name + "-dlx"));
        channel.basicPublish("", name, null, Messages.bytes("one"));
        channel.waitForConfirms(AmqpStage.DEADLINE.toMillis());
        Inbox dead = Inbox.automatic(channel, name + "-dead");
        channel.basicReject(channel.basicGet(name, false).getEnvelope().getDeliveryTag(), false);
        stage.see("dead", Messages.withoutLastDeath(dead.take()));
    }
}
