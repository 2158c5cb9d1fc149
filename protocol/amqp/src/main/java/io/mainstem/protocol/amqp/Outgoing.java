package io.mainstem.protocol.amqp;

/** What is on its way to a client through the outbox of its connection. */
interface Outgoing {

    /** What it takes, roughly. */
    long bytes();

    /** Writes it, or does what has to be done when it cannot be sent any more; on the connection's event loop. */
    void send();
}
