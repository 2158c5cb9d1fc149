package io.mainstem.interop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What queues are declared with: which values are refused, and what must be the same again. */
final class AmqpArgumentScenarios {

    private static final String TYPE = "x-queue-type";

    private AmqpArgumentScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>(
                        "argument-ttl",
                        of(
                                "x-message-ttl",
                                0,
                                1000,
                                1L,
                                (short) 5,
                                -1,
                                "1000",
                                1.5,
                                true,
                                315_360_000_000L,
                                315_360_000_001L)),
                new Scenario<>("argument-expires", of("x-expires", 60_000, 0, -1, "1000", 1.5, 315_360_000_001L)),
                new Scenario<>("argument-max-length", of("x-max-length", 0, 10, 10L, -1, "10", 1.5)),
                new Scenario<>("argument-max-length-bytes", of("x-max-length-bytes", 0, 10, -1, "10", true)),
                new Scenario<>(
                        "argument-overflow",
                        of("x-overflow", "drop-head", "reject-publish", "reject-publish-dlx", "drop-tail", "", 1)),
                new Scenario<>(
                        "argument-dead-letter-exchange",
                        of("x-dead-letter-exchange", "", "no.such.exchange", "amq.direct", 1, true)),
                new Scenario<>("argument-dead-letter-key-alone", AmqpArgumentScenarios::deadLetterKeyAlone),
                new Scenario<>("argument-max-priority", of("x-max-priority", 0, 1, 10, 255, 256, -1, "10", 1.5)),
                new Scenario<>("argument-single-active", of("x-single-active-consumer", true, false, "true", 1)),
                new Scenario<>("argument-delivery-limit", quorum("x-delivery-limit", 0, 5, -1, "5", 1.5)),
                new Scenario<>("argument-delivery-limit-classic", of("x-delivery-limit", 5)),
                new Scenario<>("argument-type", of(TYPE, "classic", "undefined", "", 1)),
                new Scenario<>("argument-mode", of("x-queue-mode", "lazy", "default", "other", 1)),
                new Scenario<>("argument-version", of("x-queue-version", 1, 2, 3, "2")),
                new Scenario<>("argument-master-locator", of("x-queue-master-locator", "client-local", "min-masters")),
                new Scenario<>("argument-quorum-max-priority", quorum("x-max-priority", 10)),
                new Scenario<>("argument-quorum", AmqpArgumentScenarios::quorumFlags),
                new Scenario<>("argument-equivalence", AmqpArgumentScenarios::equivalence),
                new Scenario<>("argument-equivalence-quorum", AmqpArgumentScenarios::equivalenceOfTypes));
    }

    private static Scenario.Script<AmqpStage> of(String argument, Object... values) {
        return (stage, name) -> tryEach(stage, name, Map.of(), argument, values);
    }

    private static Scenario.Script<AmqpStage> quorum(String argument, Object... values) {
        return (stage, name) -> tryEach(stage, name, Map.of(TYPE, "quorum"), argument, values);
    }

    /** Declares a queue with each of these values, and once more without. */
    private static void tryEach(
            AmqpStage stage, String name, Map<String, Object> others, String argument, Object... values)
            throws Exception {
        boolean durable = !others.isEmpty();
        for (Object value : values) {
            String what = value + " " + value.getClass().getSimpleName();
            String queue = name + " " + what;
            Map<String, Object> arguments = new HashMap<>(others);
            arguments.put(argument, value);
            stage.attempt(what, channel -> channel.queueDeclare(queue, durable, false, false, arguments));
            stage.attempt(
                    what + " then without", channel -> channel.queueDeclare(queue, durable, false, false, others));
        }
    }

    private static void deadLetterKeyAlone(AmqpStage stage, String name) throws Exception {
        stage.attempt(
                "a key without exchange",
                channel -> channel.queueDeclare(name, false, false, false, Map.of("x-dead-letter-routing-key", "key")));
        stage.attempt(
                "a key of another type",
                channel -> channel.queueDeclare(
                        name + "-int",
                        false,
                        false,
                        false,
                        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", 1)));
        stage.attempt(
                "both",
                channel -> channel.queueDeclare(
                        name + "-both",
                        false,
                        false,
                        false,
                        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "k")));
    }

    private static void quorumFlags(AmqpStage stage, String name) throws Exception {
        Map<String, Object> quorum = Map.of(TYPE, "quorum");
        stage.attempt("not durable", channel -> channel.queueDeclare(name + 1, false, false, false, quorum));
        stage.attempt("exclusive", channel -> channel.queueDeclare(name + 2, true, true, false, quorum));
        stage.attempt("auto-delete", channel -> channel.queueDeclare(name + 3, true, false, true, quorum));
        stage.attempt("durable", channel -> channel.queueDeclare(name + 4, true, false, false, quorum));
        stage.attempt("a name made up", channel -> channel.queueDeclare("", true, false, false, quorum));
        stage.attempt("without acknowledgements", AmqpStage.done(channel -> Inbox.automatic(channel, name + 4)));
        stage.attempt("prefetch of the channel", channel -> {
            channel.basicQos(5, true);
            Inbox.of(channel, name + 4);
            return "consuming";
        });
        stage.attempt("delete if empty", channel -> channel.queueDelete(name + 4, false, true));
        stage.attempt("delete if unused", channel -> channel.queueDelete(name + 4, true, false));
        stage.attempt("delete", channel -> channel.queueDelete(name + 4));
    }

    private static void equivalence(AmqpStage stage, String name) throws Exception {
        Map<String, Object> arguments = Map.of(
                "x-message-ttl",
                60_000,
                "x-expires",
                600_000,
                "x-max-length",
                10,
                "x-dead-letter-exchange",
                "amq.direct",
                "x-dead-letter-routing-key",
                "key",
                "x-nobody-knows",
                "this");
        stage.attempt("declare", channel -> channel.queueDeclare(name, true, false, false, arguments));
        stage.attempt("again", channel -> channel.queueDeclare(name, true, false, false, arguments));
        Map<String, Object> others = Map.of(
                "x-message-ttl",
                60_001,
                "x-expires",
                600_001L,
                "x-max-length",
                11,
                "x-dead-letter-exchange",
                "amq.topic",
                "x-dead-letter-routing-key",
                "other",
                "x-nobody-knows",
                "that");
        for (String argument : others.keySet().stream().sorted().toList()) {
            Map<String, Object> changed = new HashMap<>(arguments);
            changed.put(argument, others.get(argument));
            stage.attempt("another " + argument, channel -> channel.queueDeclare(name, true, false, false, changed));
            Map<String, Object> less = new HashMap<>(arguments);
            less.remove(argument);
            stage.attempt("without " + argument, channel -> channel.queueDeclare(name, true, false, false, less));
        }
        Map<String, Object> wider = new HashMap<>(arguments);
        wider.put("x-message-ttl", 60_000L);
        wider.put("x-max-length", (short) 10);
        stage.attempt("in other types of numbers", channel -> channel.queueDeclare(name, true, false, false, wider));
        Map<String, Object> more = new HashMap<>(arguments);
        more.put("x-max-priority", 5);
        stage.attempt("with more", channel -> channel.queueDeclare(name, true, false, false, more));
        stage.attempt("passive", channel -> channel.queueDeclarePassive(name));
    }

    private static void equivalenceOfTypes(AmqpStage stage, String name) throws Exception {
        Map<String, Object> quorum = Map.of(TYPE, "quorum");
        stage.attempt("quorum", channel -> channel.queueDeclare(name, true, false, false, quorum));
        stage.attempt("without a type", channel -> channel.queueDeclare(name, true, false, false, null));
        stage.attempt("classic", channel -> channel.queueDeclare(name, true, false, false, Map.of(TYPE, "classic")));
        String other = name + "-classic";
        stage.attempt(
                "classic first", channel -> channel.queueDeclare(other, true, false, false, Map.of(TYPE, "classic")));
        stage.attempt("then without", channel -> channel.queueDeclare(other, true, false, false, null));
        stage.attempt("then quorum", channel -> channel.queueDeclare(other, true, false, false, quorum));
        String plain = name + "-plain";
        stage.attempt("plain first", channel -> channel.queueDeclare(plain, true, false, false, null));
        stage.attempt(
                "then classic", channel -> channel.queueDeclare(plain, true, false, false, Map.of(TYPE, "classic")));
    }
}
