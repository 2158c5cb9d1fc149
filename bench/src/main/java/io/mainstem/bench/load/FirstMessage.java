package io.mainstem.bench.load;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.peer.Protocol;
import io.mainstem.bench.peer.RunningServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends one message to a server that has just been launched, again and again until it is acknowledged. */
public final class FirstMessage {

    private static final long DEADLINE_SECONDS = 60;
    private static final int RETRY_MILLIS = 5;
    private static final byte[] VALUE = "first".getBytes(StandardCharsets.UTF_8);

    private FirstMessage() {}

    /** Milliseconds from the launch to the acknowledgement. */
    public static double millisSinceLaunch(RunningServer server, Protocol protocol) {
        String address = server.address(protocol);
        long acknowledgedNanos = protocol == Protocol.KAFKA ? overKafka(address) : overAmqp(address);
        return (acknowledgedNanos - server.launchedNanos()) / 1e6;
    }

    private static long overKafka(String address) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                address,
                "acks",
                "all",
                "retry.backoff.ms",
                RETRY_MILLIS,
                "reconnect.backoff.ms",
                RETRY_MILLIS,
                "reconnect.backoff.max.ms",
                RETRY_MILLIS);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("first", VALUE)).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return System.nanoTime();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            throw new PeerException("no first message to " + address + ": " + e);
        }
    }

    private static long overAmqp(String address) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (true) {
            try {
                return publish(address);
            } catch (IOException | TimeoutException e) {
                if (System.nanoTime() > endNanos) {
                    throw new PeerException("no first message to " + address + ": " + e);
                }
            }
        }
    }

    private static long publish(String address) throws IOException, TimeoutException {
        try (Connection connection = AmqpConnections.factory(address).newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("first", true, false, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "first", MessageProperties.PERSISTENT_BASIC, VALUE);
            channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            return System.nanoTime();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
    }
}
