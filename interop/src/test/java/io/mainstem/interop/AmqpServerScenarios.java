package io.mainstem.interop;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.AMQImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a broker does that has been given other limits than usual, has too little disk, or is stopped. */
final class AmqpServerScenarios {

    static final int CHANNELS = 5;
    static final int FRAME_BYTES = 8192;
    static final int HEARTBEAT_SECONDS = 13;
    static final int MESSAGE_BYTES = 1000;
    static final int CONSUMER_TIMEOUT_MILLIS = 5_000;

    /** More than any disk has. */
    static final long FREE_DISK_BYTES = 1L << 60;

    private AmqpServerScenarios() {}

    /** For a broker with the limits above and enough disk. */
    static List<Scenario<AmqpStage>> limited() {
        return List.of(
                new Scenario<>("server-tune", AmqpServerScenarios::tune),
                new Scenario<>("server-channels", AmqpServerScenarios::channels),
                new Scenario<>("server-message-size", AmqpServerScenarios::messageSize),
                new Scenario<>("server-consumer-timeout", AmqpServerScenarios::consumerTimeout));
    }

    /** For a broker with too little disk, which it ends. */
    static List<Scenario<AmqpStage>> shortOfDisk() {
        return List.of(new Scenario<>("server-blocked-and-stopped", AmqpServerScenarios::blockedAndStopped));
    }

    private static void tune(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            stage.see("proposed", raw.next());
            raw.send(0, new AMQImpl.Connection.TuneOk(CHANNELS, FRAME_BYTES, HEARTBEAT_SECONDS));
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see(name + " opens", raw.next());
        }
    }

    private static void channels(AmqpStage stage, String name) throws Exception {
        Connection connection = stage.connection();
        List<Channel> open = new ArrayList<>();
        for (Channel channel = connection.createChannel(); channel != null; channel = connection.createChannel()) {
            open.add(channel);
        }
        stage.see(name, open.size());
    }

    private static void messageSize(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, "x".repeat(MESSAGE_BYTES));
        stage.see("the largest came", stage.next(name).getBody().length);
        stage.attempt(
                "one byte more",
                AmqpStage.done(channel ->
                        channel.basicPublish("", name, Messages.NO_PROPERTIES, new byte[MESSAGE_BYTES + 1])));
    }

    private static void consumerTimeout(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, "held");
        Channel channel = stage.channel();
        stage.see("first", Inbox.of(channel, name).take());
        await("the end of the channel").atMost(AmqpStage.DEADLINE).until(() -> !channel.isOpen());
        stage.see("closed", channel.getCloseReason());
        stage.see("it comes back", stage.next(name));
    }

    private static void blockedAndStopped(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Connection consuming = stage.open();
        CompletableFuture<String> consumerIsTold = told(consuming);
        Inbox.of(consuming.createChannel(), name);
        Connection publishing = stage.open();
        CompletableFuture<String> publisherIsTold = told(publishing);
        Channel channel = publishing.createChannel();
        stage.see("before it publishes", publisherIsTold.isDone());
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("one"));
        stage.see("it is told", publisherIsTold.get(AmqpStage.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        stage.see("consumers are not told", consumerIsTold.isDone());
        Connection another = stage.open();
        CompletableFuture<String> anotherIsTold = told(another);
        another.createChannel().basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("two"));
        stage.see("another is told", anotherIsTold.get(AmqpStage.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));

        stage.stopBroker();
        for (Connection connection : List.of(consuming, publishing)) {
            await("the end of the connection").atMost(AmqpStage.DEADLINE).until(() -> !connection.isOpen());
            String whose = connection == consuming ? "of the consumer" : "of the publisher";
            stage.see("the end " + whose, connection.getCloseReason());
            stage.see(
                    "by the broker " + whose, connection.getCloseReason().getReason() instanceof AMQP.Connection.Close);
        }
    }

    private static CompletableFuture<String> told(Connection connection) {
        CompletableFuture<String> reason = new CompletableFuture<>();
        BlockedCallback blocked = reason::complete;
        connection.addBlockedListener(blocked, () -> {});
        return reason;
    }
}
