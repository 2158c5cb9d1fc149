package io.mainstem.interop;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import java.util.ArrayList;
import java.util.List;

/** Requests and replies without a queue for the replies. */
final class AmqpReplyScenarios {

    private static final String REPLIES = "amq.rabbitmq.reply-to";

    private AmqpReplyScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("reply-direct", AmqpReplyScenarios::direct),
                new Scenario<>("reply-errors", AmqpReplyScenarios::errors),
                new Scenario<>("reply-gone", AmqpReplyScenarios::gone),
                new Scenario<>("reply-queue", AmqpReplyScenarios::queue));
    }

    private static AMQP.BasicProperties replyTo(String address) {
        return new AMQP.BasicProperties.Builder()
                .replyTo(address)
                .correlationId("7")
                .build();
    }

    private static void direct(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel client = stage.channel();
        Inbox replies = Inbox.automatic(client, REPLIES);
        client.basicPublish("", name, replyTo(REPLIES), Messages.bytes("request"));
        Connection connection = stage.open();
        Channel server = connection.createChannel();
        Delivery request = Inbox.automatic(server, name).take();
        String address = request.getProperties().getReplyTo();
        stage.see("the address", address.startsWith(REPLIES + "."));
        server.queueDeclarePassive(address);
        stage.see("it is there", server.queueDeclarePassive(address).getMessageCount());
        server.confirmSelect();
        server.basicPublish("", address, true, replyTo("someone"), Messages.bytes("reply"));
        stage.see("confirmed", server.waitForConfirms(10_000));
        Delivery reply = replies.take();
        stage.see("reply", Inbox.body(reply) + " " + Messages.show(reply.getProperties()));
        stage.see("of exchange", reply.getEnvelope().getExchange());
        stage.see("with the address as key", reply.getEnvelope().getRoutingKey().equals(address));
        server.basicPublish("", address, replyTo("someone"), Messages.bytes("another"));
        stage.see("another", replies.bodies(1));
    }

    private static void errors(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        stage.attempt("with acknowledgements", AmqpStage.done(channel -> Inbox.of(channel, REPLIES)));
        stage.attempt("twice", channel -> {
            Inbox.automatic(channel, REPLIES);
            Inbox.automatic(channel, REPLIES);
            return "consuming";
        });
        stage.attempt(
                "publish without consuming",
                AmqpStage.done(channel -> channel.basicPublish("", name, replyTo(REPLIES), Messages.bytes("request"))));
        stage.see("nothing came", stage.counts(name));
        stage.attempt("passive", channel -> channel.queueDeclarePassive(REPLIES));
        stage.attempt("declare", channel -> channel.queueDeclare(REPLIES, false, true, true, null));
        stage.attempt("get", channel -> channel.basicGet(REPLIES, true));
        stage.attempt("bind", channel -> channel.queueBind(REPLIES, "amq.direct", "k"));
        stage.attempt("purge", channel -> channel.queuePurge(REPLIES));
        stage.attempt("delete", channel -> channel.queueDelete(REPLIES));
        stage.attempt("cancel and again", channel -> {
            Inbox.automatic(channel, REPLIES).cancel();
            Inbox.automatic(channel, REPLIES).cancel();
            return "done";
        });
    }

    private static void gone(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel client = stage.channel();
        Inbox.automatic(client, REPLIES);
        client.basicPublish("", name, replyTo(REPLIES), Messages.bytes("request"));
        Channel server = stage.confirming();
        String address = Inbox.automatic(server, name).take().getProperties().getReplyTo();
        client.close();
        List<Object> returned = new ArrayList<>();
        server.addReturnListener(message -> returned.add(message.getReplyText()));
        server.basicPublish("", address, true, Messages.NO_PROPERTIES, Messages.bytes("too late"));
        stage.see("confirmed", server.waitForConfirms(10_000));
        stage.see("returned", returned);
        stage.attempt("passive", channel -> {
            channel.queueDeclarePassive(address);
            return "there";
        });
    }

    private static void queue(AmqpStage stage, String name) throws Exception {
        stage.queue(name);
        Channel client = stage.channel();
        String own = client.queueDeclare().getQueue();
        Inbox replies = Inbox.automatic(client, own);
        client.basicPublish("", name, replyTo(own), Messages.bytes("request"));
        Delivery request = Inbox.automatic(stage.channel(), name).take();
        stage.see("the address", request.getProperties().getReplyTo().equals(own));
        stage.publish("", own, "reply");
        stage.see("reply", replies.bodies(1));
    }
}
