package io.mainstem.bench.soak.client;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.mainstem.bench.load.AmqpConnections;
import io.mainstem.bench.soak.check.Violations;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * The broker as clients see it.
 *
 * @param kafka address for Kafka clients
 * @param amqp address for RabbitMQ clients
 * @param life the how manyeth life of the broker this is; it changes while there is none
 * @param violations what clients tell
 */
public record Target(String kafka, String amqp, IntSupplier life, Violations violations) {

    /** A connection that ends with its socket. */
    Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = AmqpConnections.factory(amqp);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }
}
