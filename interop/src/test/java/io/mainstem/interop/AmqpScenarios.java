package io.mainstem.interop;

import java.util.List;
import java.util.stream.Stream;

/** What is played on RabbitMQ and on Mainstem. */
final class AmqpScenarios {

    private static final String HANDSHAKE = "a handshake that fails is answered with its error";

    private static final String UNREADABLE = "what RabbitMQ answers with 541";

    private static final String QUORUM = "quorum queues take what classic ones take";

    /** Each stands in docs/amqp.md, with its reason. */
    static final List<WantedDifference> DIFFERENCES = Stream.of(
                    different("versions before 0-9-1", "connection-header", "AMQP01010901"),
                    different(
                            HANDSHAKE,
                            "connection-early",
                            "open before start-ok",
                            "open before tune-ok",
                            "connection-early on a channel before start-ok"),
                    different(HANDSHAKE, "connection-mechanism-plain", "nonsense"),
                    different(HANDSHAKE, "connection-mechanism-amqplain", "nonsense"),
                    different(HANDSHAKE, "connection-mechanism-external", "nonsense"),
                    different(HANDSHAKE, "connection-mechanism-unknown", "nonsense"),
                    different(HANDSHAKE, "connection-tune-channels", "open"),
                    different(HANDSHAKE, "connection-tune-frames", "open"),
                    different(HANDSHAKE, "connection-tune-small-frames", "open"),
                    different("who asks for no limit", "connection-tune-any-channels", "open"),
                    different("who asks for no limit", "connection-tune-any-frames", "open"),
                    different(
                            "a method that the protocol does not have",
                            "connection-unknown-method",
                            "connection-unknown-method on an unknown class",
                            "an unknown method"),
                    different(
                            "a table that cannot be read",
                            "connection-frames",
                            "a field of an unknown type",
                            "a table that ends early"),
                    different(
                            "x-last-death-",
                            "dead-last-death",
                            "last death, queue",
                            "last death, reason",
                            "last death, exchange"),
                    different(
                            UNREADABLE,
                            "stream-arguments",
                            "x-max-age  String",
                            "x-max-age h String",
                            "x-max-age -1h String"),
                    different(
                            UNREADABLE,
                            "stream-offset-invalid",
                            "from nonsense String",
                            "from  String",
                            "from 1.5 Double",
                            "from true Boolean"),
                    different("lists in headers", "stream-properties", "everything"),
                    different(
                            "a body that is longer than its header says",
                            "connection-content",
                            "a body that is longer than its header says"),
                    different(
                            QUORUM,
                            "argument-quorum",
                            "prefetch of the channel",
                            "delete if empty",
                            "delete if unused"),
                    different(QUORUM, "argument-quorum-max-priority", "10 Integer", "10 Integer then without"),
                    different(
                            "of a delivery limit that is no number",
                            "argument-delivery-limit",
                            "5 String",
                            "5 String then without",
                            "1.5 Double",
                            "1.5 Double then without"))
            .flatMap(List::stream)
            .toList();

    private static List<WantedDifference> different(String inTheDocumentation, String scenario, String... sights) {
        return Stream.of(sights)
                .map(sight -> new WantedDifference(inTheDocumentation, scenario, sight))
                .toList();
    }

    private AmqpScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return Stream.of(
                        AmqpQueueScenarios.all(),
                        AmqpExchangeScenarios.all(),
                        AmqpRoutingScenarios.all(),
                        AmqpHeadersScenarios.all(),
                        AmqpConsumeScenarios.all(),
                        AmqpSettleScenarios.all(),
                        AmqpPublishScenarios.all(),
                        AmqpReplyScenarios.all(),
                        AmqpArgumentScenarios.all(),
                        AmqpLimitScenarios.all(),
                        AmqpDeadLetterScenarios.all(),
                        AmqpQuorumScenarios.all(),
                        AmqpStreamScenarios.all(),
                        AmqpVirtualHostScenarios.all(),
                        AmqpErrorScenarios.all(),
                        AmqpConnectionScenarios.all())
                .flatMap(List::stream)
                .toList();
    }
}
