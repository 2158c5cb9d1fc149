package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Queues are declared, looked at, purged and deleted. */
final class AmqpQueueScenarios {

    private AmqpQueueScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("queue-declare", AmqpQueueScenarios::declare),
                new Scenario<>("queue-last-name", AmqpQueueScenarios::lastName),
                new Scenario<>("queue-equivalence", AmqpQueueScenarios::equivalence),
                new Scenario<>("queue-exclusive", AmqpQueueScenarios::exclusive),
                new Scenario<>("queue-auto-delete", AmqpQueueScenarios::autoDelete),
                new Scenario<>("queue-delete", AmqpQueueScenarios::delete),
                new Scenario<>("queue-purge", AmqpQueueScenarios::purge),
                new Scenario<>("queue-names", AmqpQueueScenarios::names),
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

    private static void lastName(AmqpStage stage, String name) throws Exception {
        stage.attempt("passive without one", channel -> channel.queueDeclarePassive(""));
        stage.attempt("consume without one", AmqpStage.done(channel -> Inbox.of(channel, "")));
        stage.attempt("get without one", channel -> channel.basicGet("", true));
        stage.attempt("purge without one", channel -> channel.queuePurge(""));
        stage.attempt("delete without one", channel -> channel.queueDelete(""));
        stage.attempt("bind without one", channel -> channel.queueBind("", "amq.direct", "key"));
        Channel channel = stage.channel();
        String made = channel.queueDeclare("", false, true, false, null).getQueue();
        stage.see("bind", channel.queueBind("", "amq.direct", ""));
        channel.basicPublish("amq.direct", made, Messages.NO_PROPERTIES, Messages.bytes("by its name"));
        stage.see("get", channel.basicGet("", true));
        channel.basicPublish("", made, Messages.NO_PROPERTIES, Messages.bytes("again"));
        stage.see("purge", channel.queuePurge(""));
        stage.see("delete", channel.queueDelete(""));
        stage.attempt("it is gone", other -> other.queueDeclarePassive(made));
        stage.attempt("the last name after that", channel, gone -> gone.queuePurge(""));
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

    private static void exclusive(AmqpStage stage, String name) throws Exception {
        Connection owner = stage.open();
        Channel owning = owner.createChannel();
        owning.queueDeclare(name, false, true, false, null);
        stage.attempt("declare elsewhere", channel -> channel.queueDeclare(name, false, true, false, null));
        stage.attempt("passive elsewhere", channel -> channel.queueDeclarePassive(name));
        stage.attempt("consume elsewhere", AmqpStage.done(channel -> Inbox.of(channel, name)));
        stage.attempt("get elsewhere", channel -> channel.basicGet(name, true));
        stage.attempt("purge elsewhere", channel -> channel.queuePurge(name));
        stage.attempt("delete elsewhere", channel -> channel.queueDelete(name));
        stage.attempt("bind elsewhere", channel -> channel.queueBind(name, "amq.direct", "key"));
        owning.queueBind(name, "amq.direct", name);
        stage.attempt("unbind elsewhere", channel -> channel.queueUnbind(name, "amq.direct", name));
        stage.publish("", name, "from elsewhere");
        stage.see("get on another channel", owner.createChannel().basicGet(name, true));
        owner.close();
        stage.attempt("gone with its connection", channel -> channel.queueDeclarePassive(name));
        Connection durable = stage.open();
        stage.see("durable and exclusive", durable.createChannel().queueDeclare(name, true, true, false, null));
        durable.close();
        stage.attempt("gone as well", channel -> channel.queueDeclarePassive(name));
    }

    private static void autoDelete(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.queueDeclare(name, false, false, true, null);
        channel.basicGet(name, true);
        stage.attempt("a get is no consumer", other -> other.queueDeclarePassive(name));
        Inbox first = Inbox.of(channel, name);
        Inbox second = Inbox.of(channel, name);
        first.cancel();
        stage.attempt("one is left", other -> other.queueDeclarePassive(name));
        second.cancel();
        stage.attempt("none is left", other -> other.queueDeclarePassive(name));
        channel.queueDeclare(name, true, false, true, null);
        Inbox.of(channel, name);
        channel.close();
        stage.attempt("its channel is closed", other -> other.queueDeclarePassive(name));
        Connection connection = stage.open();
        Channel further = connection.createChannel();
        further.queueDeclare(name, false, false, true, null);
        Inbox.of(further, name);
        connection.close();
        stage.attempt("its connection is closed", other -> other.queueDeclarePassive(name));
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

    private static void names(AmqpStage stage, String name) throws Exception {
        stage.attempt("reserved", channel -> channel.queueDeclare("amq.mine", false, true, false, null));
        stage.attempt("reserved, passive", channel -> channel.queueDeclarePassive("amq.mine"));
        stage.attempt("with odd letters", channel -> channel.queueDeclare(name + " ä/#*%", false, true, true, null));
        stage.attempt(
                "line breaks are left out", channel -> channel.queueDeclare(name + "\r\n", false, true, true, null));
        String longest = name + "x".repeat(255 - name.length());
        stage.attempt(
                "255 bytes",
                channel -> channel.queueDeclare(longest, false, true, true, null)
                        .getQueue()
                        .length());
        stage.attempt(
                "case matters",
                channel -> channel.queueDeclare(name.toUpperCase(Locale.ROOT), false, true, true, null));
        stage.attempt("it does", channel -> channel.queueDeclarePassive(name));
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
