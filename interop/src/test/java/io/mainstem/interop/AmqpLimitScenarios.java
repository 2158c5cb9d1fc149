package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Queues and messages that do not last, queues that take only so much, and what comes first. */
final class AmqpLimitScenarios {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(20);

    private AmqpLimitScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("limit-ttl-queue", AmqpLimitScenarios::queueTtl),
                new Scenario<>("limit-ttl-message", AmqpLimitScenarios::messageTtl),
                new Scenario<>("limit-ttl-shorter", AmqpLimitScenarios::shorterTtl),
                new Scenario<>("limit-ttl-held", AmqpLimitScenarios::heldBeyondTtl),
                new Scenario<>("limit-expires", AmqpLimitScenarios::expires),
                new Scenario<>("limit-expires-used", AmqpLimitScenarios::expiresNotWhileUsed),
                new Scenario<>("limit-drop-head", AmqpLimitScenarios::dropHead),
                new Scenario<>("limit-drop-head-bytes", AmqpLimitScenarios::dropHeadBytes),
                new Scenario<>("limit-held-do-not-count", AmqpLimitScenarios::heldDoNotCount),
                new Scenario<>("limit-reject-publish", AmqpLimitScenarios::rejectPublish),
                new Scenario<>("limit-reject-one-of-two", AmqpLimitScenarios::rejectOneOfTwo),
                new Scenario<>("limit-zero-length", AmqpLimitScenarios::zeroLength),
                new Scenario<>("limit-priority", AmqpLimitScenarios::priority),
                new Scenario<>("limit-priority-requeue", AmqpLimitScenarios::priorityRequeue),
                new Scenario<>("limit-priority-length", AmqpLimitScenarios::priorityAndLength),
                new Scenario<>("limit-single-active", AmqpLimitScenarios::singleActive),
                new Scenario<>("limit-single-active-exclusive", AmqpLimitScenarios::singleActiveAndExclusive));
    }

    private static AMQP.BasicProperties expiring(int millis) {
        return new AMQP.BasicProperties.Builder()
                .expiration(Integer.toString(millis))
                .build();
    }

    private static AMQP.BasicProperties priority(int priority) {
        return new AMQP.BasicProperties.Builder().priority(priority).build();
    }

    private static void awaitEmpty(AmqpStage stage, String queue) throws Exception {
        try (Channel channel = stage.channel()) {
            await("nothing ready").atMost(PATIENCE).pollInterval(POLL).until(() -> channel.messageCount(queue) == 0);
        }
    }

    private static void queueTtl(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-message-ttl", 150));
        stage.publish("", name, "a", "b");
        awaitEmpty(stage, name);
        stage.see("gone", stage.channel().basicGet(name, true));
        stage.publish("", name, "c");
        stage.see("a fresh one", stage.channel().basicGet(name, true));
    }

    private static void messageTtl(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, expiring(100), "short");
        stage.publish("", name, "for ever");
        stage.publish("", name, expiring(600_000), "long");
        await("the first is gone").atMost(PATIENCE).pollInterval(POLL).until(() -> {
            try (Channel channel = stage.channel()) {
                return channel.messageCount(name) == 2;
            }
        });
        stage.see("first", stage.channel().basicGet(name, true));
        stage.see("second", stage.channel().basicGet(name, true));
    }

    private static void shorterTtl(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-message-ttl", 100));
        stage.queue(name + "-long", Map.of("x-message-ttl", 600_000));
        stage.publish("", name, expiring(600_000), "the queue's is shorter");
        stage.publish("", name + "-long", expiring(100), "the message's is shorter");
        awaitEmpty(stage, name);
        awaitEmpty(stage, name + "-long");
        stage.see("both gone", stage.counts(name) + stage.counts(name + "-long"));
    }

    private static void heldBeyondTtl(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-message-ttl", 200));
        stage.publish("", name, "held", "waiting");
        Channel channel = stage.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, name);
        stage.see("taken", inbox.bodies(1));
        awaitEmpty(stage, name);
        channel.basicReject(1, true);
        stage.publish("", name, "fresh");
        stage.see("what was held has expired", inbox.bodies(1));
    }

    /** Waits until a queue is gone without using it: an exchange that is bound to nothing else goes with it. */
    private static void awaitGone(AmqpStage stage, String queue) throws Exception {
        await("it is gone").atMost(PATIENCE).pollInterval(POLL).until(() -> {
            Channel channel = stage.channel();
            try {
                channel.exchangeDeclarePassive(queue);
                channel.close();
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    private static void declareExpiring(AmqpStage stage, String name, int millis) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "fanout", false, true, null);
        channel.queueDeclare(name, false, false, false, Map.of("x-expires", millis));
        channel.queueBind(name, name, "");
        channel.close();
    }

    private static void expires(AmqpStage stage, String name) throws Exception {
        declareExpiring(stage, name, 150);
        stage.publish("", name, "messages do not keep it");
        awaitGone(stage, name);
        stage.attempt("passive", channel -> channel.queueDeclarePassive(name));
    }

    private static void expiresNotWhileUsed(AmqpStage stage, String name) throws Exception {
        declareExpiring(stage, name, 150);
        declareExpiring(stage, name + "-other", 450);
        Inbox inbox = Inbox.of(stage.channel(), name);
        awaitGone(stage, name + "-other");
        stage.see("one with a consumer is there", stage.counts(name));
        inbox.cancel();
        awaitGone(stage, name);
        stage.attempt("passive", looking -> looking.queueDeclarePassive(name));
    }

    private static void dropHead(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-length", 3));
        stage.publish("", name, "a", "b", "c", "d", "e");
        stage.see("the last three", AmqpRoutingScenarios.drained(stage, name));
        stage.queue(name + "-named", Map.of("x-max-length", 1, "x-overflow", "drop-head"));
        stage.publish("", name + "-named", "a", "b");
        stage.see("the last", AmqpRoutingScenarios.drained(stage, name + "-named"));
    }

    private static void dropHeadBytes(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-length-bytes", 10));
        stage.publish("", name, "aaaa", "bbbb", "cc", "dddd");
        stage.see("what fits", AmqpRoutingScenarios.drained(stage, name));
        stage.publish("", name, "exactly 10", "more than 10");
        stage.see("one that never fits", AmqpRoutingScenarios.drained(stage, name));
        stage.queue(name + "-both", Map.of("x-max-length-bytes", 10, "x-max-length", 2));
        stage.publish("", name + "-both", "a", "b", "c");
        stage.see("by length first", AmqpRoutingScenarios.drained(stage, name + "-both"));
    }

    private static void heldDoNotCount(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-length", 2));
        stage.publish("", name, "a", "b");
        Channel channel = stage.channel();
        channel.basicQos(2);
        Inbox inbox = Inbox.of(channel, name);
        inbox.take(2);
        inbox.cancel();
        stage.publish("", name, "c", "d");
        stage.see("two ready beside two held", stage.counts(name));
        channel.close();
        stage.see("given back, and too many", AmqpRoutingScenarios.drained(stage, name));
    }

    /** How a publish was confirmed. */
    private static String confirmOf(AmqpStage stage, String exchange, String key, String body) throws Exception {
        try (Channel channel = stage.confirming()) {
            channel.basicPublish(exchange, key, Messages.NO_PROPERTIES, Messages.bytes(body));
            return channel.waitForConfirms(PATIENCE.toMillis()) ? "ack" : "nack";
        }
    }

    private static void rejectPublish(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-length", 2, "x-overflow", "reject-publish"));
        List<String> confirms = new ArrayList<>();
        for (String body : List.of("a", "b", "c", "d")) {
            confirms.add(confirmOf(stage, "", name, body));
        }
        stage.see("confirms", confirms);
        Channel channel = stage.channel();
        channel.basicGet(name, true);
        stage.see("room again", confirmOf(stage, "", name, "e"));
        stage.see("first come", AmqpRoutingScenarios.drained(stage, name));
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("f"));
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("g"));
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("h"));
        channel.basicQos(0);
        await("two").atMost(PATIENCE).pollInterval(POLL).until(() -> channel.messageCount(name) == 2);
        stage.see("without confirms", AmqpRoutingScenarios.drained(stage, name));
        stage.queue(name + "-bytes", Map.of("x-max-length-bytes", 5, "x-overflow", "reject-publish"));
        stage.see(
                "by bytes",
                List.of(
                        confirmOf(stage, "", name + "-bytes", "12345"),
                        confirmOf(stage, "", name + "-bytes", "6"),
                        confirmOf(stage, "", name + "-bytes", "")));
    }

    private static void rejectOneOfTwo(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "fanout");
        stage.queue(name + "-full", Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        stage.queue(name + "-wide");
        channel.queueBind(name + "-full", name, "");
        channel.queueBind(name + "-wide", name, "");
        stage.see("first", confirmOf(stage, name, "", "a"));
        stage.see("second", confirmOf(stage, name, "", "b"));
        stage.see("the full one", AmqpRoutingScenarios.drained(stage, name + "-full"));
        stage.see("the other", AmqpRoutingScenarios.drained(stage, name + "-wide"));
    }

    private static void zeroLength(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-length", 0));
        stage.see("confirm", confirmOf(stage, "", name, "nobody waits"));
        stage.see("nothing stays", stage.counts(name));
        Inbox inbox = Inbox.of(stage.channel(), name);
        stage.publish("", name, "somebody waits");
        stage.see("straight through", inbox.bodies(1));
    }

    private static void priority(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-priority", 5));
        for (int priority : List.of(0, 3, 5, 1, 9, 3)) {
            stage.publish("", name, priority(priority), "p" + priority);
        }
        stage.publish("", name, "none");
        Inbox inbox = Inbox.of(stage.channel(), name);
        stage.see("highest first", inbox.bodies(7));
        stage.queue(name + "-plain");
        stage.publish("", name + "-plain", priority(1), "low");
        stage.publish("", name + "-plain", priority(5), "high");
        stage.see("without priorities", AmqpRoutingScenarios.drained(stage, name + "-plain"));
    }

    private static void priorityRequeue(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-max-priority", 5));
        for (int priority : List.of(1, 2, 3)) {
            stage.publish("", name, priority(priority), "p" + priority + "a");
            stage.publish("", name, priority(priority), "p" + priority + "b");
        }
        Channel channel = stage.channel();
        channel.basicQos(3);
        Inbox inbox = Inbox.of(channel, name);
        stage.see("first", inbox.bodies(3));
        inbox.cancel();
        channel.basicNack(0, true, true);
        channel.basicQos(0);
        stage.see("again", Inbox.of(channel, name).bodies(6));
    }

    private static void priorityAndLength(AmqpStage stage, String name) throws Exception {
        Map<String, Object> arguments = new HashMap<>(Map.of("x-max-priority", 5, "x-max-length", 2));
        stage.queue(name, arguments);
        stage.publish("", name, priority(5), "high");
        stage.publish("", name, priority(1), "low");
        stage.publish("", name, priority(3), "middle");
        stage.see("the lowest goes first", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void singleActive(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-single-active-consumer", true));
        Channel first = stage.channel();
        first.basicQos(2);
        Inbox active = Inbox.of(first, name);
        Channel second = stage.channel();
        Inbox waiting = Inbox.of(second, name);
        stage.publish("", name, "a", "b", "c", "d");
        stage.see("the first only", active.bodies(2));
        stage.see("the other waits though there are messages", stage.counts(name));
        stage.see("nothing for it", waiting.waiting());
        first.close();
        stage.see("then the next, in order", waiting.bodies(4));
        Inbox third = Inbox.of(stage.channel(), name);
        second.close();
        stage.see("then the third", third.bodies(4));
    }

    private static void singleActiveAndExclusive(AmqpStage stage, String name) throws Exception {
        stage.queue(name, Map.of("x-single-active-consumer", true));
        stage.attempt(
                "exclusive",
                channel -> channel.basicConsume(name, false, "mine", false, true, null, new Inbox(channel)));
    }
}
