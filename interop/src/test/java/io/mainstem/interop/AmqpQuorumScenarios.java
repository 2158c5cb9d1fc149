package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Quorum queues: what they do as classic ones do, and what only they do. */
final class AmqpQuorumScenarios {

    private AmqpQuorumScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("quorum-consume", AmqpQuorumScenarios::consume),
                new Scenario<>("quorum-requeue", AmqpQuorumScenarios::requeue),
                new Scenario<>("quorum-delivery-limit", AmqpQuorumScenarios::deliveryLimit),
                new Scenario<>("quorum-delivery-limit-closed", AmqpQuorumScenarios::deliveryLimitByClosing),
                new Scenario<>("quorum-delivery-limit-dropped", AmqpQuorumScenarios::deliveryLimitWithoutDeadLetters),
                new Scenario<>("quorum-dead-letters", AmqpQuorumScenarios::deadLetters),
                new Scenario<>("quorum-length", AmqpQuorumScenarios::length),
                new Scenario<>("quorum-single-active", AmqpQuorumScenarios::singleActive),
                new Scenario<>("quorum-priority-consumers", AmqpQuorumScenarios::consumerPriority));
    }

    private static void declare(AmqpStage stage, String name, Map<String, Object> more) throws Exception {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("x-queue-type", "quorum");
        Channel channel = stage.channel();
        channel.queueDeclare(name, true, false, false, arguments);
        channel.close();
    }

    private static void consume(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "a", "b", "c");
        Channel channel = stage.channel();
        channel.basicQos(2);
        Inbox inbox = Inbox.of(channel, name);
        List<Delivery> taken = inbox.take(2);
        stage.see("first", taken.get(0));
        stage.see("second", taken.get(1));
        channel.basicAck(0, true);
        stage.see("third", inbox.take());
        channel.basicAck(0, true);
        stage.attempt("get from an empty one", other -> other.basicGet(name, true));
        stage.attempt("purge", other -> other.queuePurge(name));
    }

    private static void requeue(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        stage.publish("", name, "a");
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        channel.basicReject(Inbox.tag(inbox.take()), true);
        stage.see("once again", inbox.take());
        channel.basicNack(0, true, true);
        stage.see("twice again", inbox.take());
        channel.close();
        stage.see("after the channel was closed", stage.channel().basicGet(name, true));
    }

    private static void deliveryLimit(AmqpStage stage, String name) throws Exception {
        stage.queue(name + "-dead");
        declare(
                stage,
                name,
                Map.of(
                        "x-delivery-limit",
                        2,
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        name + "-dead"));
        stage.publish("", name, "one");
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        for (int attempt = 1; attempt <= 3; attempt++) {
            Delivery delivery = inbox.take();
            stage.see("attempt " + attempt, delivery);
            channel.basicReject(Inbox.tag(delivery), true);
        }
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void deliveryLimitByClosing(AmqpStage stage, String name) throws Exception {
        stage.queue(name + "-dead");
        declare(
                stage,
                name,
                Map.of(
                        "x-delivery-limit",
                        1,
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        name + "-dead"));
        stage.publish("", name, "one");
        for (int attempt = 1; attempt <= 2; attempt++) {
            Channel channel = stage.channel();
            stage.see("attempt " + attempt, Inbox.of(channel, name).take());
            channel.close();
        }
        stage.see("dead", stage.nextDead(name + "-dead"));
    }

    private static void deliveryLimitWithoutDeadLetters(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-delivery-limit", 1));
        stage.publish("", name, "one", "two");
        Channel channel = stage.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, name);
        channel.basicReject(Inbox.tag(inbox.take()), true);
        channel.basicReject(Inbox.tag(inbox.take()), true);
        stage.see("then the next", inbox.take());
    }

    private static void deadLetters(AmqpStage stage, String name) throws Exception {
        stage.queue(name + "-dead");
        declare(
                stage,
                name,
                Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", name + "-dead", "x-max-length", 2));
        stage.publish("", name, "a", "b", "c");
        stage.see("too many", stage.nextDead(name + "-dead"));
        Channel channel = stage.channel();
        channel.basicReject(channel.basicGet(name, false).getEnvelope().getDeliveryTag(), false);
        stage.see("rejected", stage.nextDead(name + "-dead"));
        stage.see("left", Inbox.of(stage.channel(), name).take());
    }

    private static void length(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-max-length", 2));
        stage.publish("", name, "a", "b", "c");
        stage.see("the last two", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void singleActive(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of("x-single-active-consumer", true));
        Channel first = stage.channel();
        first.basicQos(1);
        Inbox active = Inbox.of(first, name);
        Inbox waiting = Inbox.of(stage.channel(), name);
        stage.publish("", name, "a", "b", "c");
        stage.see("the first only", active.bodies(1));
        first.close();
        stage.see("then the next, in order", waiting.bodies(3));
    }

    private static void consumerPriority(AmqpStage stage, String name) throws Exception {
        declare(stage, name, Map.of());
        Channel low = stage.channel();
        low.basicQos(1);
        Inbox lower = Inbox.of(low, name);
        Channel high = stage.channel();
        high.basicQos(1);
        Inbox higher = Inbox.of(high, name, Map.of("x-priority", 5));
        stage.publish("", name, "a");
        stage.see("the higher first", higher.bodies(1));
        stage.publish("", name, "b");
        stage.see("then the other", lower.bodies(1));
    }
}
