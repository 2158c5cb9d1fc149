package io.mainstem.interop;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** How connections begin, what frames they take, and how they end. */
final class AmqpConnectionScenarios {

    private static final int END = 0xce;
    private static final byte[] NOTHING = {};

    private AmqpConnectionScenarios() {}

    static List<Scenario<AmqpStage>> all() {
        return List.of(
                new Scenario<>("connection-header", AmqpConnectionScenarios::header),
                new Scenario<>("connection-start", AmqpConnectionScenarios::start),
                new Scenario<>("connection-authentication", AmqpConnectionScenarios::authentication),
                new Scenario<>("connection-login", AmqpConnectionScenarios::login),
                new Scenario<>("connection-mechanism-plain", (stage, name) -> mechanism(stage, "PLAIN")),
                new Scenario<>("connection-mechanism-amqplain", (stage, name) -> mechanism(stage, "AMQPLAIN")),
                new Scenario<>("connection-mechanism-external", (stage, name) -> mechanism(stage, "EXTERNAL")),
                new Scenario<>("connection-mechanism-unknown", (stage, name) -> mechanism(stage, "SECRET")),
                new Scenario<>("connection-tune", AmqpConnectionScenarios::tune),
                new Scenario<>("connection-tune-channels", (stage, name) -> tuned(stage, 2048, 131_072, 0)),
                new Scenario<>("connection-tune-any-channels", (stage, name) -> tuned(stage, 0, 131_072, 0)),
                new Scenario<>("connection-tune-frames", (stage, name) -> tuned(stage, 2047, 131_073, 0)),
                new Scenario<>("connection-tune-any-frames", (stage, name) -> tuned(stage, 2047, 0, 0)),
                new Scenario<>("connection-tune-small-frames", (stage, name) -> tuned(stage, 2047, 4095, 0)),
                new Scenario<>("connection-tune-smallest-frames", (stage, name) -> tuned(stage, 2047, 4096, 0)),
                new Scenario<>("connection-tune-heartbeat", (stage, name) -> tuned(stage, 2047, 131_072, 65_535)),
                new Scenario<>("connection-vhost", AmqpConnectionScenarios::vhost),
                new Scenario<>("connection-early", AmqpConnectionScenarios::early),
                new Scenario<>("connection-order", AmqpConnectionScenarios::order),
                new Scenario<>("connection-frames", AmqpConnectionScenarios::frames),
                new Scenario<>("connection-unknown-method", AmqpConnectionScenarios::unknownMethods),
                new Scenario<>("connection-content", AmqpConnectionScenarios::content),
                new Scenario<>("connection-channels", AmqpConnectionScenarios::channels),
                new Scenario<>("connection-heartbeat", AmqpConnectionScenarios::heartbeat),
                new Scenario<>("connection-close", AmqpConnectionScenarios::close),
                new Scenario<>("connection-secret", AmqpConnectionScenarios::secret));
    }

    private static void header(AmqpStage stage, String name) throws Exception {
        byte[][] headers = {
            {'A', 'M', 'Q', 'P', 0, 0, 9, 0},
            {'A', 'M', 'Q', 'P', 1, 1, 0, 10},
            {'A', 'M', 'Q', 'P', 1, 1, 9, 1},
            {'A', 'M', 'Q', 'P', 0, 1, 0, 0},
            {'A', 'M', 'Q', 'P', 9, 9, 9, 9},
            {'A', 'M', 'Q', 'X', 0, 0, 9, 1},
            "GET / HT".getBytes(StandardCharsets.US_ASCII),
        };
        for (byte[] header : headers) {
            try (RawAmqp raw = new RawAmqp(stage)) {
                raw.send(header);
                stage.see(
                        new String(header, 0, 4, StandardCharsets.US_ASCII)
                                + HexFormat.of().formatHex(header, 4, 8),
                        raw.header());
            }
        }
        stage.see(name + " still serves", stage.connection().isOpen());
    }

    private static void start(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            stage.see("start", raw.next());
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            stage.see("tune", raw.next());
            raw.send(0, new AMQImpl.Connection.TuneOk(10, 4096, 0));
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see("open", raw.next());
            raw.send(1, new AMQImpl.Channel.Open(""));
            stage.see("channel", raw.next());
            raw.send(0, new AMQImpl.Connection.Close(200, name, 0, 0));
            stage.see("close", raw.next());
        }
        Map<String, Object> properties = stage.connection().getServerProperties();
        stage.see("names", properties.containsKey("product") && properties.containsKey("version"));
        stage.see("capabilities", properties.get("capabilities"));
    }

    private static String refusal(AmqpStage stage, String user, String password) throws Exception {
        ConnectionFactory factory = stage.factory();
        factory.setUsername(user);
        factory.setPassword(password);
        try {
            factory.newConnection().close();
            return "accepted";
        } catch (IOException e) {
            return e.getClass().getSimpleName() + " " + e.getMessage();
        }
    }

    private static void authentication(AmqpStage stage, String name) throws Exception {
        stage.see("right", refusal(stage, "guest", "guest"));
        stage.see("a wrong password", refusal(stage, "guest", "wrong"));
        stage.see("nobody", refusal(stage, name, "guest"));
        stage.see("an empty password", refusal(stage, "guest", ""));
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(
                    0,
                    new AMQImpl.Connection.StartOk(
                            Map.of(), "PLAIN", LongStringHelper.asLongString("\0guest\0no"), "en_US"));
            stage.see("who cannot be told", raw.rest());
        }
    }

    private static void login(AmqpStage stage, String name) throws Exception {
        for (String password : List.of("guest", name.substring(0, 5))) {
            stage.see("plain with " + password, login(stage, "PLAIN", "\0guest\0" + password));
            // a table without its length
            String table = "\5LOGINS\0\0\0\5guest\10PASSWORDS\0\0\0\5" + password;
            stage.see("AMQPLAIN with " + password, login(stage, "AMQPLAIN", table));
        }
    }

    private static String login(AmqpStage stage, String mechanism, String response) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk(mechanism, response));
            return raw.next();
        }
    }

    private static void mechanism(AmqpStage stage, String mechanism) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk(mechanism, "nothing of use"));
            stage.see("nonsense", raw.rest());
        }
    }

    private static void tune(AmqpStage stage, String name) throws Exception {
        Connection usual = stage.connection();
        stage.see("channels", usual.getChannelMax());
        stage.see("frame", usual.getFrameMax());
        Connection less = stage.open(factory -> {
            factory.setRequestedChannelMax(3);
            factory.setRequestedFrameMax(4096);
            factory.setRequestedHeartbeat(7);
        });
        stage.see("fewer channels", less.getChannelMax());
        stage.see("smaller frames", less.getFrameMax());
        stage.see("heartbeat", less.getHeartbeat());
        Channel channel = less.createChannel();
        String queue = channel.queueDeclare().getQueue();
        channel.basicPublish("", queue, Messages.NO_PROPERTIES, new byte[10_000]);
        stage.see(
                "in smaller frames " + name.length(),
                channel.basicGet(queue, true).getBody().length);
    }

    /** What comes of a tuning that goes beyond what the broker has offered, or not. */
    private static void tuned(AmqpStage stage, int channels, int frame, int heartbeat) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            raw.next();
            raw.send(0, new AMQImpl.Connection.TuneOk(channels, frame, heartbeat));
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see("open", raw.next());
        }
    }

    private static void vhost(AmqpStage stage, String name) throws Exception {
        for (String vhost : List.of(name, "", "//")) {
            try (RawAmqp raw = new RawAmqp(stage)) {
                raw.send(RawAmqp.HEADER);
                raw.next();
                raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
                raw.next();
                raw.send(0, new AMQImpl.Connection.TuneOk(2047, 4096, 0));
                raw.send(0, new AMQImpl.Connection.Open(vhost, "", false));
                stage.see("vhost " + vhost, raw.next());
            }
        }
    }

    private static void early(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see("open before start-ok", raw.rest());
        }
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            raw.next();
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see("open before tune-ok", raw.rest());
        }
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(1, new AMQImpl.Channel.Open(""));
            stage.see(name + " on a channel before start-ok", raw.rest());
        }
    }

    private static void order(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            stage.see("open twice", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Channel.Open(""));
            stage.see("a channel of number 0", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Queue.Declare(0, name, false, false, true, false, false, Map.of()));
            stage.see("a queue on channel 0", raw.next());
        }
    }

    /** What comes of a frame on a connection with a channel 1. */
    private static String answer(AmqpStage stage, int type, int channel, byte[] payload, int end) throws Exception {
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.frame(type, channel, payload, end);
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            return raw.next();
        }
    }

    private static void frames(AmqpStage stage, String name) throws Exception {
        stage.see("a heartbeat of " + name, answer(stage, 8, 0, NOTHING, END));
        stage.see("a heartbeat on a channel", answer(stage, 8, 1, NOTHING, END));
        stage.see("a heartbeat with content", answer(stage, 8, 0, new byte[3], END));
        stage.see("an unknown type", answer(stage, 7, 1, NOTHING, END));
        stage.see("a wrong end", answer(stage, 1, 1, new byte[] {0, 60, 0, 10}, 0x00));
        stage.see("too large", answer(stage, 3, 1, new byte[5000], END));
        stage.see("no method at all", answer(stage, 1, 1, NOTHING, END));
        stage.see(
                "a field of an unknown type",
                answer(stage, 1, 1, new byte[] {0, 50, 0, 10, 0, 0, 1, 'q', 0, 0, 0, 0, 3, 1, 'a', '?'}, END));
        stage.see(
                "a table that ends early",
                answer(stage, 1, 1, new byte[] {0, 50, 0, 10, 0, 0, 1, 'q', 0, 0, 0, 0, 3, 1, 'a', 'I'}, END));
        stage.see("a method that ends early", answer(stage, 1, 1, new byte[] {0, 50, 0, 10, 0, 0, 9, 'a'}, END));
        stage.see(
                "a channel that is not open", answer(stage, 1, 5, new byte[] {0, 60, 0, 10, 0, 0, 0, 0, 0, 1, 0}, END));
    }

    private static void unknownMethods(AmqpStage stage, String name) throws Exception {
        stage.see(name + " on an unknown class", answer(stage, 1, 1, new byte[] {0, 77, 0, 10}, END));
        stage.see("an unknown method", answer(stage, 1, 1, new byte[] {0, 60, 0, 99}, END));
    }

    private static void content(AmqpStage stage, String name) throws Exception {
        AMQImpl.Basic.Publish publish = new AMQImpl.Basic.Publish(0, "", name, false, false);
        byte[] header = {0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0};
        byte[] otherClass = {0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0};
        stage.see("a body of nothing", answer(stage, 3, 1, new byte[3], END));
        stage.see("a header of nothing", answer(stage, 2, 1, header, END));
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(3, 1, new byte[3], END);
            stage.see("a body before the header", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("a method before the header", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(2, 1, header, END);
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("a method before the body", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(2, 1, header, END);
            raw.frame(2, 1, header, END);
            stage.see("a second header", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(2, 1, header, END);
            raw.frame(3, 1, new byte[4], END);
            stage.see("a body that is longer than its header says", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(2, 1, otherClass, END);
            stage.see("a header of another class", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, publish);
            raw.frame(2, 1, header, END);
            raw.frame(8, 0, NOTHING, END);
            raw.frame(3, 1, new byte[1], END);
            raw.frame(3, 1, new byte[2], END);
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("in pieces, with a heartbeat between", raw.next());
        }
    }

    private static void channels(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, new AMQImpl.Channel.Open(""));
            stage.see("open twice, " + name, raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, new AMQImpl.Channel.Close(200, "bye", 0, 0));
            stage.see("close", raw.next());
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("a method after the close", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, new AMQImpl.Queue.Declare(0, name, true, false, false, false, false, Map.of()));
            stage.see("an error", raw.next());
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            raw.send(1, new AMQImpl.Queue.Declare(0, name, false, false, true, false, false, Map.of()));
            raw.send(1, new AMQImpl.Channel.CloseOk());
            raw.send(1, new AMQImpl.Channel.Open(""));
            stage.see("what was sent before is not answered", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(1, new AMQImpl.Channel.CloseOk());
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("close-ok of nothing", raw.next());
        }
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            raw.next();
            raw.send(0, new AMQImpl.Connection.TuneOk(2, 4096, 0));
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            raw.next();
            raw.send(1, new AMQImpl.Channel.Open(""));
            raw.next();
            raw.send(2, new AMQImpl.Channel.Open(""));
            stage.see("the last channel", raw.next());
            raw.send(3, new AMQImpl.Channel.Open(""));
            stage.see("one more than agreed", raw.next());
        }
    }

    private static void heartbeat(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = new RawAmqp(stage)) {
            raw.send(RawAmqp.HEADER);
            raw.next();
            raw.send(0, RawAmqp.startOk("PLAIN", "\0guest\0guest"));
            raw.next();
            raw.send(0, new AMQImpl.Connection.TuneOk(2047, 4096, 1));
            raw.send(0, new AMQImpl.Connection.Open("/", "", false));
            raw.next();
            stage.see("heartbeats come, " + name, raw.next());
            // it hears nothing for two intervals and more
            String last = raw.next();
            while (last.startsWith("frame 8")) {
                last = raw.next();
            }
            stage.see("who says nothing", last);
        }
    }

    private static void close(AmqpStage stage, String name) throws Exception {
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Connection.Close(200, name, 0, 0));
            stage.see("close", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Connection.CloseOk());
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            stage.see("close-ok of nothing", raw.next());
        }
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(
                    1,
                    new AMQImpl.Exchange.Declare(0, name, "no-such-type", false, false, false, false, false, Map.of()));
            stage.see("an error", raw.next());
            raw.send(1, new AMQImpl.Basic.Qos(0, 1, false));
            raw.send(0, new AMQImpl.Connection.CloseOk());
            stage.see("close-ok", raw.rest());
        }
    }

    private static void secret(AmqpStage stage, String name) throws Exception {
        LongString secret = LongStringHelper.asLongString("new");
        try (RawAmqp raw = RawAmqp.open(stage)) {
            raw.send(0, new AMQImpl.Connection.UpdateSecret(secret, name));
            stage.see("a new secret", raw.next());
        }
    }
}
