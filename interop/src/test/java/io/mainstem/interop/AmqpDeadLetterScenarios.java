package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What becomes of messages that a queue gives up, and what they say of it. */
final class AmqpDeadLetterScenarios {

    private AmqpDeadLetterScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("dead-rejected", AmqpDeadLetterScenarios::rejected),
                new Scenario<>("dead-nacked", AmqpDeadLetterScenarios::nacked),
                new Scenario<>("dead-expired", AmqpDeadLetterScenarios::expired),
                new Scenario<>("dead-expired-message", AmqpDeadLetterScenarios::expiredMessage),
                new Scenario<>("dead-maxlen", AmqpDeadLetterScenarios::maxlen),
                new Scenario<>("dead-reject-publish", AmqpDeadLetterScenarios::rejectPublish),
                new Scenario<>("dead-routing-key", AmqpDeadLetterScenarios::routingKey),
                new Scenario<>("dead-copies", AmqpDeadLetterScenarios::copies),
                new Scenario<>("dead-twice", AmqpDeadLetterScenarios::twice),
                new Scenario<>("dead-cycle", AmqpDeadLetterScenarios::cycle),
                new Scenario<>("dead-cycle-rejected", AmqpDeadLetterScenarios::rejectedCycle),
                new Scenario<>("dead-no-exchange", AmqpDeadLetterScenarios::noExchange),
                new Scenario<>("dead-default-exchange", AmqpDeadLetterScenarios::defaultExchange),
                new Scenario<>("dead-properties", AmqpDeadLetterScenarios::properties),
                new Scenario<>("dead-not-of-deletion", AmqpDeadLetterScenarios::notOfDeletion),
                new Scenario<>("dead-requeued-first", AmqpDeadLetterScenarios::requeuedFirst),
                new Scenario<>("dead-last-death", AmqpDeadLetterScenarios::lastDeath),
                new Scenario<>("dead-order", AmqpDeadLetterScenarios::order));
    }

    /**
     * A queue with more arguments, and where its dead letters go: a fanout exchange, and a queue that is bound to it.
     */
    private static void declare(AmqpStage stage, String name, Map<String, Object> more) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name + "-dlx", "fanout");
        stage.queue(name + "-dead");
        channel.queueBind(name + "-dead", name + "-dlx", "");
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.putIfAbsent("x-dead-letter-exchange", name + "-dlx");
        stage.queue(name, arguments);
        channel.close();
    }

    private static void lastDeath(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "one");
        stage.rejectNext(name);
        Map<String, Object> headers = stage.next(name + "-dead").getProps().getHeaders();
        stage.see("first death", headers.get("x-first-death-queue"));
        for (String what : List.of("queue", "reason", "exchange")) {
            stage.see("last death, " + what, headers.get("x-last-death-" + what));
        }
    }

    private static void rejected(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "rejected");
        stage.rejectNext(name);
        stage.see("dead", stage.nextDead(name + "-dead"));
        stage.see("left", stage.counts(name));
    }

    private static void nacked(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "a", "b", "c");
        Channel channel = stage.channel();
        Inbox.of(channel, name).take(3);
        channel.basicNack(0, true, false);
        for (int index = 0; index < 3; index++) {
            stage.see("dead " + index, stage.nextDead(name + "-dead"));
        }
    }

    private static void expired(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-message-ttl", 50));
        stage.publish("", name, "expired");
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void expiredMessage(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish(
                "", name, new AMQP.BasicProperties.Builder().expiration("50").build(), "expired");
        stage.see("dead, without its expiration", stage.nextDead(name + "-dead"));
    }

    private static void maxlen(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-max-length", 1));
        stage.publish("", name, "a", "b", "c");
        stage.see("first", stage.nextDead(name + "-dead"));
        stage.see("second", stage.nextDead(name + "-dead"));
        stage.see("left", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void rejectPublish(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-max-length", 1, "x-overflow", "reject-publish-dlx"));
        Channel channel = stage.confirming();
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("a"));
        stage.see("first", channel.waitForConfirms(10_000));
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("b"));
        stage.see("second", channel.waitForConfirms(10_000));
        stage.see("dead", stage.nextDead(name + "-dead"));
        stage.see("left", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void routingKey(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "topic");
        declare(stage, name + "-kept", Map.of());
        declare(stage, name + "-changed", Map.of("x-dead-letter-routing-key", "changed"));
        for (String queue : List.of(name + "-kept", name + "-changed")) {
            channel.queueBind(queue, name, "a.*");
            stage.publish(name, "a.b", "one");
            stage.rejectNext(queue);
            stage.see(queue.endsWith("kept") ? "kept" : "changed", stage.nextDead(queue + "-dead"));
            channel.queueUnbind(queue, name, "a.*");
        }
    }

    private static void copies(AmqpStage stage, String name) throws Exception {
        declare(stage, name + "-kept", Map.of());
        declare(stage, name + "-changed", Map.of("x-dead-letter-routing-key", "changed"));
        stage.queue(name);
        for (String how : List.of("kept", "changed")) {
            AMQP.BasicProperties properties = Messages.headers(
                    Map.of("CC", List.of(name, "nobody"), "BCC", List.of("hidden"), "other", List.of(1, 2L)));
            stage.publish("", name + "-" + how, properties, how);
            stage.rejectNext(name + "-" + how);
            stage.see(how, stage.nextDead(name + "-" + how + "-dead"));
            stage.see("the other copy of what was " + how, stage.next(name));
        }
        Channel channel = stage.channel();
        channel.exchangeDeclare(name + "-direct", "direct");
        for (String key : List.of("cc", "bcc", "changed", "key")) {
            stage.queue(name + key);
            channel.queueBind(name + key, name + "-direct", key);
        }
        for (String how : List.of("kept", "changed")) {
            Map<String, Object> arguments = new HashMap<>(Map.of("x-dead-letter-exchange", name + "-direct"));
            if (how.equals("changed")) {
                arguments.put("x-dead-letter-routing-key", "changed");
            }
            stage.queue(name + "-routed-" + how, arguments);
            channel.queueBind(name + "-routed-" + how, "amq.fanout", "");
            AMQP.BasicProperties properties = Messages.headers(Map.of("CC", List.of("cc"), "BCC", List.of("bcc")));
            stage.publish("amq.fanout", "key", properties, how);
            channel.queueUnbind(name + "-routed-" + how, "amq.fanout", "");
            stage.rejectNext(name + "-routed-" + how);
            stage.see(how + " goes to", stage.nextDead(name + (how.equals("kept") ? "key" : "changed")));
            for (String key : List.of("cc", "bcc", "changed", "key")) {
                stage.see(how + ", in " + key, AmqpRoutingScenarios.drained(stage, name + key));
            }
        }
    }

    private static void twice(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.queue(name + "-further", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name));
        Channel channel = stage.channel();
        channel.queueUnbind(name + "-dead", name + "-dlx", "");
        channel.queueBind(name + "-further", name + "-dlx", "");
        stage.publish("", name, "one");
        stage.rejectNext(name);
        stage.rejectNext(name + "-further");
        stage.rejectNext(name);
        stage.see("three deaths", stage.nextDead(name + "-further"));
    }

    private static void cycle(AmqpStage stage, String name) throws Exception {
        stage.queue(
                name + 1,
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name + 2, "x-message-ttl", 30));
        stage.queue(
                name + 2,
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name + 1, "x-message-ttl", 30));
        stage.publish("", name + 1, "round");
        await("both empty")
                .atMost(AmqpStage.PATIENCE)
                .pollInterval(AmqpStage.POLL)
                .until(() -> {
                    try (Channel channel = stage.channel()) {
                        return channel.messageCount(name + 1) + channel.messageCount(name + 2) == 0;
                    }
                });
        stage.publish("", name + 1, "it still works");
        await("both empty again")
                .atMost(AmqpStage.PATIENCE)
                .pollInterval(AmqpStage.POLL)
                .until(() -> {
                    try (Channel channel = stage.channel()) {
                        return channel.messageCount(name + 1) + channel.messageCount(name + 2) == 0;
                    }
                });
        stage.see("a cycle without a rejection ends", stage.counts(name + 1) + ", " + stage.counts(name + 2));
    }

    private static void rejectedCycle(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name + "-wait"));
        stage.queue(
                name + "-wait",
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name, "x-message-ttl", 30));
        stage.publish("", name, "try again");
        for (int attempt = 0; attempt < 3; attempt++) {
            stage.rejectNext(name);
        }
        stage.see("after three attempts", stage.nextDead(name));
    }

    private static void noExchange(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-dead-letter-exchange", name + "-nowhere"));
        stage.publish("", name, "lost");
        stage.rejectNext(name);
        stage.see("gone", stage.counts(name));
        declare(stage, name + "-unbound", Map.of("x-dead-letter-exchange", "amq.direct"));
        stage.publish("", name + "-unbound", "lost as well");
        stage.rejectNext(name + "-unbound");
        stage.see("gone as well", stage.counts(name + "-unbound"));
    }

    private static void defaultExchange(AmqpStage stage, String name) throws Exception {
        stage.queue(name + "-dead");
        stage.queue(name, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name + "-dead"));
        stage.publish("", name, "one");
        stage.rejectNext(name);
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void properties(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        AMQP.BasicProperties all = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .headers(Map.of("mine", "kept", "number", 5L, "list", List.of(1, 2)))
                .deliveryMode(2)
                .priority(3)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("600000")
                .messageId("id")
                .type("type")
                .userId("guest")
                .appId("app")
                .build();
        stage.publish("", name, all, "everything");
        stage.rejectNext(name);
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void notOfDeletion(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "purged");
        stage.attempt("purge", channel -> channel.queuePurge(name));
        stage.publish("", name, "deleted");
        stage.attempt("delete", channel -> channel.queueDelete(name));
        stage.see("no dead letters", stage.counts(name + "-dead"));
    }

    private static void requeuedFirst(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "one");
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        channel.basicReject(Inbox.tag(inbox.take()), true);
        channel.basicReject(Inbox.tag(inbox.take()), false);
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void order(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-message-ttl", 60));
        String[] bodies = new String[50];
        for (int index = 0; index < bodies.length; index++) {
            bodies[index] = "m" + index;
        }
        stage.publish("", name, bodies);
        stage.see("in order", Inbox.of(stage.channel(), name + "-dead").bodies(bodies.length));
    }
}
