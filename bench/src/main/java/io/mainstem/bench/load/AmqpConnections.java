package io.mainstem.bench.load;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.mainstem.bench.peer.PeerException;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeoutException;

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

    /** How many messages wait in a queue. */
    static int count(String address, String queue) {
        try (Connection connection = factory(address).newConnection();
                Channel channel = connection.createChannel()) {
            return channel.queueDeclarePassive(queue).getMessageCount();
        } catch (IOException | TimeoutException e) {
            throw new PeerException("the messages in " + queue + " were not counted: " + e);
        }
    }
}
