package io.mainstem.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.mainstem.server.MainstemServer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of the admin interface sees of queues that RabbitMQ's client has made, over a real socket. */
class QueueInterfaceTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long DEADLINE_MILLIS = 30_000;

    @TempDir
    Path directory;

    private MainstemServer server;
    private AdminClient client;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws IOException, TimeoutException {
        server = MainstemServer.builder()
                .dataDirectory(directory.resolve("data"))
                .kafka("off")
                .start();
        client = new AdminClient(directory.resolve("data"));
        InetSocketAddress amqp = server.amqpAddress().orElseThrow();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(amqp.getHostString());
        factory.setPort(amqp.getPort());
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void stop() {
        connection.abort();
        server.close();
    }

    @Test
    void queuesAreListedByNameWithWhatTheyHold() throws Exception {
        declare("work", Map.of());
        channel.queueDeclare("own", false, true, true, Map.of());
        publish("", "work", "one", "two", "three");
        channel.basicGet("work", false);

        JsonNode queues = client.get("/queues").path("queues");

        assertThat(queues).extracting(queue -> queue.path("name").asText()).containsExactly("own", "work");
        assertThat(queues.get(0).path("exclusive").asBoolean()).isTrue();
        assertThat(queues.get(0).path("autoDelete").asBoolean()).isTrue();
        assertThat(queues.get(0).path("durable").asBoolean(true)).isFalse();
        JsonNode work = queues.get(1);
        assertThat(work.path("type").asText()).isEqualTo("queue");
        assertThat(work.path("durable").asBoolean()).isTrue();
        assertThat(work.path("ready").asInt()).isEqualTo(2);
        assertThat(work.path("readyBytes").asInt()).isEqualTo("two".length() + "three".length());
        assertThat(work.path("held").asInt()).isEqualTo(1);
        assertThat(work.path("delayed").asInt()).isZero();
        assertThat(work.path("consumers").asInt()).isZero();
    }

    @Test
    void aQueueIsDescribedWithItsSettingsLabelsBindingsAndSources() throws Exception {
        channel.exchangeDeclare("orders", "topic", true);
        channel.exchangeDeclare("by header", "headers", true);
        declare("work", Map.of("x-queue-type", "quorum", "x-max-length", 5));
        channel.queueBind("work", "orders", "order.#");
        channel.queueBind("work", "by header", "", Map.of("x-match", "any", "region", "eu"));

        JsonNode work = client.get("/queues/work");

        assertThat(work.path("settings").path("max.length").asText()).isEqualTo("5");
        assertThat(work.path("labels").path("x-queue-type").asText()).isEqualTo("quorum");
        assertThat(work.path("bindings"))
                .extracting(binding -> binding.path("topic").asText())
                .containsExactly("by header", "orders");
        JsonNode byHeader = work.path("bindings").get(0);
        assertThat(byHeader.path("routing").asText()).isEqualTo("headers");
        assertThat(byHeader.path("match").asText()).isEqualTo("any");
        assertThat(byHeader.path("headers").has("region")).isTrue();
        JsonNode byKey = work.path("bindings").get(1);
        assertThat(byKey.path("routing").asText()).isEqualTo("pattern");
        assertThat(byKey.path("key").asText()).isEqualTo("order.#");
        assertThat(work.path("sources"))
                .extracting(source -> source.path("topic").asText())
                .containsExactly("by header", "orders");
    }

    @Test
    void aWrongQueueIsAnsweredWithTheOneThatWasMeant() throws Exception {
        declare("billing", Map.of());
        assertThatThrownBy(() -> client.get("/queues/biling"))
                .isInstanceOf(ProblemException.class)
                .hasMessage("no queue 'biling'; did you mean 'billing'?");
        assertThatThrownBy(() -> client.get("/queues/nothing-like-it"))
                .hasMessage("no queue 'nothing-like-it'; mainstem queues list shows those there are");
        assertThatThrownBy(() -> post("/queues/billing/redrive", "{\"queue\": \"billin\"}"))
                .hasMessage("no queue 'billin'; did you mean 'billing'?");
    }

    @Test
    void aQueueMayHaveAnyName() throws Exception {
        declare("a/b c?", Map.of());
        publish("", "a/b c?", "one");
        assertThat(client.get("/queues/a%2Fb%20c%3F").path("ready").asInt()).isEqualTo(1);
        assertThat(browse("a%2Fb%20c%3F", "")).hasSize(1);
    }

    @Test
    void aPurgeLeavesWhatConsumersHold() throws Exception {
        declare("work", Map.of());
        publish("", "work", "one", "two", "three");
        long held = channel.basicGet("work", false).getEnvelope().getDeliveryTag();

        JsonNode purged = client.delete("/queues/work/messages");

        assertThat(purged.path("messages").asInt()).isEqualTo(2);
        assertThat(purged.path("held").asInt()).isEqualTo(1);
        channel.basicNack(held, false, true);
        assertThat(take("work")).isEqualTo("one");
        assertThat(channel.basicGet("work", true)).isNull();
    }

    @Test
    void browsingShowsPlaceStateAndContentsAndTakesNothing() throws Exception {
        declare("work", Map.of("x-max-priority", 5));
        publish("", "work", "first");
        BasicProperties urgent = new BasicProperties.Builder()
                .priority(5)
                .expiration("3600000")
                .headers(Map.of("region", "eu"))
                .build();
        channel.basicPublish("", "work", urgent, new byte[] {(byte) 0xFF, 0});
        channel.waitForConfirmsOrDie(DEADLINE_MILLIS);
        channel.basicNack(channel.basicGet("work", false).getEnvelope().getDeliveryTag(), false, true);
        channel.basicGet("work", false);

        List<JsonNode> seen = browse("work", "");

        assertThat(seen).extracting(message -> message.path("position").asInt()).containsExactly(0, 1);
        JsonNode held = seen.get(0);
        assertThat(held.path("state").asText()).isEqualTo("held");
        assertThat(held.path("topic").asText()).isEqualTo("q.work");
        assertThat(held.path("partition").asInt()).isZero();
        assertThat(held.path("offset").asInt()).isEqualTo(1);
        assertThat(held.path("priority").asInt()).isEqualTo(5);
        assertThat(held.path("deliveryCount").asInt()).isEqualTo(1);
        assertThat(Instant.parse(held.path("expires").asText())).isAfter(Instant.now());
        assertThat(held.path("value").path("base64").binaryValue()).isEqualTo(new byte[] {(byte) 0xFF, 0});
        assertThat(held.path("headers").toString()).contains("{\"name\":\"region\",\"value\":\"eu\"}");
        JsonNode ready = seen.get(1);
        assertThat(ready.path("state").asText()).isEqualTo("ready");
        assertThat(ready.path("expires").isNull()).isTrue();
        assertThat(ready.path("value").asText()).isEqualTo("first");
        assertThat(take("work")).isEqualTo("first");
    }

    @Test
    void browsingGoesOnOverPagesAndBeginsAndEndsWhereItIsTold() throws Exception {
        declare("work", Map.of());
        String padding = "x".repeat(100_000);
        List<String> values = new ArrayList<>();
        for (int number = 0; number < 250; number++) {
            values.add(number + (number % 7 == 0 ? padding : ""));
        }
        publish("", "work", values.toArray(String[]::new));
        assertThat(browse("work", "?limit=10000"))
                .extracting(message -> message.path("value").asText())
                .isEqualTo(values);
        assertThat(browse("work", "")).hasSize(100);
        List<JsonNode> some = browse("work", "?skip=120&limit=3");
        assertThat(some).extracting(message -> message.path("position").asInt()).containsExactly(120, 121, 122);
        assertThat(some.get(0).path("value").asText()).isEqualTo(values.get(120));
        assertThat(browse("work", "?skip=250")).isEmpty();
        assertThatThrownBy(() -> browse("work", "?limit=10001"))
                .hasMessage("parameter 'limit' is from 1 to 10000, not '10001'");
    }

    @Test
    void deadLettersShowWhereTheyDiedAndGoBackThere() throws Exception {
        declare("dead", Map.of());
        Map<String, Object> mortal = Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        declare("one", mortal);
        declare("two", mortal);
        publish("", "one", "1");
        publish("", "two", "2");
        for (String queue : List.of("one", "two")) {
            channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        }
        awaitReady("dead", 2);

        JsonNode death = browse("dead", "").get(0).path("deaths").get(0);
        assertThat(death.path("queue").asText()).isEqualTo("one");
        assertThat(death.path("reason").asText()).isEqualTo("rejected");
        assertThat(death.path("count").asInt()).isEqualTo(1);
        assertThat(death.path("keys")).extracting(JsonNode::asText).containsExactly("one");
        JsonNode some = post("/queues/dead/redrive", "{\"queue\": \"two\"}");
        assertThat(some.path("messages").asInt()).isEqualTo(1);
        assertThat(some.path("ready").asInt()).isEqualTo(1);
        awaitReady("two", 1);
        assertThat(post("/queues/dead/redrive", "{}").path("messages").asInt()).isEqualTo(1);
        awaitReady("one", 1);
        assertThat(take("one")).isEqualTo("1");
        assertThat(take("two")).isEqualTo("2");
        assertThat(browse("dead", "")).isEmpty();
    }

    @Test
    void whatWasSettledComesBackFromAnOffsetOfTheOnlyPartition() throws Exception {
        topic("orders", 1);
        declare("work", Map.of());
        channel.queueBind("work", "orders", "#");
        publish("orders", "k", "one", "two", "three");
        channel.basicAck(settleAll("work", 3), true);
        awaitHeld("work", 0);

        JsonNode done = post("/queues/work/replay", "{\"from\": \"1\"}");

        assertThat(done.path("messages").asInt()).isEqualTo(2);
        assertThat(done.path("sources").toString())
                .isEqualTo("[{\"topic\":\"orders\",\"partition\":0,\"offset\":1,\"messages\":2}]");
        assertThat(take("work")).isEqualTo("two");
        assertThat(take("work")).isEqualTo("three");
    }

    @Test
    void anOffsetWantsOnePartitionAndATimeWantsNone() throws Exception {
        topic("orders", 2);
        declare("work", Map.of());
        channel.queueBind("work", "orders", "#");
        publish("", "work", "straight");
        String nowhere = "an offset is one of a partition, and queue 'work' gets from topics 'orders' (2 partitions),"
                + " 'q.work'; name a topic and a partition, or give a time";
        assertThatThrownBy(() -> post("/queues/work/replay", "{\"from\": \"0\"}"))
                .hasMessage(nowhere);
        assertThatThrownBy(() -> post("/queues/work/replay", "{\"from\": \"0\", \"topic\": \"orders\"}"))
                .hasMessageContaining("topic 'orders' (2 partitions)");
        assertThatThrownBy(() -> post("/queues/work/replay", "{\"from\": \"0\", \"topic\": \"nothing\"}"))
                .hasMessageStartingWith("queue 'work' gets nothing from topic 'nothing'; it gets from topics ");
        assertThatThrownBy(
                        () -> post("/queues/work/replay", "{\"from\": \"0\", \"topic\": \"orders\", \"partition\": 2}"))
                .hasMessageStartingWith("queue 'work' gets nothing from topic 'orders', partition 2; ");
        assertThatThrownBy(() -> post("/queues/work/replay", "{\"from\": \"yesterday\"}"))
                .hasMessageContaining("'yesterday' is no position");
        channel.basicAck(settleAll("work", 1), false);
        awaitHeld("work", 0);
        String longAgo = "{\"from\": \"2001-01-01T00:00:00Z\"}";
        JsonNode back = post("/queues/work/replay", longAgo);
        assertThat(back.path("sources")).hasSize(3);
        assertThat(back.path("messages").asInt()).isEqualTo(1);
        assertThat(take("work")).isEqualTo("straight");
        String one = "{\"from\": \"0\", \"topic\": \"orders\", \"partition\": 1}";
        assertThat(post("/queues/work/replay", one).path("sources")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"browse", "purge", "redrive", "replay"})
    void aStreamHoldsNothingToWorkOn(String action) throws Exception {
        declare("events", Map.of("x-queue-type", "stream"));
        publish("", "events", "one", "two");
        assertThat(client.get("/queues/events").path("type").asText()).isEqualTo("stream");
        assertThat(client.get("/queues/events").path("ready").asInt()).isEqualTo(2);
        assertThatThrownBy(() -> {
                    switch (action) {
                        case "browse" -> browse("events", "");
                        case "purge" -> client.delete("/queues/events/messages");
                        default -> post("/queues/events/" + action, "{}");
                    }
                })
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("queue 'events' is a stream: it holds no messages to " + action)
                .hasMessageEndingWith("mainstem tail events --from beginning");
    }

    @Test
    void commandsSayWhatStaysAndWhatIsNotThere() throws Exception {
        declare("dead", Map.of());
        publish("", "dead", "never died", "nor did this");
        assertThat(say("redrive", "dead"))
                .isEqualTo("mainstem: 2 stay in 'dead'; mainstem queues browse shows where they have died\n");
        channel.basicGet("dead", false);
        assertThat(say("purge", "dead")).isEqualTo("mainstem: 1 that consumers hold and 0 that are delayed stay\n");
        assertThat(say("browse", "dead", "--skip", "1"))
                .isEqualTo("mainstem: queue 'dead' holds nothing beyond the first 1\n");
        assertThat(say("replay", "dead", "--from", "9"))
                .isEqualTo("mainstem: partition 0 ends at offset 2, before 9\n");
    }

    private String say(String... arguments) {
        return Spoken.by(directory.resolve("data"), new QueuesCommand(), arguments);
    }

    private void declare(String queue, Map<String, Object> arguments) throws IOException {
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    private void topic(String name, int partitions) throws IOException {
        client.send(
                HttpMethod.POST,
                "/topics",
                MAPPER.readTree("{\"name\": \"" + name + "\", \"partitions\": " + partitions + "}"));
    }

    private void publish(String exchange, String key, String... values) throws Exception {
        for (String value : values) {
            channel.basicPublish(exchange, key, null, value.getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(DEADLINE_MILLIS);
    }

    /** The last of so many delivery tags. */
    private long settleAll(String queue, int count) throws IOException {
        long last = 0;
        for (int taken = 0; taken < count; taken++) {
            last = channel.basicGet(queue, false).getEnvelope().getDeliveryTag();
        }
        return last;
    }

    private String take(String queue) throws IOException {
        GetResponse response = channel.basicGet(queue, true);
        return new String(response.getBody(), StandardCharsets.UTF_8);
    }

    private void awaitReady(String queue, int count) {
        awaitCount(queue, "ready", count);
    }

    private void awaitHeld(String queue, int count) {
        awaitCount(queue, "held", count);
    }

    private void awaitCount(String queue, String field, int count) {
        await(queue + " " + field)
                .until(() -> client.get("/queues/" + queue).path(field).asInt(-1) == count);
    }

    private JsonNode post(String path, String document) {
        return client.post(path, Unpooled.wrappedBuffer(document.getBytes(StandardCharsets.UTF_8)));
    }

    private List<JsonNode> browse(String queue, String query) throws IOException {
        List<JsonNode> messages = new ArrayList<>();
        try (LineReader lines = client.lines("/queues/" + queue + "/messages" + query)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                messages.add(MAPPER.readTree(line));
            }
        }
        return messages;
    }
}
