package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import java.util.List;
import java.util.Map;

/** Queues are declared, looked at, purged and deleted. */
final class AmqpQueueScenarios {

    private AmqpQueueScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("queue-declare", AmqpQueueScenarios::declare),
                new Scenario<>("queue-equivalence", AmqpQueueScenarios::equivalence),
                new Scenario<>("queue-delete", AmqpQueueScenarios::delete),
                new Scenario<>("queue-purge", AmqpQueueScenarios::purge),
                new Scenario<>("queue-bind", AmqpQueueScenarios::bind));
    }

    private static void declare(AmqpStage stage, String name) throws Exception {
        stage.attempt("passive without it", channel -> channel.queueDeclarePassive(name));
        stage.attempt("declare", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt("again", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.publish("", name, "one", "two");
        stage.attempt("with messages", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt("passive", channel -> channel.queueDeclarePassive(name));
        Channel consuming = stage.channel();
        consuming.basicQos(1);
        Inbox inbox = Inbox.of(consuming, name);
        inbox.take();
        stage.see("with a consumer", consuming.queueDeclarePassive(name));
        stage.see("the other count", consuming.messageCount(name) + " " + consuming.consumerCount(name));
        consuming.close();
        stage.attempt("without it again", channel -> channel.queueDeclarePassive(name));
        stage.attempt("a name made up", channel -> channel.queueDeclare("", false, true, true, null));
        stage.attempt("without an answer", AmqpStage.done(channel -> {
            channel.queueDeclareNoWait(name + "-silent", false, false, true, null);
            channel.queueDeclarePassive(name + "-silent");
        }));
    }

    private static void equivalence(AmqpStage stage, String name) throws Exception {
        stage.attempt("declare", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt("durable", channel -> channel.queueDeclare(name, false, false, false, null));
        stage.attempt("auto-delete", channel -> channel.queueDeclare(name, true, false, true, null));
        stage.attempt("exclusive", channel -> channel.queueDeclare(name, true, true, false, null));
        stage.attempt("several", channel -> channel.queueDeclare(name, false, false, true, null));
        stage.attempt(
                "an argument that nobody knows",
                channel -> channel.queueDeclare(name, true, false, false, Map.of("x-nobody-knows", "this")));
        stage.attempt("passive looks at nothing", channel -> channel.queueDeclarePassive(name));
        String transientName = name + "-transient";
        stage.attempt("transient", channel -> channel.queueDeclare(transientName, false, false, false, null));
        stage.attempt("as durable", channel -> channel.queueDeclare(transientName, true, false, false, null));
        String own = name + "-exclusive";
        stage.attempt("exclusive first", channel -> channel.queueDeclare(own, false, true, false, null));
        stage.attempt("not exclusive then", channel -> channel.queueDeclare(own, false, false, false, null));
    }

    private static void delete(AmqpStage stage, String name) throws Exception {
        stage.attempt("one that is not there", channel -> channel.queueDelete(name));
        stage.attempt("if unused, not there", channel -> channel.queueDelete(name, true, true));
        stage.queue(name);
        stage.publish("", name, "one", "two");
        stage.attempt("if empty", channel -> channel.queueDelete(name, false, true));
        Channel consuming = stage.channel();
        Inbox.of(consuming, name);
        stage.attempt("if unused", channel -> channel.queueDelete(name, true, false));
        stage.attempt("if unused and empty", channel -> channel.queueDelete(name, true, true));
        consuming.close();
        stage.attempt("with messages", channel -> channel.queueDelete(name));
        stage.attempt("passive", channel -> channel.queueDeclarePassive(name));
        stage.queue(name);
        stage.see("empty when it is there again", stage.counts(name));
        stage.attempt("empty and unused", channel -> channel.queueDelete(name, true, true));
        Channel silent = stage.channel();
        stage.queue(name);
        silent.queueDeleteNoWait(name, false, false);
        stage.attempt("without an answer", silent, channel -> channel.queueDelete(name));
    }

    private static void purge(AmqpStage stage, String name) throws Exception {
        stage.attempt("one that is not there", channel -> channel.queuePurge(name));
        stage.queue(name);
        stage.attempt("an empty one", channel -> channel.queuePurge(name));
        stage.publish("", name, "one", "two", "three");
        Channel channel = stage.channel();
        channel.basicGet(name, false);
        stage.see("not what is unacknowledged", channel.queuePurge(name));
        stage.see("nothing ready", stage.counts(name));
        channel.basicNack(1, false, true);
        stage.see("requeued", channel.basicGet(name, true));
    }

    private static void bind(AmqpStage stage, String name) throws Exception {
        stage.attempt("no queue", channel -> channel.queueBind(name, "amq.direct", "key"));
        stage.queue(name);
        stage.attempt("no exchange", channel -> channel.queueBind(name, name + "-nowhere", "key"));
        stage.attempt("neither", channel -> channel.queueBind(name + "-none", name + "-nowhere", "key"));
        stage.attempt("the default exchange", channel -> channel.queueBind(name, "", "key"));
        stage.attempt("unbind from the default exchange", channel -> channel.queueUnbind(name, "", name));
        stage.attempt("bind", channel -> channel.queueBind(name, "amq.direct", name));
        stage.attempt("twice", channel -> channel.queueBind(name, "amq.direct", name));
        stage.publish("amq.direct", name, "once");
        stage.attempt("unbind", channel -> channel.queueUnbind(name, "amq.direct", name));
        stage.attempt("unbind again", channel -> channel.queueUnbind(name, "amq.direct", name));
        stage.attempt("unbind what never was", channel -> channel.queueUnbind(name, "amq.topic", "#"));
        stage.attempt("unbind without queue", channel -> channel.queueUnbind(name + "-none", "amq.direct", "key"));
        stage.attempt("unbind without exchange", channel -> channel.queueUnbind(name, name + "-nowhere", "key"));
        stage.publish("amq.direct", name, "not routed");
        stage.see("what came", stage.counts(name));
    }
}
