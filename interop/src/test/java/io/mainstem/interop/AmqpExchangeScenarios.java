package io.mainstem.interop;

import com.rabbitmq.client.BuiltinExchangeType;
import java.util.List;
import java.util.Map;

/** Exchanges are declared and deleted. */
final class AmqpExchangeScenarios {

    private AmqpExchangeScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("exchange-declare", AmqpExchangeScenarios::declare),
                new Scenario<>("exchange-equivalence", AmqpExchangeScenarios::equivalence),
                new Scenario<>("exchange-reserved", AmqpExchangeScenarios::reserved),
                new Scenario<>("exchange-default", AmqpExchangeScenarios::defaultExchange),
                new Scenario<>("exchange-delete", AmqpExchangeScenarios::delete),
                new Scenario<>("exchange-auto-delete", AmqpExchangeScenarios::autoDelete));
    }

    private static void declare(AmqpStage stage, String name) throws Exception {
        stage.attempt("passive without it", channel -> channel.exchangeDeclarePassive(name));
        for (BuiltinExchangeType type :
                List.of(BuiltinExchangeType.DIRECT, BuiltinExchangeType.FANOUT, BuiltinExchangeType.TOPIC)) {
            String exchange = name + "-" + type.getType();
            stage.attempt(type.getType(), channel -> channel.exchangeDeclare(exchange, type, true));
            stage.attempt(type.getType() + " again", channel -> channel.exchangeDeclare(exchange, type, true));
            stage.attempt(type.getType() + " passive", channel -> channel.exchangeDeclarePassive(exchange));
            stage.attempt(type.getType() + " transient", channel -> channel.exchangeDeclare(exchange + "-t", type));
        }
        stage.attempt("an unknown type", channel -> channel.exchangeDeclare(name, "no-such-type"));
        stage.attempt("no type", channel -> channel.exchangeDeclare(name, ""));
        stage.attempt("without an answer", channel -> {
            channel.exchangeDeclareNoWait(name, "fanout", false, true, false, null);
            return channel.exchangeDeclarePassive(name);
        });
    }

    private static void equivalence(AmqpStage stage, String name) throws Exception {
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "direct", true, false, null));
        stage.attempt("type", channel -> channel.exchangeDeclare(name, "fanout", true, false, null));
        stage.attempt("durable", channel -> channel.exchangeDeclare(name, "direct", false, false, null));
        stage.attempt("auto-delete", channel -> channel.exchangeDeclare(name, "direct", true, true, null));
        stage.attempt("all", channel -> channel.exchangeDeclare(name, "topic", false, true, null));
        stage.attempt(
                "an argument that nobody knows",
                channel -> channel.exchangeDeclare(name, "direct", true, false, Map.of("x-nobody-knows", 1)));
        stage.attempt("passive looks at nothing", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt("amq.direct", channel -> channel.exchangeDeclare("amq.direct", "direct", true));
        stage.attempt("amq.direct as fanout", channel -> channel.exchangeDeclare("amq.direct", "fanout", true));
        stage.attempt("amq.topic transient", channel -> channel.exchangeDeclare("amq.topic", "topic", false));
    }

    private static void reserved(AmqpStage stage, String name) throws Exception {
        stage.attempt("a reserved name", channel -> channel.exchangeDeclare("amq.mine", "direct"));
        stage.attempt("a reserved name, passive", channel -> channel.exchangeDeclarePassive("amq.mine"));
        for (String there : List.of("amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match")) {
            stage.attempt(there, channel -> channel.exchangeDeclarePassive(there));
            stage.attempt("delete " + there, channel -> channel.exchangeDelete(there));
        }
        stage.attempt("delete a reserved name that is not there", channel -> channel.exchangeDelete("amq.mine"));
        stage.attempt(
                "in other letters", channel -> channel.exchangeDeclare("AMQ." + name, "direct", false, true, null));
        stage.attempt(
                "publish to a reserved name",
                AmqpStage.done(channel -> channel.basicPublish("amq.mine", "", Messages.NO_PROPERTIES, new byte[1])));
    }

    private static void defaultExchange(AmqpStage stage, String name) throws Exception {
        stage.attempt("declare", channel -> channel.exchangeDeclare("", "direct", true));
        stage.attempt("passive", channel -> channel.exchangeDeclarePassive(""));
        stage.attempt("delete", channel -> channel.exchangeDelete(""));
        stage.attempt("bind it to another", channel -> channel.exchangeBind("amq.fanout", "", "key"));
        stage.attempt("bind another to it", channel -> channel.exchangeBind("", "amq.fanout", "key"));
        stage.attempt("unbind", channel -> channel.exchangeUnbind("amq.fanout", "", "key"));
        stage.queue(name);
        stage.publish("", name, "to the queue of this name");
        stage.see("it came", stage.channel().basicGet(name, true));
    }

    private static void delete(AmqpStage stage, String name) throws Exception {
        stage.attempt("one that is not there", channel -> channel.exchangeDelete(name));
        stage.attempt("if unused, not there", channel -> channel.exchangeDelete(name, true));
        stage.queue(name);
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "fanout"));
        stage.attempt("bind", channel -> channel.queueBind(name, name, ""));
        stage.attempt("if unused", channel -> channel.exchangeDelete(name, true));
        stage.attempt("unbind", channel -> channel.queueUnbind(name, name, ""));
        stage.attempt("if unused, without bindings", channel -> channel.exchangeDelete(name, true));
        stage.attempt("it is gone", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt(
                "publish to it",
                AmqpStage.done(channel -> channel.basicPublish(name, "", Messages.NO_PROPERTIES, new byte[1])));
        stage.attempt("declare it again", channel -> channel.exchangeDeclare(name, "direct"));
        stage.attempt("bind it again", channel -> channel.queueBind(name, name, "key"));
        stage.attempt("delete it with its bindings", channel -> channel.exchangeDelete(name));
        stage.attempt("declare it once more", channel -> channel.exchangeDeclare(name, "direct"));
        stage.publish(name, "key", "to nobody");
        stage.see("its bindings are gone", stage.counts(name));
    }

    private static void autoDelete(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "fanout", false, true, null));
        stage.attempt("it is there", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt("bind", channel -> channel.queueBind(name, name, "a"));
        stage.attempt("bind again", channel -> channel.queueBind(name, name, "b"));
        stage.attempt("unbind", channel -> channel.queueUnbind(name, name, "a"));
        stage.attempt("one binding is left", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt("unbind the last", channel -> channel.queueUnbind(name, name, "b"));
        stage.attempt("none is left", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt("declare again", channel -> channel.exchangeDeclare(name, "direct", true, true, null));
        stage.attempt("bind once more", channel -> channel.queueBind(name, name, "a"));
        stage.attempt("delete the queue", channel -> channel.queueDelete(name));
        stage.attempt("gone with the queue", channel -> channel.exchangeDeclarePassive(name));
    }
}
