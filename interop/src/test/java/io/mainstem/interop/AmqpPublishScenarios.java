package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a publisher hears of its messages. */
final class AmqpPublishScenarios {

    /** As in RabbitMQ 4. */
    static final int MAX_BODY_BYTES = 16 << 20;

    private AmqpPublishScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("publish-confirms", AmqpPublishScenarios::confirms),
                new Scenario<>("publish-returns", AmqpPublishScenarios::returns),
                new Scenario<>("publish-returns-without-confirms", AmqpPublishScenarios::returnsWithoutConfirms),
                new Scenario<>("publish-confirm-modes", AmqpPublishScenarios::confirmModes),
                new Scenario<>("publish-no-exchange", AmqpPublishScenarios::noExchange),
                new Scenario<>("publish-and-close", AmqpPublishScenarios::andClose),
                new Scenario<>("publish-bodies", AmqpPublishScenarios::bodies),
                new Scenario<>("publish-too-large", AmqpPublishScenarios::tooLarge),
                new Scenario<>("publish-user-id", AmqpPublishScenarios::userId),
                new Scenario<>("publish-expiration", AmqpPublishScenarios::expiration),
                new Scenario<>("publish-immediate", AmqpPublishScenarios::immediate),
                new Scenario<>("publish-transactions", AmqpPublishScenarios::transactions),
                new Scenario<>("publish-transaction-acknowledgements", AmqpPublishScenarios::acknowledgements),
                new Scenario<>("publish-transaction-errors", AmqpPublishScenarios::transactionErrors));
    }

    /** A channel that writes down what it hears of what was published on it. */
    private record Hearing(Channel channel, BlockingQueue<String> heard) {

        static Hearing on(Channel channel) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            channel.addReturnListener(returned -> heard.add(Messages.show(returned)));
            channel.addConfirmListener(
                    (tag, multiple) -> heard.add("ack " + tag), (tag, multiple) -> heard.add("nack " + tag));
            return new Hearing(channel, heard);
        }

        String next() throws InterruptedException {
            return heard.poll(10, TimeUnit.SECONDS);
        }

        void publish(String exchange, String key, boolean mandatory, String body) throws Exception {
            channel.basicPublish(exchange, key, mandatory, Messages.NO_PROPERTIES, Messages.bytes(body));
        }
    }

    private static void confirms(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Hearing hearing = Hearing.on(stage.confirming());
        stage.see("the next tag", hearing.channel().getNextPublishSeqNo());
        hearing.publish("", name, false, "one");
        stage.see("routed", hearing.next());
        hearing.publish("amq.direct", name + "-nowhere", false, "two");
        stage.see("to nobody", hearing.next());
        stage.see("again", hearing.channel().confirmSelect());
        hearing.publish("", name, false, "three");
        stage.see("tags go on", hearing.next());
        for (int index = 0; index < 100; index++) {
            hearing.publish("", name, false, "m" + index);
        }
        stage.see("all", hearing.channel().waitForConfirms(10_000));
        stage.see("messages", stage.counts(name));
        stage.see("without confirms", Hearing.on(stage.channel()).channel().getNextPublishSeqNo());
    }

    private static void returns(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Hearing hearing = Hearing.on(stage.confirming());
        hearing.publish("", name, true, "routed");
        stage.see("routed", hearing.next());
        hearing.publish("", name + "-none", true, "by the default exchange");
        stage.see("returned by the default exchange", hearing.next());
        stage.see("before it is confirmed", hearing.next());
        hearing.publish("amq.topic", "no.such.key", true, "by a topic exchange");
        stage.see("returned by a topic exchange", hearing.next());
        stage.see("confirmed", hearing.next());
        hearing.channel()
                .basicPublish(
                        "amq.fanout",
                        name,
                        true,
                        new AMQP.BasicProperties.Builder()
                                .messageId("id")
                                .headers(Map.of("a", 1))
                                .build(),
                        new byte[0]);
        stage.see("with properties and no body", hearing.next());
        stage.see("confirmed as well", hearing.next());
    }

    private static void returnsWithoutConfirms(AmqpStage stage, String name) throws Exception {
        Hearing hearing = Hearing.on(stage.channel());
        hearing.publish("", name, true, "first");
        hearing.publish("", name, false, "not mandatory");
        hearing.publish("", name, true, "second");
        stage.see("first", hearing.next());
        stage.see("second", hearing.next());
    }

    private static void confirmModes(AmqpStage stage, String name) throws Exception {
        stage.attempt("confirms after transactions of " + name, channel -> {
            channel.txSelect();
            return channel.confirmSelect();
        });
        stage.attempt("transactions after confirms", channel -> {
            channel.confirmSelect();
            return channel.txSelect();
        });
    }

    private static void noExchange(AmqpStage stage, String name) throws Exception {
        stage.attempt(
                "publish",
                AmqpStage.done(
                        channel -> channel.basicPublish(name, "", Messages.NO_PROPERTIES, Messages.bytes("lost"))));
        Channel channel = stage.confirming();
        stage.attempt("with confirms, what follows", channel, publishing -> {
            publishing.basicPublish(name, "", Messages.NO_PROPERTIES, Messages.bytes("lost"));
            publishing.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("after"));
            return publishing.waitForConfirms(10_000);
        });
    }

    private static void andClose(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Connection looking = stage.open();
        Channel channel = stage.channel();
        channel.basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("without confirms"));
        channel.close();
        stage.see("when the channel is closed", looking.createChannel().basicGet(name, true));
        Connection publishing = stage.open();
        publishing.createChannel().basicPublish("", name, Messages.NO_PROPERTIES, Messages.bytes("without confirms"));
        publishing.close();
        stage.see("when the connection is closed", looking.createChannel().basicGet(name, true));
    }

    private static void bodies(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel channel = stage.confirming();
        int frame = channel.getConnection().getFrameMax();
        stage.see("frame", frame);
        for (int length : List.of(0, 1, frame - 9, frame - 8, frame - 7, 2 * (frame - 8), 1_000_000)) {
            byte[] body = new byte[length];
            Arrays.fill(body, (byte) length);
            channel.basicPublish("", name, Messages.NO_PROPERTIES, body);
            channel.waitForConfirms(10_000);
            var got = channel.basicGet(name, true);
            stage.see("body of " + length, Arrays.equals(got.getBody(), body));
        }
    }

    private static void tooLarge(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        byte[] largest = new byte[MAX_BODY_BYTES];
        stage.attempt("the largest", channel -> {
            channel.confirmSelect();
            channel.basicPublish("", name, Messages.NO_PROPERTIES, largest);
            return channel.waitForConfirms(AmqpStage.DEADLINE.toMillis());
        });
        stage.see("comes whole", Arrays.equals(stage.next(name).getBody(), largest));
        stage.attempt(
                "one byte more",
                AmqpStage.done(channel ->
                        channel.basicPublish("", name, Messages.NO_PROPERTIES, new byte[MAX_BODY_BYTES + 1])));
        stage.see("the connection goes on", stage.connection().isOpen());
        stage.see("nothing came", stage.counts(name));
    }

    private static void userId(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish(
                "", name, new AMQP.BasicProperties.Builder().userId("guest").build(), "own");
        stage.attempt(
                "another's",
                AmqpStage.done(channel -> channel.basicPublish(
                        "",
                        name,
                        new AMQP.BasicProperties.Builder().userId("other").build(),
                        new byte[1])));
        stage.attempt(
                "nobody's",
                AmqpStage.done(channel -> channel.basicPublish(
                        "", name, new AMQP.BasicProperties.Builder().userId("").build(), new byte[1])));
        stage.see("came", stage.channel().basicGet(name, true));
    }

    private static void expiration(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        for (String value : List.of(
                "",
                "abc",
                "-1",
                "1.5",
                " 1000",
                "1000 ",
                "0x10",
                "+1000",
                "100000",
                "4294967295",
                "4294967296",
                "315360000000",
                "315360000001",
                "0070000")) {
            stage.attempt(
                    "expires in '" + value + "'",
                    AmqpStage.done(channel -> channel.basicPublish(
                            "",
                            name,
                            new AMQP.BasicProperties.Builder().expiration(value).build(),
                            Messages.bytes(value))));
        }
        stage.see("came", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void immediate(AmqpStage stage, String name) throws Exception {
        stage.attempt(
                "immediate",
                AmqpStage.done(channel ->
                        channel.basicPublish("", name, false, true, Messages.NO_PROPERTIES, Messages.bytes("now"))));
    }

    private static void transactions(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Hearing hearing = Hearing.on(stage.channel());
        Channel channel = hearing.channel();
        stage.see("select", channel.txSelect());
        hearing.publish("", name, false, "one");
        hearing.publish("", name, false, "two");
        stage.see("not there before the commit", stage.counts(name));
        stage.see("commit", channel.txCommit());
        stage.see("there after it", stage.counts(name));
        hearing.publish("", name, false, "three");
        stage.see("rollback", channel.txRollback());
        stage.see("empty commit", channel.txCommit());
        stage.see("not there", stage.counts(name));
        hearing.publish("", name + "-none", true, "mandatory");
        channel.txCommit();
        stage.see("returned", hearing.next());
        hearing.publish("", name, false, "four");
        channel.close();
        stage.see("lost with the channel", stage.counts(name));
        stage.see("in order", AmqpRoutingScenarios.drained(stage, name));
    }

    private static void acknowledgements(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, "a", "b", "c", "d");
        Channel channel = stage.channel();
        channel.txSelect();
        Inbox inbox = Inbox.of(channel, name);
        inbox.take(4);
        inbox.cancel();
        channel.basicAck(1, false);
        channel.txRollback();
        channel.basicAck(1, false);
        channel.basicReject(2, false);
        channel.txCommit();
        channel.basicAck(3, false);
        channel.basicNack(4, false, true);
        stage.see("nothing requeued before the commit", stage.counts(name));
        channel.txCommit();
        stage.see("requeued after it", stage.counts(name));
        channel.close();
        stage.see("what is left", stage.channel().basicGet(name, true));
        stage.publish("", name, "e");
        Channel further = stage.channel();
        further.txSelect();
        Inbox.of(further, name).take();
        further.basicAck(1, false);
        further.close();
        stage.see("without a commit", stage.channel().basicGet(name, true));
    }

    private static void transactionErrors(AmqpStage stage, String name) throws Exception {
        stage.attempt("commit without select", channel -> channel.txCommit());
        stage.attempt("rollback without select", channel -> channel.txRollback());
        stage.attempt("select twice", channel -> {
            channel.txSelect();
            return channel.txSelect();
        });
        stage.attempt("an unknown exchange", channel -> {
            channel.txSelect();
            channel.basicPublish(name, "", Messages.NO_PROPERTIES, new byte[1]);
            return channel.txCommit();
        });
        stage.attempt("an unknown tag", channel -> {
            channel.txSelect();
            channel.basicAck(5, false);
            return channel.txCommit();
        });
    }
}
