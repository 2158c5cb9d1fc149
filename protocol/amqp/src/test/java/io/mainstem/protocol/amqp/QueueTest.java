package io.mainstem.protocol.amqp;

import static io.mainstem.protocol.amqp.BrokerFixture.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Command;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QueueTest {

    @RegisterExtension
    final BrokerFixture fixture = new BrokerFixture();

    @Test
    void allWhoDeleteTheSameAtTheSameTimeFindItDone() throws Exception {
        Channel channel = fixture.channel();
        try (Connection other = fixture.connect();
                Channel others = other.createChannel()) {
            for (int round = 0; round < 100; round++) {
                channel.queueDeclare("shared", true, false, false, null);
                channel.exchangeDeclare("shared", "fanout", true);
                CompletableFuture<Command> queue = others.asyncCompletableRpc(
                        new AMQP.Queue.Delete.Builder().queue("shared").build());
                channel.queueDelete("shared");
                queue.get(20, TimeUnit.SECONDS);
                CompletableFuture<Command> exchange = others.asyncCompletableRpc(
                        new AMQP.Exchange.Delete.Builder().exchange("shared").build());
                channel.exchangeDelete("shared");
                exchange.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aQueueIsDeclaredAndCounted() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        channel.basicPublish("", "work", null, "one".getBytes(UTF_8));
        channel.basicPublish("", "work", null, "two".getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);

        DeclareOk declared = channel.queueDeclarePassive("work");
        assertThat(declared.getQueue()).isEqualTo("work");
        assertThat(declared.getMessageCount()).isEqualTo(2);
        assertThat(declared.getConsumerCount()).isZero();
    }

    @Test
    void whatWasPublishedWithoutConfirmsIsThereForTheNextCommand() throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("work", true, false, false, null);
        for (int round = 0; round < 100; round++) {
            channel.basicPublish("", "work", null, "seen".getBytes(UTF_8));
            assertThat(channel.basicGet("work", true)).isNotNull();
            channel.basicPublish("", "work", null, "counted".getBytes(UTF_8));
            assertThat(channel.messageCount("work")).isEqualTo(1);
            channel.basicPublish("", "work", null, "purged".getBytes(UTF_8));
            assertThat(channel.queuePurge("work").getMessageCount()).isEqualTo(2);
        }
    }

    @Test
    void anUnnamedQueueGetsANameAndIsTheChannelsLast() throws Exception {
        Channel channel = fixture.channel();
        String name = channel.queueDeclare("", false, true, true, null).getQueue();

        assertThat(name).startsWith("amq.gen-");
        channel.queueBind("", "amq.direct", "");
        channel.confirmSelect();
        channel.basicPublish("amq.direct", name, null, new byte[1]);
        channel.waitForConfirmsOrDie(20_000);
        assertThat(channel.queuePurge("").getMessageCount()).isEqualTo(1);
        assertThat(refusal(() -> fixture.channel().queuePurge("")))
                .isEqualTo("404 NOT_FOUND - no previously declared queue");
        assertThat(refusal(() -> channel.queueDeclarePassive("")))
                .isEqualTo("404 NOT_FOUND - no queue '' in vhost '/'");
    }

    @Test
    void lineBreaksInNamesAreLeftOut() throws Exception {
        Channel channel = fixture.channel();
        assertThat(channel.queueDeclare("wo\r\nrk", true, false, false, null).getQueue())
                .isEqualTo("work");
        channel.queueDeclarePassive("work\n");
        channel.exchangeDeclare("events\n", "fanout", true);
        channel.exchangeDeclarePassive("events");
    }

    @Test
    void declaringItOtherwiseIsRefused() throws Exception {
        fixture.channel().queueDeclare("work", true, false, false, null);
        fixture.channel().queueDeclare("work", true, false, false, null);

        assertThat(refusal(() -> fixture.channel().queueDeclare("work", false, false, false, null)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'work' in vhost '/':"
                        + " received 'false' but current is 'true'");
        assertThat(refusal(() -> fixture.channel().queueDeclare("work", true, false, true, null)))
                .isEqualTo("406 PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue 'work' in vhost '/':"
                        + " received 'true' but current is 'false'");
    }

    @Test
    void anExclusiveQueueIsLockedElsewhereAndGoesWithItsConnection() throws Exception {
        Connection owner = fixture.connect();
        owner.createChannel().queueDeclare("mine", false, true, false, null);
        String locked = "405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'mine' in vhost '/'."
                + " It could be originally declared on another connection or the exclusive property value does not"
                + " match that of the original declaration.";

        assertThat(refusal(() -> fixture.channel().queueDeclare("mine", false, true, false, null)))
                .isEqualTo(locked);
        assertThat(refusal(() -> fixture.channel().basicGet("mine", true))).isEqualTo(locked);
        owner.createChannel().queueDeclarePassive("mine");

        owner.close();
        await().atMost(BrokerFixture.DEADLINE)
                .until(() -> fixture.broker().queues().find("mine").isEmpty());
    }

    @Test
    void anAutoDeleteQueueGoesWithItsLastConsumer() throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("brief", false, false, true, null);
        String tag = channel.basicConsume("brief", new DefaultConsumer(channel));
        channel.basicCancel(tag);

        await().atMost(BrokerFixture.DEADLINE)
                .until(() -> fixture.broker().queues().find("brief").isEmpty());
    }

    @Test
    void namesWithTheReservedPrefixAreRefused() {
        assertThat(refusal(() -> fixture.channel().queueDeclare("amq.mine", true, false, false, null)))
                .isEqualTo("403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'");
    }

    @Test
    void queueTypesThatWorkAreTakenAndOthersAreRefused() throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("classic", true, false, false, Map.of("x-queue-type", "classic"));
        channel.queueDeclare("quorum", true, false, false, Map.of("x-queue-type", "quorum"));

        assertThat(refusal(
                        () -> fixture.channel().queueDeclare("s", true, false, false, Map.of("x-queue-type", "odd"))))
                .isEqualTo("406 PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue 's' in vhost '/':"
                        + " \"unsupported queue type 'odd'\"");
    }

    @Test
    void aQueueIsPurgedAndDeletedWithItsCount() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("work", true, false, false, null);
        publishAndWait(channel, "work", 3);
        assertThat(channel.queuePurge("work").getMessageCount()).isEqualTo(3);
        publishAndWait(channel, "work", 2);
        assertThat(channel.queueDelete("work").getMessageCount()).isEqualTo(2);
        assertThat(channel.queueDelete("work").getMessageCount()).isZero();
    }

    @Test
    void aQueueInUseOrWithMessagesIsNotDeletedIfThatWasAskedFor() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.queueDeclare("full", true, false, false, null);
        publishAndWait(channel, "full", 1);
        assertThat(refusal(() -> fixture.channel().queueDelete("full", false, true)))
                .isEqualTo("406 PRECONDITION_FAILED - queue 'full' in vhost '/' not empty");

        channel.queueDeclare("used", true, false, false, null);
        channel.basicConsume("used", new DefaultConsumer(channel));
        assertThat(refusal(() -> fixture.channel().queueDelete("used", true, false)))
                .isEqualTo("406 PRECONDITION_FAILED - queue 'used' in vhost '/' in use");
    }

    @Test
    void bindingsDecideWhatAQueueGets() throws Exception {
        Channel channel = fixture.channel();
        channel.confirmSelect();
        channel.exchangeDeclare("events", "topic", true);
        channel.queueDeclare("eu", true, false, false, null);
        channel.queueBind("eu", "events", "order.*.eu");
        channel.queueBind("eu", "events", "audit.#");
        for (String key : new String[] {"order.new.eu", "order.new.us", "audit", "audit.x.y", "order.eu"}) {
            channel.basicPublish("events", key, null, key.getBytes(UTF_8));
        }
        channel.waitForConfirmsOrDie(10_000);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("eu") == 3);
        assertThat(new String(channel.basicGet("eu", true).getBody(), UTF_8)).isEqualTo("order.new.eu");

        channel.queueUnbind("eu", "events", "audit.#");
        channel.basicPublish("events", "audit", null, new byte[0]);
        channel.basicPublish("events", "order.old.eu", null, new byte[0]);
        channel.waitForConfirmsOrDie(10_000);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount("eu") == 3);
    }

    @Test
    void bindingWhatIsNotThereIsRefused() throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("work", true, false, false, null);

        assertThat(refusal(() -> channel.queueBind("work", "missing", "")))
                .isEqualTo("404 NOT_FOUND - no exchange 'missing' in vhost '/'");
        assertThat(refusal(() -> fixture.channel().queueBind("missing", "amq.direct", "")))
                .isEqualTo("404 NOT_FOUND - no queue 'missing' in vhost '/'");
    }

    private static void publishAndWait(Channel channel, String queue, int messages) throws Exception {
        for (int message = 0; message < messages; message++) {
            channel.basicPublish("", queue, null, new byte[0]);
        }
        channel.waitForConfirmsOrDie(10_000);
        await().atMost(BrokerFixture.DEADLINE).until(() -> channel.messageCount(queue) == messages);
    }

    @Test
    void anAutoDeleteQueueIsGoneWhenItsLastConsumerIsCancelled() throws Exception {
        Channel channel = fixture.channel();
        channel.queueDeclare("work", false, false, true, null);
        String first = channel.basicConsume("work", (tag, delivery) -> {}, tag -> {});
        String second = channel.basicConsume("work", (tag, delivery) -> {}, tag -> {});
        channel.basicCancel(first);
        channel.queueDeclarePassive("work");

        channel.basicCancel(second);

        assertThat(refusal(() -> channel.queueDeclarePassive("work")))
                .isEqualTo("404 NOT_FOUND - no queue 'work' in vhost '/'");
    }

    @Test
    void queuesGoBeforeTheirChannelOrConnectionIsClosed() throws Exception {
        for (int round = 0; round < 20; round++) {
            Connection connection = fixture.connect();
            Channel channel = connection.createChannel();
            channel.queueDeclare("work", false, false, true, null);
            channel.basicConsume("work", (tag, delivery) -> {}, tag -> {});
            channel.close();
            assertThat(fixture.broker().queues().find("work")).isEmpty();
            connection.createChannel().queueDeclare("mine", false, true, false, null);

            connection.close();

            assertThat(fixture.broker().queues().find("mine")).isEmpty();
        }
    }
}
