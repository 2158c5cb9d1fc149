package io.mainstem.interop;

import java.util.List;
import java.util.Map;

/** Exchanges are declared and deleted. */
final class AmqpExchangeScenarios {

    private AmqpExchangeScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("exchange-equivalence", AmqpExchangeScenarios::equivalence),
                new Scenario<>("exchange-delete", AmqpExchangeScenarios::delete),
                new Scenario<>("exchange-auto-delete", AmqpExchangeScenarios::autoDelete));
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
