package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Consumers: how much they get, who gets it, and how they end. */
final class AmqpConsumeScenarios {

    /** No scenario holds a message for so long, but for the one that means to. */
    static final int TIMEOUT_MILLIS = 15_000;

    private AmqpConsumeScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("consume-timeout", AmqpConsumeScenarios::timeout),
                new Scenario<>("consume-order", AmqpConsumeScenarios::order),
                new Scenario<>("consume-tags", AmqpConsumeScenarios::tags),
                new Scenario<>("consume-prefetch-consumer", AmqpConsumeScenarios::prefetchPerConsumer),
                new Scenario<>("consume-prefetch-channel", AmqpConsumeScenarios::prefetchPerChannel),
                new Scenario<>("consume-prefetch-changed", AmqpConsumeScenarios::prefetchChanged),
                new Scenario<>("consume-prefetch-invalid", AmqpConsumeScenarios::invalidPrefetch),
                new Scenario<>("consume-automatic", AmqpConsumeScenarios::automatic),
                new Scenario<>("consume-exclusive", AmqpConsumeScenarios::exclusive),
                new Scenario<>("consume-fairness", AmqpConsumeScenarios::fairness),
                new Scenario<>("consume-priority", AmqpConsumeScenarios::priority),
                new Scenario<>("consume-priority-invalid", AmqpConsumeScenarios::invalidPriority),
                new Scenario<>("consume-cancel", AmqpConsumeScenarios::cancel),
                new Scenario<>("consume-cancelled-by-broker", AmqpConsumeScenarios::cancelledByBroker),
                new Scenario<>("consume-no-local", AmqpConsumeScenarios::noLocal),
                new Scenario<>("consume-properties", AmqpConsumeScenarios::properties),
                new Scenario<>("get", AmqpConsumeScenarios::get));
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(index -> "m" + index).toArray(String[]::new);
    }

    private static void order(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, numbered(5));
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        List<Delivery> before = inbox.take(5);
        stage.publish("", name, "later", "latest");
        List<Delivery> after = inbox.take(2);
        stage.see("before", before.stream().map(Inbox::body).toList());
        stage.see("after", after.stream().map(Inbox::body).toList());
        stage.see("tags", before.stream().map(Inbox::tag).toList());
        stage.see("tags go on", after.stream().map(Inbox::tag).toList());
        channel.close();
        stage.see("given back", stage.counts(name));
    }

    private static void timeout(AmqpStage stage, String name) throws Exception {
        // RabbitMQ 3.10 has one time for all queues, which is this
        stage.queue(name, Map.of("x-consumer-timeout", TIMEOUT_MILLIS));
        stage.publish("", name, "held");
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        stage.see("first", inbox.take());
        await("the end of the channel").atMost(AmqpStage.DEADLINE).until(() -> !channel.isOpen());
        stage.see("closed", channel.getCloseReason());
        stage.see("the connection goes on", stage.connection().isOpen());
        stage.see("it comes back", stage.next(name));
    }

    private static void tags(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(stage.channel(), name);
        stage.see("a tag made up", channel.basicConsume(name, false, "", new Inbox(channel)));
        stage.see("a tag given", channel.basicConsume(name, false, "mine", new Inbox(channel)));
        stage.see("consumers", stage.counts(name));
        stage.attempt("no such queue", AmqpStage.done(other -> Inbox.of(other, name + "-none")));
        stage.attempt(
                "the same tag on another channel", other -> other.basicConsume(name, false, "mine", new Inbox(other)));
        stage.attempt("the same tag", channel, again -> again.basicConsume(name, false, "mine", new Inbox(again)));
        inbox.cancel();
        stage.see("consumers then", stage.counts(name));
    }

    private static void prefetchPerConsumer(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, numbered(10));
        Channel channel = stage.channel();
        channel.basicQos(2);
        Inbox first = Inbox.of(channel, name);
        List<Delivery> ofFirst = first.take(2);
        stage.see("first", ofFirst.stream().map(Inbox::body).toList());
        stage.see("the rest waits", stage.counts(name));
        channel.basicQos(3);
        Inbox second = Inbox.of(channel, name);
        stage.see("second", second.bodies(3));
        stage.see("then the rest", stage.counts(name));
        channel.basicAck(Inbox.tag(ofFirst.get(0)), false);
        stage.see("one acknowledged, one more", first.bodies(1));
        channel.basicAck(0, true);
        await("the rest").until(() -> first.waiting() + second.waiting() == 4);
        stage.see("all acknowledged", stage.counts(name));
    }

    private static void prefetchPerChannel(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.queue(name + "-other");
        stage.publish("", name, numbered(5));
        stage.publish("", name + "-other", numbered(5));
        Channel channel = stage.channel();
        channel.basicQos(3, true);
        Inbox first = Inbox.of(channel, name);
        List<Delivery> taken = first.take(3);
        Inbox second = Inbox.of(channel, name + "-other");
        stage.see("the second gets none", stage.counts(name + "-other"));
        channel.basicAck(Inbox.tag(taken.get(2)), true);
        stage.see("together", await("three").until(() -> first.waiting() + second.waiting(), waiting -> waiting >= 3));
    }

    private static void prefetchChanged(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, numbered(9));
        Channel channel = stage.channel();
        channel.basicQos(1, true);
        Inbox inbox = Inbox.of(channel, name);
        stage.see("one", inbox.bodies(1));
        channel.basicQos(3, true);
        stage.see("two more", inbox.bodies(2));
        channel.basicQos(1, true);
        channel.basicAck(1, false);
        stage.see("none while two are held", stage.counts(name));
        channel.basicAck(0, true);
        stage.see("one again", inbox.bodies(1));
        channel.basicQos(0, true);
        stage.see("without a limit", inbox.bodies(5));
    }

    private static void invalidPrefetch(AmqpStage stage, String name) throws Exception {
        stage.attempt("bytes of " + name, AmqpStage.done(channel -> channel.basicQos(1000, 1, false)));
        stage.attempt("the most", AmqpStage.done(channel -> channel.basicQos(65_535)));
    }

    private static void automatic(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, numbered(20));
        Channel channel = stage.channel();
        channel.basicQos(2);
        Inbox inbox = Inbox.automatic(channel, name);
        stage.see("no prefetch", inbox.bodies(20));
        stage.see("nothing left", stage.counts(name));
        stage.attempt("an acknowledgement", channel, acknowledging -> {
            acknowledging.basicAck(1, false);
            return "taken";
        });
        stage.see("nothing comes back", stage.counts(name));
    }

    private static void exclusive(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel channel = stage.channel();
        String tag = channel.basicConsume(name, false, "", false, true, null, new Inbox(channel));
        stage.attempt("another", AmqpStage.done(other -> Inbox.of(other, name)));
        stage.attempt(
                "another exclusive", other -> other.basicConsume(name, false, "", false, true, null, new Inbox(other)));
        stage.attempt("get", other -> other.basicGet(name, true));
        channel.basicCancel(tag);
        Inbox inbox = Inbox.of(stage.channel(), name);
        stage.attempt(
                "exclusive after another",
                other -> other.basicConsume(name, false, "", false, true, null, new Inbox(other)));
        inbox.cancel();
        stage.see("consumers", stage.counts(name));
    }

    private static void fairness(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        List<Inbox> inboxes = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            Channel channel = stage.channel();
            channel.basicQos(1);
            inboxes.add(Inbox.of(channel, name));
        }
        stage.publish("", name, numbered(3));
        List<String> bodies = new ArrayList<>();
        for (Inbox inbox : inboxes) {
            bodies.add(Inbox.body(inbox.take()));
        }
        stage.see("one each, in turn", bodies);
        stage.publish("", name, "later");
        stage.see("none has room", stage.counts(name));
        inboxes.get(1).getChannel().basicAck(1, false);
        stage.see("who has room gets it", inboxes.get(1).bodies(1));
    }

    private static void priority(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel low = stage.channel();
        Channel high = stage.channel();
        Channel none = stage.channel();
        low.basicQos(2);
        high.basicQos(2);
        none.basicQos(2);
        Inbox lower = Inbox.of(low, name, Map.of("x-priority", -5));
        Inbox higher = Inbox.of(high, name, Map.of("x-priority", 10));
        Inbox normal = Inbox.of(none, name);
        stage.publish("", name, numbered(2));
        stage.see("the highest first", higher.bodies(2));
        stage.publish("", name, "m2", "m3");
        stage.see("then the one without", normal.bodies(2));
        stage.publish("", name, "m4");
        stage.see("then the lowest", lower.bodies(1));
        high.basicAck(0, true);
        stage.publish("", name, "m5");
        stage.see("the highest again", higher.bodies(1));
    }

    private static void invalidPriority(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        for (Object value : List.of("high", 1.5, true, 1L, (short) 1, Long.MAX_VALUE)) {
            stage.attempt(
                    value + " " + value.getClass().getSimpleName(),
                    AmqpStage.done(channel -> Inbox.of(channel, name, Map.of("x-priority", value))));
        }
        stage.attempt(
                "what nobody knows", AmqpStage.done(channel -> Inbox.of(channel, name, Map.of("x-nobody-knows", 1))));
    }

    private static void cancel(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, numbered(3));
        Channel channel = stage.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, name);
        Delivery held = inbox.take();
        inbox.cancel();
        stage.see("what is held stays held", stage.counts(name));
        channel.basicAck(Inbox.tag(held), false);
        stage.see("and may be settled", stage.counts(name));
        stage.attempt("a tag that nobody has", RawAmqp.cancel("nobody-has-it"));
        channel.close();
    }

    private static void cancelledByBroker(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel channel = stage.channel();
        Inbox inbox = Inbox.of(channel, name);
        stage.publish("", name, "held");
        Delivery held = inbox.take();
        stage.attempt("delete", other -> other.queueDelete(name));
        stage.see("cancelled", inbox.isCancelledByBroker());
        stage.attempt("acknowledge what is gone", channel, gone -> {
            gone.basicAck(Inbox.tag(held), false);
            return "taken";
        });
        Connection deaf = stage.open(factory -> {
            Map<String, Object> properties = new HashMap<>(factory.getClientProperties());
            properties.put("capabilities", Map.of());
            factory.setClientProperties(properties);
        });
        stage.queue(name);
        Channel channelOfDeaf = deaf.createChannel();
        Inbox notTold = Inbox.of(channelOfDeaf, name);
        stage.attempt("delete again", other -> other.queueDelete(name));
        channelOfDeaf.basicQos(0);
        stage.see("who cannot hear it is told", notTold.isCancelled());
    }

    private static void noLocal(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel channel = stage.channel();
        Inbox inbox = new Inbox(channel);
        channel.basicConsume(name, true, "", true, false, null, inbox);
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("own"));
        stage.see("its own comes all the same", inbox.bodies(1));
    }

    private static void properties(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Map<String, Object> headers = new HashMap<>();
        headers.put("text", "ä€");
        headers.put("int", 1);
        headers.put("long", 1L << 40);
        headers.put("short", (short) 2);
        headers.put("byte", (byte) -3);
        headers.put("float", 0.5f);
        headers.put("double", 0.25);
        headers.put("decimal", new BigDecimal("12.34"));
        headers.put("true", true);
        headers.put("bytes", new byte[] {0, 1, -1});
        headers.put("time", Date.from(Instant.ofEpochSecond(1_000_000_000)));
        headers.put("table", Map.of("a", Map.of("b", List.of(1, "two", Map.of()))));
        headers.put("list", List.of(1, "a", true));
        headers.put("void", null);
        headers.put("", "a name of nothing");
        AMQP.BasicProperties all = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("utf-8")
                .headers(headers)
                .deliveryMode(2)
                .priority(7)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("100000")
                .messageId("id")
                .timestamp(Date.from(Instant.ofEpochSecond(1_234_567_890)))
                .type("type")
                .userId("guest")
                .appId("app")
                .clusterId("cluster")
                .build();
        stage.publish("", name, all, "everything");
        stage.publish("", name, new AMQP.BasicProperties(), "nothing");
        stage.publish("", name, Messages.headers(Map.of()), "no headers");
        stage.publish(
                "",
                name,
                new AMQP.BasicProperties.Builder().contentType("").type("").build(),
                "empty");
        stage.publish(
                "",
                name,
                new AMQP.BasicProperties.Builder().deliveryMode(1).priority(255).build(),
                "odd");
        Inbox inbox = Inbox.automatic(stage.channel(), name);
        for (Delivery delivery : inbox.take(5)) {
            stage.see(Messages.text(delivery.getBody()), delivery);
        }
    }

    private static void get(AmqpStage stage, String name) throws Exception {
        stage.attempt("no such queue", channel -> channel.basicGet(name, true));
        stage.queue(name);
        stage.attempt("an empty one", channel -> channel.basicGet(name, true));
        stage.publish("", name, numbered(4));
        Channel channel = stage.channel();
        stage.see("first", channel.basicGet(name, false));
        stage.see("second", channel.basicGet(name, true));
        stage.see("ready", stage.counts(name));
        channel.basicReject(1, true);
        stage.see("first again", channel.basicGet(name, false));
        channel.close();
        stage.see("first once more", stage.channel().basicGet(name, true));
        stage.attempt("prefetch does not matter", other -> {
            other.basicQos(1);
            other.basicGet(name, false);
            return other.basicGet(name, false);
        });
        stage.see("all came back", stage.counts(name));
    }
}
