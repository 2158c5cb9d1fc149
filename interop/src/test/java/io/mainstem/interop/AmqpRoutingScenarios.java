package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which queues get which messages. */
final class AmqpRoutingScenarios {

    private AmqpRoutingScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("routing-direct", AmqpRoutingScenarios::direct),
                new Scenario<>("routing-fanout", AmqpRoutingScenarios::fanout),
                new Scenario<>("routing-topic", AmqpRoutingScenarios::topic),
                new Scenario<>("routing-one-copy", AmqpRoutingScenarios::oneCopy),
                new Scenario<>("routing-headers", AmqpRoutingScenarios::headers),
                new Scenario<>("routing-headers-invalid", AmqpRoutingScenarios::invalidHeaders),
                new Scenario<>("routing-binding-arguments", AmqpRoutingScenarios::bindingArguments),
                new Scenario<>("routing-exchanges", AmqpRoutingScenarios::exchanges),
                new Scenario<>("routing-exchange-loop", AmqpRoutingScenarios::exchangeLoop),
                new Scenario<>("routing-exchange-errors", AmqpRoutingScenarios::exchangeErrors),
                new Scenario<>("routing-exchange-auto-delete", AmqpRoutingScenarios::exchangeAutoDelete),
                new Scenario<>("routing-alternate", AmqpRoutingScenarios::alternate),
                new Scenario<>("routing-alternate-loop", AmqpRoutingScenarios::alternateLoop),
                new Scenario<>("routing-alternate-declare", AmqpRoutingScenarios::alternateDeclare),
                new Scenario<>("routing-internal", AmqpRoutingScenarios::internal),
                new Scenario<>("routing-cc", AmqpRoutingScenarios::copies),
                new Scenario<>("routing-cc-invalid", AmqpRoutingScenarios::invalidCopies));
    }

    /** What a queue has, and then no longer has. */
    static String drained(AmqpStage stage, String queue) throws Exception {
        List<String> bodies = new ArrayList<>();
        try (Channel channel = stage.channel()) {
            var got = channel.basicGet(queue, true);
            while (got != null) {
                bodies.add(Messages.text(got.getBody()));
                got = channel.basicGet(queue, true);
            }
        }
        return bodies.toString();
    }

    private static void direct(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "direct");
        for (String queue : List.of("a", "ab", "empty")) {
            stage.queue(name + queue);
        }
        channel.queueBind(name + "a", name, "a");
        channel.queueBind(name + "ab", name, "a");
        channel.queueBind(name + "ab", name, "b");
        channel.queueBind(name + "empty", name, "");
        for (String key : List.of("a", "b", "", "c", "A", "a.b", "*", "#")) {
            stage.publish(name, key, "<" + key + ">");
        }
        for (String queue : List.of("a", "ab", "empty")) {
            stage.see(queue, drained(stage, name + queue));
        }
        String longKey = "k".repeat(255);
        channel.queueBind(name + "a", name, longKey);
        stage.publish(name, longKey, "a long key");
        stage.see("255 bytes of key", drained(stage, name + "a"));
    }

    private static void fanout(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "fanout");
        stage.queue(name);
        stage.queue(name + "-twice");
        channel.queueBind(name, name, "");
        channel.queueBind(name + "-twice", name, "a");
        channel.queueBind(name + "-twice", name, "b");
        stage.publish(name, "", "one");
        stage.publish(name, "whatever", "two");
        stage.see("once", drained(stage, name));
        stage.see("bound twice", drained(stage, name + "-twice"));
    }

    private static void topic(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "topic");
        List<String> patterns = List.of(
                "#", "*", "a", "a.b", "a.*", "*.b", "a.#", "#.b", "a.#.c", "*.*.*", "#.*", "*.#", "a.*.#", "#.#", "",
                "a..b", "*.", "a#", "a.*b");
        for (String pattern : patterns) {
            stage.queue(name + pattern);
            channel.queueBind(name + pattern, name, pattern);
        }
        for (String key : List.of(
                "", "a", "b", "a.b", "a.c", "a.b.c", "a.b.b.c", "a.", ".", "a..b", "a#", "#", "a.xb", "a.c.b")) {
            stage.publish(name, key, "<" + key + ">");
        }
        for (String pattern : patterns) {
            stage.see("pattern " + pattern, drained(stage, name + pattern));
        }
        for (String pattern : patterns) {
            channel.queueUnbind(name + pattern, name, pattern);
        }
        stage.attempt("mandatory when all are unbound", other -> {
            List<Object> returned = new ArrayList<>();
            other.addReturnListener(returned::add);
            other.confirmSelect();
            other.basicPublish(name, "a.b", true, Messages.NO_PROPERTIES, Messages.bytes("nobody"));
            other.waitForConfirms(10_000);
            return returned;
        });
    }

    private static void oneCopy(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "topic");
        stage.queue(name);
        for (String pattern : List.of("a.b", "a.*", "#")) {
            channel.queueBind(name, name, pattern);
        }
        stage.publish(name, "a.b", "by three bindings");
        channel.queueUnbind(name, name, "#");
        stage.publish(name, "a.b", "by two");
        stage.publish(name, "b", "by none");
        stage.see("one copy each", drained(stage, name));
    }

    private static void bindHeaders(Channel channel, String name, String queue, Map<String, Object> arguments)
            throws Exception {
        channel.queueDeclare(name + queue, false, false, false, null);
        channel.queueBind(name + queue, name, "", arguments);
    }

    private static void headers(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "headers");
        Map<String, Map<String, Object>> bindings = new HashMap<>();
        bindings.put("all", Map.of("x-match", "all", "colour", "red", "size", 3));
        bindings.put("any", Map.of("x-match", "any", "colour", "red", "size", 3));
        bindings.put("default", Map.of("colour", "red", "size", 3));
        bindings.put("nothing", Map.of());
        bindings.put("any of nothing", Map.of("x-match", "any"));
        bindings.put("x ignored", Map.of("x-match", "all", "colour", "red", "x-kind", "big"));
        bindings.put("any x ignored", Map.of("x-match", "any", "x-kind", "big"));
        bindings.put("all with x", Map.of("x-match", "all-with-x", "colour", "red", "x-kind", "big"));
        bindings.put("any with x", Map.of("x-match", "any-with-x", "colour", "blue", "x-kind", "big"));
        for (var binding : bindings.entrySet()) {
            bindHeaders(channel, name, binding.getKey(), binding.getValue());
        }
        Map<String, Map<String, Object>> messages = new HashMap<>();
        messages.put("both", Map.of("colour", "red", "size", 3));
        messages.put("more", Map.of("colour", "red", "size", 3, "more", true));
        messages.put("red", Map.of("colour", "red"));
        messages.put("three", Map.of("size", 3));
        messages.put("four", Map.of("colour", "red", "size", 4));
        messages.put("big", Map.of("x-kind", "big"));
        messages.put("red big", Map.of("colour", "red", "x-kind", "big"));
        messages.put("none", Map.of());
        for (String message : messages.keySet().stream().sorted().toList()) {
            stage.publish(name, "any.key", Messages.headers(messages.get(message)), message);
        }
        stage.publish(name, "", "without headers");
        for (String queue : bindings.keySet().stream().sorted().toList()) {
            stage.see(queue, drained(stage, name + queue));
        }
    }

    private static void invalidHeaders(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        for (Object match : List.of("some", "", 1, true)) {
            stage.attempt(
                    "x-match " + match + " " + match.getClass().getSimpleName(),
                    channel -> channel.queueBind(name, "amq.headers", "", Map.of("x-match", match, "a", 1)));
        }
        stage.attempt("twice", channel -> {
            channel.queueBind(name, "amq.headers", "", Map.of("name", name));
            channel.queueBind(name, "amq.headers", "", Map.of("name", name));
            channel.queueBind(name, "amq.match", "k", Map.of("name", name, "x-match", "any"));
            return "bound";
        });
        stage.publish("amq.headers", "", Messages.headers(Map.of("name", name)), "to amq.headers");
        stage.publish("amq.match", "", Messages.headers(Map.of("name", name)), "to amq.match");
        stage.see("came", drained(stage, name));
        stage.attempt(
                "unbind with other arguments",
                channel -> channel.queueUnbind(name, "amq.headers", "", Map.of("name", "x")));
        stage.publish("amq.headers", "", Messages.headers(Map.of("name", name)), "still bound");
        stage.attempt("unbind", channel -> channel.queueUnbind(name, "amq.headers", "", Map.of("name", name)));
        stage.publish("amq.headers", "", Messages.headers(Map.of("name", name)), "no longer bound");
        stage.see("came then", drained(stage, name));
    }

    private static void bindingArguments(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "direct");
        stage.queue(name);
        stage.see("bind", channel.queueBind(name, name, "k", Map.of("a", 1)));
        stage.see("with other arguments", channel.queueBind(name, name, "k", Map.of("a", 2)));
        stage.see("without", channel.queueBind(name, name, "k"));
        stage.publish(name, "k", "one");
        stage.see("one copy", drained(stage, name));
        stage.see("unbind one", channel.queueUnbind(name, name, "k", Map.of("a", 2)));
        stage.see("unbind another", channel.queueUnbind(name, name, "k"));
        stage.publish(name, "k", "two");
        stage.see("one is left", drained(stage, name));
        stage.see("unbind the last", channel.queueUnbind(name, name, "k", Map.of("a", 1)));
        stage.publish(name, "k", "three");
        stage.see("none is left", drained(stage, name));
    }

    private static void exchanges(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        String from = name + "-from";
        String to = name + "-to";
        channel.exchangeDeclare(from, "topic");
        channel.exchangeDeclare(to, "direct");
        stage.queue(name);
        channel.queueBind(name, to, "a.b");
        stage.see("bind", channel.exchangeBind(to, from, "a.*"));
        stage.see("bind again", channel.exchangeBind(to, from, "a.*"));
        stage.publish(from, "a.b", "both fit");
        stage.publish(from, "a.c", "only the first fits");
        stage.publish(from, "b.b", "the first does not fit");
        stage.publish(to, "a.b", "straight");
        stage.see("came", drained(stage, name));
        channel.queueBind(name, from, "#");
        stage.publish(from, "a.b", "two ways");
        stage.see("one copy", stage.channel().basicGet(name, true));
        stage.see("and no more", drained(stage, name));
        stage.see("unbind", channel.exchangeUnbind(to, from, "a.*"));
        stage.see("unbind again", channel.exchangeUnbind(to, from, "a.*"));
        channel.queueUnbind(name, from, "#");
        stage.publish(from, "a.b", "no way");
        stage.see("nothing", drained(stage, name));
        channel.exchangeBind(to, from, "#");
        channel.exchangeDelete(to);
        stage.publish(from, "a.b", "to what is gone");
        channel.exchangeDeclare(to, "direct");
        channel.queueBind(name, to, "a.b");
        stage.publish(from, "a.b", "bindings end with their exchange");
        stage.see("nothing again", drained(stage, name));
    }

    private static void exchangeLoop(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        for (String exchange : List.of("a", "b", "c")) {
            channel.exchangeDeclare(name + exchange, "fanout");
            stage.queue(name + exchange);
            channel.queueBind(name + exchange, name + exchange, "");
        }
        channel.exchangeBind(name + "b", name + "a", "");
        channel.exchangeBind(name + "c", name + "b", "");
        channel.exchangeBind(name + "a", name + "c", "");
        stage.see("to itself", channel.exchangeBind(name + "a", name + "a", ""));
        stage.publish(name + "b", "k", "round and round");
        for (String exchange : List.of("a", "b", "c")) {
            stage.see(exchange, stage.channel().basicGet(name + exchange, true));
        }
    }

    private static void exchangeErrors(AmqpStage stage, String name) throws Exception {
        String none = name + "-none";
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "fanout"));
        stage.attempt("no source", channel -> channel.exchangeBind(name, none, ""));
        stage.attempt("no destination", channel -> channel.exchangeBind(none, name, ""));
        stage.attempt("neither", channel -> channel.exchangeBind(none, none + "2", ""));
        stage.attempt("unbind without source", channel -> channel.exchangeUnbind(name, none, ""));
        stage.attempt("unbind without destination", channel -> channel.exchangeUnbind(none, name, ""));
        stage.attempt("amq.fanout", channel -> channel.exchangeBind(name, "amq.fanout", name));
        stage.attempt("without an answer", AmqpStage.done(channel -> {
            channel.exchangeBindNoWait(name, "amq.fanout", "k", null);
            channel.exchangeUnbindNoWait(name, "amq.fanout", "k", null);
        }));
        stage.attempt("in use as source", channel -> {
            channel.exchangeDeclare(name + "-source", "fanout");
            channel.exchangeBind(name, name + "-source", "");
            return channel.exchangeDelete(name + "-source", true);
        });
        stage.attempt("not in use as destination only", channel -> channel.exchangeDelete(name, true));
    }

    private static void exchangeAutoDelete(AmqpStage stage, String name) throws Exception {
        String to = name + "-to";
        stage.attempt("source", channel -> channel.exchangeDeclare(name, "fanout", false, true, null));
        stage.attempt("destination", channel -> channel.exchangeDeclare(to, "fanout", false, true, null));
        stage.attempt("bind", channel -> channel.exchangeBind(to, name, ""));
        stage.attempt("unbind", channel -> channel.exchangeUnbind(to, name, ""));
        stage.attempt("the source is gone", channel -> channel.exchangeDeclarePassive(name));
        stage.attempt("the destination is not", channel -> channel.exchangeDeclarePassive(to));
        stage.attempt("source again", channel -> channel.exchangeDeclare(name, "fanout", false, true, null));
        stage.attempt("bind again", channel -> channel.exchangeBind(to, name, ""));
        stage.queue(name);
        stage.attempt("bind a queue", channel -> channel.queueBind(name, to, ""));
        stage.attempt("delete the queue", channel -> channel.queueDelete(name));
        stage.attempt("the destination is gone", channel -> channel.exchangeDeclarePassive(to));
        stage.attempt("and the source with it", channel -> channel.exchangeDeclarePassive(name));
    }

    private static void alternate(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        String other = name + "-other";
        channel.exchangeDeclare(other, "fanout");
        channel.exchangeDeclare(name, "direct", false, false, Map.of("alternate-exchange", other));
        stage.queue(name);
        stage.queue(other);
        channel.queueBind(name, name, "k");
        channel.queueBind(other, other, "");
        stage.publish(name, "k", "routed");
        stage.publish(name, "x", "not routed");
        stage.see("routed", stage.channel().basicGet(name, true));
        stage.see("to the alternate", stage.channel().basicGet(other, true));
        stage.see("no more", drained(stage, other));
        stage.attempt("mandatory", producing -> {
            List<Object> returned = new ArrayList<>();
            producing.addReturnListener(returned::add);
            producing.confirmSelect();
            producing.basicPublish(name, "x", true, Messages.NO_PROPERTIES, Messages.bytes("mandatory"));
            producing.waitForConfirms(10_000);
            return returned;
        });
        channel.queueUnbind(other, other, "");
        stage.attempt("mandatory when nobody is there", producing -> {
            List<Object> returned = new ArrayList<>();
            producing.addReturnListener(returned::add);
            producing.confirmSelect();
            producing.basicPublish(name, "x", true, Messages.NO_PROPERTIES, Messages.bytes("to nobody"));
            producing.waitForConfirms(10_000);
            return returned;
        });
        channel.exchangeDelete(other);
        stage.attempt(
                "an alternate that is gone",
                AmqpStage.done(producing ->
                        producing.basicPublish(name, "x", Messages.NO_PROPERTIES, Messages.bytes("lost"))));
    }

    private static void alternateLoop(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name + "a", "direct", false, false, Map.of("alternate-exchange", name + "b"));
        channel.exchangeDeclare(name + "b", "direct", false, false, Map.of("alternate-exchange", name + "a"));
        stage.attempt("a loop", producing -> {
            List<Object> returned = new ArrayList<>();
            producing.addReturnListener(returned::add);
            producing.confirmSelect();
            producing.basicPublish(name + "a", "x", true, Messages.NO_PROPERTIES, Messages.bytes("loop"));
            producing.waitForConfirms(10_000);
            return returned;
        });
        stage.queue(name);
        channel.exchangeDeclare(name, "direct", false, false, Map.of("alternate-exchange", ""));
        stage.attempt(
                "the default exchange",
                AmqpStage.done(producing ->
                        producing.basicPublish(name, name, Messages.NO_PROPERTIES, Messages.bytes("by name"))));
        stage.see("came", drained(stage, name));
    }

    private static void alternateDeclare(AmqpStage stage, String name) throws Exception {
        Map<String, Object> arguments = Map.of("alternate-exchange", "amq.fanout");
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "direct", true, false, arguments));
        stage.attempt("again", channel -> channel.exchangeDeclare(name, "direct", true, false, arguments));
        stage.attempt("without", channel -> channel.exchangeDeclare(name, "direct", true, false, null));
        stage.attempt(
                "another",
                channel -> channel.exchangeDeclare(
                        name, "direct", true, false, Map.of("alternate-exchange", "amq.direct")));
        stage.attempt(
                "not a name",
                channel ->
                        channel.exchangeDeclare(name + "-int", "direct", true, false, Map.of("alternate-exchange", 1)));
        stage.attempt(
                "one that is not there",
                channel -> channel.exchangeDeclare(
                        name + "-none", "direct", true, false, Map.of("alternate-exchange", name + "-nowhere")));
        stage.attempt("plain", channel -> channel.exchangeDeclare(name + "-plain", "direct", true));
        stage.attempt(
                "with one then", channel -> channel.exchangeDeclare(name + "-plain", "direct", true, false, arguments));
    }

    private static void internal(AmqpStage stage, String name) throws Exception {
        stage.attempt("declare", channel -> channel.exchangeDeclare(name, "fanout", false, false, true, null));
        stage.attempt("not internal", channel -> channel.exchangeDeclare(name, "fanout", false, false, false, null));
        stage.attempt(
                "publish",
                AmqpStage.done(
                        channel -> channel.basicPublish(name, "", Messages.NO_PROPERTIES, Messages.bytes("no"))));
        stage.queue(name);
        stage.attempt("bind a queue", channel -> channel.queueBind(name, name, ""));
        stage.attempt("bind it to another", channel -> channel.exchangeBind(name, "amq.topic", name));
        stage.publish("amq.topic", name, "by another");
        stage.see("came", drained(stage, name));
        stage.attempt("plain", channel -> channel.exchangeDeclare(name + "-plain", "fanout"));
        stage.attempt(
                "internal then",
                channel -> channel.exchangeDeclare(name + "-plain", "fanout", false, false, true, null));
    }

    private static void copies(AmqpStage stage, String name) throws Exception {
        Channel channel = stage.channel();
        channel.exchangeDeclare(name, "direct");
        for (String queue : List.of("to", "cc", "bcc", "all")) {
            stage.queue(name + queue);
            channel.queueBind(name + queue, name, queue.equals("all") ? "to" : queue);
        }
        channel.queueBind(name + "all", name, "cc");
        AMQP.BasicProperties properties =
                Messages.headers(Map.of("CC", List.of("cc", "nobody"), "BCC", List.of("bcc"), "other", "kept"));
        stage.publish(name, "to", properties, "copies");
        for (String queue : List.of("to", "cc", "bcc", "all")) {
            stage.see(queue, stage.channel().basicGet(name + queue, true));
            stage.see("no second one for " + queue, drained(stage, name + queue));
        }
        AMQP.BasicProperties byName =
                Messages.headers(Map.of("CC", List.of(name + "cc"), "BCC", List.of(name + "bcc")));
        stage.publish("", name + "to", byName, "by the default exchange");
        for (String queue : List.of("to", "cc", "bcc")) {
            stage.see(queue + " by name", stage.channel().basicGet(name + queue, true));
        }
    }

    private static void invalidCopies(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        for (String header : List.of("CC", "BCC")) {
            for (Object value : List.of("text", 1, List.of(1))) {
                stage.attempt(
                        header + " is " + value,
                        AmqpStage.done(channel -> channel.basicPublish(
                                "", name, Messages.headers(Map.of(header, value)), Messages.bytes(header + value))));
            }
            stage.attempt(
                    header + " of nobody",
                    AmqpStage.done(channel -> channel.basicPublish(
                            "", name, Messages.headers(Map.of(header, List.of())), Messages.bytes(header))));
        }
        stage.see("came", drained(stage, name));
    }
}
