package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Queues of type stream: read by offset, and nothing is taken from them. */
final class AmqpStreamScenarios {

    private static final String OFFSET = "x-stream-offset";

    private AmqpStreamScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("stream-declare", AmqpStreamScenarios::declaring),
                new Scenario<>("stream-arguments", AmqpStreamScenarios::arguments),
                new Scenario<>("stream-equivalence", AmqpStreamScenarios::equivalence),
                new Scenario<>("stream-first", AmqpStreamScenarios::first),
                new Scenario<>("stream-offset", AmqpStreamScenarios::offset),
                new Scenario<>("stream-last", AmqpStreamScenarios::last),
                new Scenario<>("stream-next", AmqpStreamScenarios::next),
                new Scenario<>("stream-timestamp", AmqpStreamScenarios::timestamp),
                new Scenario<>("stream-offset-invalid", AmqpStreamScenarios::invalidOffsets),
                new Scenario<>("stream-prefetch", AmqpStreamScenarios::prefetch),
                new Scenario<>("stream-refused", AmqpStreamScenarios::refused),
                new Scenario<>("stream-settle", AmqpStreamScenarios::settle),
                new Scenario<>("stream-properties", AmqpStreamScenarios::properties),
                new Scenario<>("stream-publish", AmqpStreamScenarios::publish),
                new Scenario<>("stream-delete", AmqpStreamScenarios::delete));
    }

    private static Map<String, Object> stream(Map<String, Object> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("x-queue-type", "stream");
        return arguments;
    }

    /** A stream with these messages, each confirmed before the next is published. */
    private static void declare(AmqpStage stage, String name, String... bodies) throws Exception {
        try (Channel channel = stage.channel()) {
            channel.queueDeclare(name, true, false, false, stream(Map.of()));
        }
        for (String body : bodies) {
            stage.publish("", name, body);
        }
    }

    private static Inbox read(AmqpStage stage, String name, Object from) throws Exception {
        Channel channel = stage.channel();
        channel.basicQos(100);
        return Inbox.of(channel, name, Map.of(OFFSET, from));
    }

    private static void declaring(AmqpStage stage, String name) throws Exception {
        Map<String, Object> stream = stream(Map.of());
        stage.attempt("durable", channel -> channel.queueDeclare(name, true, false, false, stream));
        stage.attempt("again", channel -> channel.queueDeclare(name, true, false, false, stream));
        stage.attempt("passive", channel -> channel.queueDeclarePassive(name));
        stage.attempt("not durable", channel -> channel.queueDeclare(name + 1, false, false, false, stream));
        stage.attempt("exclusive", channel -> channel.queueDeclare(name + 2, true, true, false, stream));
        stage.attempt("auto-delete", channel -> channel.queueDeclare(name + 3, true, false, true, stream));
        stage.attempt("a name made up", channel -> channel.queueDeclare("", true, false, false, stream));
    }

    private static void arguments(AmqpStage stage, String name) throws Exception {
        tryEach(stage, name, "x-max-age", "1h", "5s", "2D", "7Y", "1W", "", "h", "1", "-1h", 5, 1.5);
        tryEach(stage, name, "x-max-length-bytes", 1_000_000, 5L, 0, -1, "10", 1.5, true);
        tryEach(stage, name, "x-stream-max-segment-size-bytes", 50_000_000, 0, -1, 3_000_000_001L, "10");
        tryEach(stage, name, "x-message-ttl", 1000);
        tryEach(stage, name, "x-expires", 1000);
        tryEach(stage, name, "x-max-length", 1000);
        tryEach(stage, name, "x-overflow", "drop-head");
        tryEach(stage, name, "x-dead-letter-exchange", "amq.direct");
        tryEach(stage, name, "x-max-priority", 5);
        tryEach(stage, name, "x-single-active-consumer", true);
        tryEach(stage, name, "x-delivery-limit", 5);
        tryEach(stage, name, "x-queue-mode", "lazy");
        tryEach(stage, name, "x-nobody-knows", "this");
    }

    private static void tryEach(AmqpStage stage, String name, String argument, Object... values) throws Exception {
        for (Object value : values) {
            String what = argument + " " + value + " " + value.getClass().getSimpleName();
            stage.attempt(
                    what,
                    channel -> channel.queueDeclare(
                            name + " " + what, true, false, false, stream(Map.of(argument, value))));
        }
    }

    private static void equivalence(AmqpStage stage, String name) throws Exception {
        declare(stage, name);
        stage.attempt("without a type", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt(
                "classic",
                channel -> channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "classic")));
        stage.attempt(
                "with an age",
                channel -> channel.queueDeclare(name, true, false, false, stream(Map.of("x-max-age", "1h"))));
        String limited = name + "-limited";
        Map<String, Object> limits = stream(Map.of("x-max-age", "1h", "x-max-length-bytes", 1_000_000_000));
        stage.attempt("with limits", channel -> channel.queueDeclare(limited, true, false, false, limits));
        stage.attempt("with them again", channel -> channel.queueDeclare(limited, true, false, false, limits));
        stage.attempt("without them", channel -> channel.queueDeclare(limited, true, false, false, stream(Map.of())));
        for (String age : List.of("60m", "2h")) {
            Map<String, Object> other = new HashMap<>(limits);
            other.put("x-max-age", age);
            stage.attempt("an age of " + age, channel -> channel.queueDeclare(limited, true, false, false, other));
        }
        String classic = name + "-classic";
        stage.attempt("a classic one", channel -> channel.queueDeclare(classic, true, false, false, null));
        stage.attempt("then a stream", channel -> channel.queueDeclare(classic, true, false, false, stream(Map.of())));
    }

    private static void first(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b", "c");
        for (String reader : List.of("one", "another")) {
            Inbox inbox = read(stage, name, "first");
            for (Delivery delivery : inbox.take(3)) {
                stage.see(reader + " reads " + Inbox.body(delivery), delivery);
            }
            inbox.getChannel().basicAck(0, true);
            inbox.getChannel().close();
        }
        Inbox inbox = read(stage, name, "first");
        stage.publish("", name, "d");
        stage.see("what is new comes after what is old", inbox.bodies(4));
    }

    private static void offset(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b", "c");
        stage.see("from the first on", read(stage, name, 0).bodies(3));
        stage.see("from the second on", read(stage, name, 1L).bodies(2));
        stage.see("from the third on", read(stage, name, (short) 2).bodies(1));
        Inbox later = read(stage, name, 3L);
        stage.publish("", name, "d");
        stage.see("from the next on", later.bodies(1));
    }

    private static void last(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b", "c");
        stage.see("last", read(stage, name, "last").take());
        declare(stage, name + "-empty");
        Inbox inbox = read(stage, name + "-empty", "last");
        stage.publish("", name + "-empty", "a");
        stage.see("last of an empty one", inbox.bodies(1));
    }

    private static void next(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b");
        Inbox next = read(stage, name, "next");
        Channel channel = stage.channel();
        channel.basicQos(10);
        Inbox unsaid = Inbox.of(channel, name);
        stage.publish("", name, "c");
        stage.see("next", next.take());
        stage.see("without an offset", unsaid.take());
    }

    private static void timestamp(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b");
        Instant now = Instant.now();
        stage.see(
                "an hour ago",
                read(stage, name, Date.from(now.minus(1, ChronoUnit.HOURS))).bodies(2));
        stage.see("an interval", read(stage, name, "1h").bodies(2));
        Inbox inFuture = read(stage, name, Date.from(now.plus(1, ChronoUnit.HOURS)));
        stage.publish("", name, "c");
        stage.see("in an hour", inFuture.bodies(1));
    }

    private static void invalidOffsets(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a");
        for (Object from : List.of("nonsense", "", "1x", 1.5, true, -1L)) {
            stage.attempt("from " + from + " " + from.getClass().getSimpleName(), AmqpStage.done(channel -> {
                channel.basicQos(10);
                Inbox.of(channel, name, Map.of(OFFSET, from));
            }));
        }
    }

    private static void prefetch(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b", "c", "d");
        Channel channel = stage.channel();
        channel.basicQos(1);
        Inbox inbox = Inbox.of(channel, name, Map.of(OFFSET, "first"));
        List<String> bodies = new ArrayList<>();
        for (int index = 0; index < 4; index++) {
            Delivery delivery = inbox.take();
            bodies.add(Inbox.body(delivery) + (inbox.waiting() > 0 ? " and more" : ""));
            channel.basicAck(Inbox.tag(delivery), false);
        }
        stage.see("one at a time", bodies);
    }

    private static void refused(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a");
        stage.attempt("no prefetch", AmqpStage.done(channel -> Inbox.of(channel, name)));
        stage.attempt("prefetch of the channel", AmqpStage.done(channel -> {
            channel.basicQos(10, true);
            Inbox.of(channel, name);
        }));
        stage.attempt("without acknowledgements", AmqpStage.done(channel -> {
            channel.basicQos(10);
            Inbox.automatic(channel, name);
        }));
        stage.attempt("get", channel -> channel.basicGet(name, false));
        stage.attempt("get without acknowledgement", channel -> channel.basicGet(name, true));
        stage.attempt("purge", channel -> channel.queuePurge(name));
        stage.attempt("an exclusive consumer", channel -> {
            channel.basicQos(10);
            return channel.basicConsume(name, false, "tag", false, true, null, new Inbox(channel));
        });
    }

    private static void settle(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b");
        Inbox rejecting = read(stage, name, "first");
        long rejected = Inbox.tag(rejecting.take());
        stage.attempt("reject", rejecting.getChannel(), AmqpStage.done(channel -> channel.basicReject(rejected, true)));
        Inbox nacking = read(stage, name, "first");
        long nacked = Inbox.tag(nacking.take());
        stage.attempt("nack", nacking.getChannel(), AmqpStage.done(channel -> channel.basicNack(nacked, false, false)));
        Inbox acknowledging = read(stage, name, "first");
        acknowledging.take(2);
        stage.attempt("acknowledge", acknowledging.getChannel(), AmqpStage.done(channel -> channel.basicAck(2, true)));
        stage.see("all is still there", read(stage, name, "first").bodies(2));
    }

    private static void properties(AmqpStage stage, String name) throws Exception {
        declare(stage, name);
        AMQP.BasicProperties all = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("utf-8")
                .headers(Map.of("text", "kept", "number", 5L, "yes", true, "list", List.of(1, "two")))
                .deliveryMode(2)
                .priority(3)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("600000")
                .messageId("id")
                .timestamp(Date.from(Instant.ofEpochSecond(1_234_567_890)))
                .type("type")
                .userId("guest")
                .appId("app")
                .build();
        stage.publish("", name, all, "everything");
        stage.publish("", name, "nothing");
        for (Delivery delivery : read(stage, name, "first").take(2)) {
            stage.see(Messages.text(delivery.getBody()), delivery);
        }
    }

    private static void publish(AmqpStage stage, String name) throws Exception {
        declare(stage, name);
        Channel channel = stage.confirming();
        List<Object> returned = new ArrayList<>();
        channel.addReturnListener(returned::add);
        channel.basicPublish("", name, true, Messages.NO_PROPERTIES, Messages.bytes("mandatory"));
        stage.see("confirmed", channel.waitForConfirms(AmqpStage.DEADLINE.toMillis()));
        stage.see("returned", returned);
        Channel transaction = stage.channel();
        transaction.txSelect();
        transaction.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("committed"));
        transaction.txCommit();
        transaction.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("rolled back"));
        transaction.txRollback();
        stage.publish("", name, "afterwards");
        stage.see("came", read(stage, name, "first").bodies(3));
    }

    private static void delete(AmqpStage stage, String name) throws Exception {
        declare(stage, name, "a", "b");
        Inbox inbox = read(stage, name, "first");
        inbox.take(2);
        stage.attempt("delete", channel -> channel.queueDelete(name).protocolMethodName());
        await("the end of its consumer").until(inbox::isCancelled);
        stage.attempt("it is gone", channel -> channel.queueDeclarePassive(name));
        declare(stage, name, "c");
        stage.see("one that comes after it", read(stage, name, "first").take());
    }
}
