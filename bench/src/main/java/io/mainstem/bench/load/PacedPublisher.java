package io.mainstem.bench.load;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.mainstem.bench.result.Metric;
import io.mainstem.bench.result.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/**
 * A program: publishes persistent messages with RabbitMQ's client at a fixed rate to a durable queue that a consumer
 * empties, which acknowledges each; prints the latencies up to the confirm and up to the delivery.
 */
final class PacedPublisher {

    private static final int PREFETCH = 500;
    private static final Map<Metric, Double> CONFIRMED =
            Map.of(Metric.CONFIRM_P50_MILLIS, 50.0, Metric.CONFIRM_P99_MILLIS, 99.0);
    private static final Map<Metric, Double> DELIVERED =
            Map.of(Metric.P50_MILLIS, 50.0, Metric.P95_MILLIS, 95.0, Metric.P99_MILLIS, 99.0);

    private final Paced.Run run;
    private final long startNanos;
    private final Latencies confirmed;
    private final Latencies delivered;

    private PacedPublisher(Paced.Run run) {
        this.run = run;
        this.startNanos = System.nanoTime();
        this.confirmed = new Latencies("confirmed", run.pace(), startNanos);
        this.delivered = new Latencies("delivered", run.pace(), startNanos);
    }

    /** @param arguments as {@link Paced} gives them */
    public static void main(String[] arguments) throws Exception {
        Paced.Run run = Paced.Run.of(arguments);
        ConnectionFactory factory = AmqpConnections.factory(run.address());
        try (Connection publishing = factory.newConnection();
                Connection consuming = factory.newConnection();
                Channel publisher = publishing.createChannel();
                Channel consumer = consuming.createChannel()) {
            consumer.queueDeclare(run.name(), true, false, false, Map.of("x-queue-type", run.setting()));
            publisher.confirmSelect();
            Paced.print(() -> new PacedPublisher(run).run(publisher, consumer));
            consumer.queueDelete(run.name());
        }
    }

    private Sample run(Channel publisher, Channel consumer) throws IOException, InterruptedException {
        consume(consumer);
        publisher.addConfirmListener(this::confirm, (tag, multiple) -> confirmed.failed("a message was refused"));
        BasicProperties persistent = MessageProperties.PERSISTENT_BASIC;
        byte[] body = new byte[run.bytes()];
        run.pace().send(Pace.Clock.SYSTEM, startNanos, number -> {
            ByteBuffer.wrap(body).putInt(number);
            publisher.basicPublish("", run.name(), persistent, body);
        });
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.putAll(confirmed.await(Paced.LAST_SECONDS, CONFIRMED).figures());
        figures.putAll(delivered.await(Paced.LAST_SECONDS, DELIVERED).figures());
        return new Sample(figures);
    }

    /** Tags begin at one. */
    private void confirm(long tag, boolean multiple) {
        int number = Math.toIntExact(tag) - 1;
        if (multiple) {
            confirmed.answeredUpTo(number, System.nanoTime());
        } else {
            confirmed.answered(number, System.nanoTime());
        }
    }

    private void consume(Channel consumer) throws IOException {
        consumer.basicQos(PREFETCH);
        consumer.basicConsume(
                run.name(),
                false,
                (consumerTag, delivery) -> {
                    long nanos = System.nanoTime();
                    delivered.answered(ByteBuffer.wrap(delivery.getBody()).getInt(), nanos);
                    consumer.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                consumerTag -> delivered.failed("the consumer was cancelled"));
    }
}
