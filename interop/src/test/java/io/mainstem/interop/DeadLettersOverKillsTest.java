package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker is killed while messages are rejected and while a queue has too many. */
class DeadLettersOverKillsTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int ROUNDS = 3;
    private static final int MESSAGES = 300;
    private static final int MOST = 200;
    private static final String QUEUE = "work";
    private static final String DEAD = "dead";

    @RegisterExtension
    final Scene scene = new Scene();

    private final Set<String> published = new HashSet<>();
    private final Set<String> handled = new HashSet<>();

    @Test
    void everyConfirmedMessageIsHandledOrWaitsOrIsADeadLetterOnce() throws Exception {
        BrokerProcess broker = scene.startBroker();
        declare(broker);
        for (int round = 0; round < ROUNDS; round++) {
            Connection connection = Rabbit.connect(broker);
            publish(connection.createChannel(), round);
            consume(connection.createChannel(), scene.random().nextInt(MOST / 4, MOST * 3 / 4));
            broker.kill();
            connection.abort();
            broker.start();
        }

        List<String> dead = new ArrayList<>();
        try (Connection connection = Rabbit.connect(broker)) {
            Channel channel = connection.createChannel();
            List<String> waiting = drain(channel, QUEUE);
            await("all messages").atMost(DEADLINE).until(() -> {
                dead.addAll(drain(channel, DEAD));
                Set<String> known = new HashSet<>(handled);
                known.addAll(waiting);
                known.addAll(dead);
                return known.containsAll(published);
            });
            assertThat(dead).doesNotHaveDuplicates().doesNotContainAnyElementsOf(waiting);
            assertThat(waiting).doesNotHaveDuplicates();
            assertThat(dead.size()).isGreaterThanOrEqualTo(ROUNDS * (MESSAGES - MOST));
        }
    }

    private static void declare(BrokerProcess broker) throws IOException {
        try (Connection connection = Rabbit.connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(DEAD, true, false, false, null);
            channel.queueDeclare(
                    QUEUE,
                    true,
                    false,
                    false,
                    Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", DEAD, "x-max-length", MOST));
        }
    }

    private void publish(Channel channel, int round) throws Exception {
        channel.confirmSelect();
        for (int index = 0; index < MESSAGES; index++) {
            String body = round + "/" + index;
            channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, Messages.bytes(body));
            published.add(body);
        }
        channel.waitForConfirmsOrDie(DEADLINE.toMillis());
    }

    /** Acknowledges so many, but rejects each third. */
    private void consume(Channel channel, int count) throws Exception {
        channel.basicQos(20);
        Inbox inbox = Inbox.of(channel, QUEUE);
        for (int index = 0; index < count; index++) {
            Delivery delivery = inbox.take();
            if (index % 3 == 0) {
                channel.basicReject(Inbox.tag(delivery), false);
            } else {
                channel.basicAck(Inbox.tag(delivery), false);
                handled.add(Messages.text(delivery.getBody()));
            }
        }
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        List<String> bodies = new ArrayList<>();
        GetResponse got = channel.basicGet(queue, true);
        while (got != null) {
            bodies.add(Messages.text(got.getBody()));
            got = channel.basicGet(queue, true);
        }
        return bodies;
    }
}
