package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.util.List;

/** What happens to messages that a consumer has in its hands. */
final class AmqpSettleScenarios {

    private AmqpSettleScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("settle-multiple", AmqpSettleScenarios::multiple),
                new Scenario<>("settle-zero", AmqpSettleScenarios::zero),
                new Scenario<>("settle-unknown-tag", AmqpSettleScenarios::unknownTag),
                new Scenario<>("settle-place", AmqpSettleScenarios::place),
                new Scenario<>("settle-nack-multiple", AmqpSettleScenarios::nackMultiple),
                new Scenario<>("settle-recover", AmqpSettleScenarios::recover),
                new Scenario<>("settle-recover-same", AmqpSettleScenarios::recoverToTheSame),
                new Scenario<>("settle-close-channel", AmqpSettleScenarios::closeChannel),
                new Scenario<>("settle-close-connection", AmqpSettleScenarios::closeConnection),
                new Scenario<>("settle-after-error", AmqpSettleScenarios::afterError));
    }

    private static Inbox consuming(AmqpStage stage, String name, int prefetch, String... bodies) throws Exception {
        stage.queue(name);
        stage.publish("", name, bodies);
        Channel channel = stage.channel();
        channel.basicQos(prefetch);
        return Inbox.of(channel, name);
    }

    private static void multiple(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 0, "a", "b", "c", "d", "e");
        inbox.take(5);
        Channel channel = inbox.getChannel();
        channel.basicAck(3, true);
        channel.basicAck(5, false);
        channel.close();
        stage.see("what was not acknowledged", stage.channel().basicGet(name, true));
    }

    private static void zero(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 0, "a", "b", "c");
        inbox.take(3);
        Channel channel = inbox.getChannel();
        channel.basicAck(0, true);
        channel.basicAck(0, true);
        stage.attempt("zero, multiple, with none held", channel, acknowledging -> {
            acknowledging.basicAck(0, true);
            return "taken";
        });
        stage.see("all acknowledged", stage.counts(name));
        stage.attempt("zero, one", AmqpStage.done(other -> other.basicAck(0, false)));
        stage.attempt("nack zero, multiple", AmqpStage.done(other -> other.basicNack(0, true, true)));
        stage.attempt("nack zero, one", AmqpStage.done(other -> other.basicNack(0, false, true)));
        stage.attempt("reject zero", AmqpStage.done(other -> other.basicReject(0, true)));
    }

    private static void unknownTag(AmqpStage stage, String name) throws Exception {
        stage.attempt("ack", AmqpStage.done(channel -> channel.basicAck(1, false)));
        stage.attempt("ack multiple", AmqpStage.done(channel -> channel.basicAck(1, true)));
        stage.attempt("nack", AmqpStage.done(channel -> channel.basicNack(7, false, true)));
        stage.attempt("nack multiple", AmqpStage.done(channel -> channel.basicNack(7, true, true)));
        stage.attempt("reject", AmqpStage.done(channel -> channel.basicReject(9, false)));
        Inbox inbox = consuming(stage, name, 0, "a", "b");
        inbox.take(2);
        stage.attempt("twice", inbox.getChannel(), channel -> {
            channel.basicAck(1, false);
            channel.basicAck(1, false);
            return "taken";
        });
        stage.see("the other came back", stage.channel().basicGet(name, true));
        stage.publish("", name, "c");
        Channel channel = stage.channel();
        Inbox again = Inbox.of(channel, name);
        again.take();
        stage.attempt("beyond the last, multiple", channel, acknowledging -> {
            acknowledging.basicAck(2, true);
            return "taken";
        });
        stage.see("nothing was acknowledged", stage.counts(name));
    }

    private static void place(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 3, "a", "b", "c", "d", "e");
        List<Delivery> held = inbox.take(3);
        inbox.cancel();
        Channel channel = inbox.getChannel();
        channel.basicNack(Inbox.tag(held.get(1)), false, true);
        channel.basicNack(Inbox.tag(held.get(0)), false, true);
        channel.basicNack(Inbox.tag(held.get(2)), false, true);
        stage.see("in the order of publishing", Inbox.of(stage.channel(), name).bodies(5));
    }

    private static void nackMultiple(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 4, "a", "b", "c", "d", "e");
        inbox.take(4);
        inbox.cancel();
        Channel channel = inbox.getChannel();
        channel.basicNack(2, true, false);
        channel.basicNack(0, true, true);
        stage.see("two gone, two back", Inbox.of(channel, name).bodies(3));
    }

    private static void recover(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 2, "a", "b", "c");
        inbox.take(2);
        stage.see("recover", inbox.getChannel().basicRecover(true));
        stage.see("again", inbox.bodies(2));
        inbox.cancel();
        inbox.getChannel().basicRecover();
        stage.see("others get them too", Inbox.of(stage.channel(), name).bodies(3));
    }

    private static void recoverToTheSame(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 2, "a", "b", "c");
        inbox.take(2);
        stage.attempt("without requeue", inbox.getChannel(), channel -> channel.basicRecover(false));
    }

    private static void closeChannel(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 2, "a", "b", "c");
        inbox.take(2);
        inbox.getChannel().basicAck(1, false);
        inbox.take();
        inbox.getChannel().close();
        stage.see("what was held comes back", Inbox.of(stage.channel(), name).bodies(2));
    }

    private static void closeConnection(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.publish("", name, "a", "b", "c");
        Connection connection = stage.open();
        Inbox inbox = Inbox.of(connection.createChannel(), name);
        inbox.take(3);
        inbox.getChannel().basicAck(2, false);
        connection.close();
        stage.see("what was held comes back", Inbox.of(stage.channel(), name).bodies(2));
    }

    private static void afterError(AmqpStage stage, String name) throws Exception {
        Inbox inbox = consuming(stage, name, 0, "a", "b");
        inbox.take(2);
        stage.attempt("an error", inbox.getChannel(), channel -> channel.queueDeclarePassive(name + "-none"));
        stage.see("what was held comes back", Inbox.of(stage.channel(), name).bodies(2));
        stage.queue(name + "-queue");
    }
}
