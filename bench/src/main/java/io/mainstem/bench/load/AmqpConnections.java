package io.mainstem.bench.load;

import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;

/** RabbitMQ's client, pointed at a broker. */
public final class AmqpConnections {

    private AmqpConnections() {}

    /** @param address as host and port */
    public static ConnectionFactory factory(String address) {
        URI broker = URI.create("amqp://" + address);
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.getHost());
        factory.setPort(broker.getPort());
        return factory;
    }
}
