package io.mainstem.bench.peer;

/** What clients speak. */
public enum Protocol {
    KAFKA,
    AMQP
}
