package io.mainstem.interop;

import java.util.List;
import java.util.stream.Stream;

/** What is played on RabbitMQ and on Mainstem. */
final class AmqpScenarios {

    static final List<WantedDifference> DIFFERENCES = List.of();

    private AmqpScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return Stream.of(AmqpQueueScenarios.all(), AmqpExchangeScenarios.all())
                .flatMap(List::stream)
                .toList();
    }
}
