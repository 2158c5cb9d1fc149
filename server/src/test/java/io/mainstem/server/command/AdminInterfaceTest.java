package io.mainstem.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mainstem.server.MainstemServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of the admin interface sees, over a real socket. */
class AdminInterfaceTest {

    private static final String FROM_BEGINNING = "?from=beginning";

    @TempDir
    Path directory;

    private MainstemServer server;
    private AdminClient client;

    @BeforeEach
    void start() {
        server = MainstemServer.builder()
                .dataDirectory(directory.resolve("data"))
                .amqp("off")
                .start();
        client = new AdminClient(directory.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTopicIsMadeListedDescribedAndRemoved() {
        create("a/b c", 3);
        assertThat(client.get("/topics").path("topics"))
                .extracting(topic -> topic.path("name").asText())
                .containsExactly("a/b c");
        assertThat(client.get("/topics/a%2Fb%20c").path("logs")).hasSize(3);
        client.delete("/topics/a%2Fb%20c");
        assertThat(client.get("/topics").path("topics")).isEmpty();
    }

    @Test
    void aWrongTopicIsAnsweredWithTheOneThatWasMeant() {
        create("orders", 1);
        assertThatThrownBy(() -> client.get("/topics/ordrs"))
                .isInstanceOf(ProblemException.class)
                .hasMessage("no topic 'ordrs'; did you mean 'orders'?");
        assertThatThrownBy(() -> client.get("/topics/nothing-like-it"))
                .hasMessageStartingWith("no topic 'nothing-like-it'; ")
                .hasMessageContaining("mainstem topics list")
                .hasMessageContaining("mainstem topics create");
    }

    @Test
    void settingsAreChangedTakenBackAndRefusedByName() {
        create("orders", 1);
        JsonNode set = change("{\"settings\": {\"retention.ms\": \"1000\"}, \"partitions\": 3}");
        assertThat(set.path("settings").path("retention.ms").asText()).isEqualTo("1000");
        assertThat(set.path("partitions").asInt()).isEqualTo(3);
        assertThat(change("{\"settings\": {\"retention.ms\": null}}").path("settings"))
                .isEmpty();
        assertThatThrownBy(() -> change("{\"settings\": {\"retension.ms\": \"1\"}}"))
                .hasMessageContaining("there is no topic setting 'retension.ms'");
        assertThatThrownBy(() -> change("{\"partitions\": 1}")).isInstanceOf(ProblemException.class);
    }

    @Test
    void aGroupIsSetToWhereItShallGoOn() throws IOException {
        create("orders", 2);
        publish("orders", "?key-separator=:", "a:1\nb:2\nc:3\nd:4\n");
        String all = "{\"topic\": \"orders\", \"to\": \"end\"}";
        JsonNode planned = client.post("/groups/billing/offsets?dry-run=true", body(all));
        assertThat(planned.path("new").asBoolean()).isTrue();
        assertThat(client.get("/groups").path("groups")).isEmpty();
        JsonNode made = client.post("/groups/billing/offsets", body(all));
        assertThat(made.path("new").asBoolean()).isTrue();
        JsonNode again = client.post("/groups/billing/offsets", body(all));
        assertThat(again.path("new").asBoolean(true)).isFalse();
        assertThat(lags()).containsExactly(0L, 0L);
        client.post("/groups/billing/offsets", body("{\"topic\": \"orders\", \"partition\": 1, \"to\": \"0\"}"));
        long end = client.get("/topics/orders")
                .path("logs")
                .get(1)
                .path("endOffset")
                .asLong();
        assertThat(lags()).containsExactly(0L, end);
        assertThatThrownBy(() -> client.get("/groups/shipping")).hasMessage("no group 'shipping'");
    }

    @Test
    void aTopicIsNotMadeTwice() {
        create("orders", 1);
        assertThatThrownBy(() -> create("orders", 1)).hasMessageContaining("exists");
    }

    @Test
    void everyLineIsARecordAlsoAnEmptyOneAndTheLastOne() throws IOException {
        create("orders", 1);
        assertThat(publish("orders", "", "one\n\nthree").path("stored").asInt()).isEqualTo(3);
        assertThat(values("orders", FROM_BEGINNING)).containsExactly("one", "", "three");
    }

    @Test
    void linesAreCutAtTheirSeparatorAndEachKeyKeepsItsOrder() throws IOException {
        create("orders", 4);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            lines.append("key").append(i % 10).append("::").append(i).append(":\n");
        }
        publish("orders", "?key-separator=%3A%3A", lines.toString());
        for (int key = 0; key < 10; key++) {
            List<String> expected = new ArrayList<>();
            for (int i = key; i < 1_000; i += 10) {
                expected.add(i + ":");
            }
            String name = "key" + key;
            assertThat(records("orders", FROM_BEGINNING))
                    .filteredOn(record -> record.path("key").asText().equals(name))
                    .extracting(record -> record.path("value").asText())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aLineWithoutSeparatorIsNumberedAndWhatCameBeforeIsStored() throws IOException {
        create("orders", 1);
        assertThatThrownBy(() -> publish("orders", "?key-separator=:", "a:1\nb:2\nc\nd:4\n"))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem.line()).isEqualTo(3);
                    assertThat(problem.stored()).isEqualTo(2);
                });
        assertThat(values("orders", FROM_BEGINNING)).containsExactly("1", "2");
    }

    @Test
    void aLineThatIsTooLongIsNumberedAndWhatCameBeforeIsStored() throws IOException {
        create("orders", 1);
        assertThatThrownBy(() -> publish("orders", "", "short\n" + "x".repeat((8 << 20) + 1) + "\n"))
                .isInstanceOfSatisfying(ProblemException.class, problem -> {
                    assertThat(problem).hasMessageContaining("longer than 8388608 bytes");
                    assertThat(problem.line()).isEqualTo(2);
                    assertThat(problem.stored()).isEqualTo(1);
                });
        assertThat(values("orders", FROM_BEGINNING)).containsExactly("short");
    }

    @Test
    void aBodyMayBeLargerThanWhatMayBeUnderWay() throws IOException {
        create("orders", 2);
        String line = "x".repeat(999) + "\n";
        assertThat(publish("orders", "", line.repeat(20_000)).path("stored").asInt())
                .isEqualTo(20_000);
        assertThat(values("orders", FROM_BEGINNING)).hasSize(20_000).containsOnly("x".repeat(999));
    }

    @Test
    void bytesThatAreNoTextAreMarked() throws IOException {
        create("orders", 1);
        client.post("/topics/orders/records", Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF, 0, 1, '\n'}));
        JsonNode value = records("orders", FROM_BEGINNING).get(0).path("value");
        assertThat(value.path("base64").binaryValue()).isEqualTo(new byte[] {(byte) 0xFF, 0, 1});
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatKafkaClientsCompressIsReadable(String compression) throws Exception {
        InetSocketAddress kafka = server.kafkaAddress().orElseThrow();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.getHostString() + ":" + kafka.getPort(),
                "compression.type",
                compression,
                "linger.ms",
                50);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 100; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>("orders", "key", "value " + i);
                record.headers().add("name", "h".getBytes(StandardCharsets.UTF_8));
                var unused = producer.send(record);
            }
        }
        List<JsonNode> records = records("orders", FROM_BEGINNING);
        assertThat(records).hasSize(100);
        JsonNode last = records.get(99);
        assertThat(last.path("offset").asInt()).isEqualTo(99);
        assertThat(last.path("value").asText()).isEqualTo("value 99");
        assertThat(last.path("headers").toString()).isEqualTo("[{\"name\":\"name\",\"value\":\"h\"}]");
    }

    @Test
    void aTailBeginsWhereItIsTold() throws IOException {
        create("orders", 1);
        publish("orders", "", "one\ntwo\nthree\n");
        assertThat(values("orders", "?from=1")).containsExactly("two", "three");
        assertThat(values("orders", "?from=beginning&limit=2")).containsExactly("one", "two");
        assertThat(values("orders", "?from=end")).isEmpty();
        assertThat(values("orders", "?from=2000-01-01T00:00:00Z")).hasSize(3);
        assertThat(values("orders", "?from=2100-01-01T00:00:00Z")).isEmpty();
        assertThatThrownBy(() -> values("orders", "?from=yesterday"))
                .hasMessageContaining("'yesterday' is no position");
        assertThatThrownBy(() -> values("orders", "?partition=1")).hasMessageContaining("no partition 1");
    }

    @Test
    void aTailShowsWhatComesAndEndsWithTheTopic() throws IOException {
        create("orders", 2);
        try (LineReader lines = client.lines("/topics/orders/records?follow=true")) {
            publish("orders", "", "one\n");
            assertThat(value(lines.next())).isEqualTo("one");
            publish("orders", "", "two\n");
            assertThat(value(lines.next())).isEqualTo("two");
            client.delete("/topics/orders");
            assertThat(new String(lines.next(), StandardCharsets.UTF_8)).contains("problem", "deleted");
            assertThat(lines.next()).isNull();
        }
    }

    @Test
    void aBrokerThatStopsEndsTails() throws IOException {
        create("orders", 1);
        try (LineReader lines = client.lines("/topics/orders/records?follow=true")) {
            server.close();
            assertThat(new String(lines.next(), StandardCharsets.UTF_8)).contains("the broker is stopping");
        }
    }

    @Test
    void aReaderThatDoesNotReadHoldsUpNobody() throws IOException {
        create("orders", 1);
        publish("orders", "", ("x".repeat(999) + "\n").repeat(20_000));
        try (LineReader lines = client.lines("/topics/orders/records?from=beginning&follow=true")) {
            // every answer means that the event loop has taken its turn at the tail too
            for (int i = 0; i < 100; i++) {
                publish("orders", "", "later\n");
            }
            int count = 0;
            for (byte[] line = lines.next(); !value(line).equals("later"); line = lines.next()) {
                count++;
            }
            assertThat(count).isEqualTo(20_000);
        }
    }

    @Test
    void onlyTheOwnerMayOpenTheSocketWhichGoesWithTheServer() throws IOException {
        Path socket = server.adminSocket().orElseThrow();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        server.close();
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> client.get("/topics"))
                .hasMessageContaining("no broker is running on")
                .hasMessageContaining("mainstem start --data");
    }

    @Test
    void aSocketThatADeadProcessHasLeftIsReplaced() throws IOException {
        Path data = directory.resolve("other");
        Files.createDirectories(data);
        try (SocketChannel ignored = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            ignored.bind(UnixDomainSocketAddress.of(data.resolve("admin.sock")));
        }
        assertThatThrownBy(() -> new AdminClient(data).get("/topics")).hasMessageContaining("no broker is running on");
        try (MainstemServer other =
                MainstemServer.builder().dataDirectory(data).amqp("off").start()) {
            assertThat(other.adminSocket()).isPresent();
            assertThat(new AdminClient(data).get("/topics").path("topics")).isEmpty();
        }
    }

    @Test
    void aDirectoryWithALongPathIsReachedToo() {
        Path data = directory.resolve("long".repeat(30));
        Path socket;
        try (MainstemServer other =
                MainstemServer.builder().dataDirectory(data).amqp("off").start()) {
            socket = other.adminSocket().orElseThrow();
            assertThat(new AdminClient(data).get("/topics").path("topics")).isEmpty();
        }
        assertThat(socket.getParent()).doesNotExist();
    }

    @Test
    void whatIsNoRequestIsRefusedAndTheNextClientIsServed() throws IOException {
        assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(raw("PUT /topics HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(raw("POST /topics HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n[1]"))
                .startsWith("HTTP/1.1 400 ")
                .contains("no JSON object");
        assertThat(client.get("/topics").path("topics")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {5_000, 500_000})
    void aRequestThatIsTooLongIsToldSo(int length) throws IOException {
        String padding = "x".repeat(length);
        assertThat(raw("GET /topics/" + padding + " HTTP/1.1\r\nHost: mainstem\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(raw("GET /topics HTTP/1.1\r\nHost: mainstem\r\nX-Padding: " + padding + padding + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aRequestMayComeInPieces() throws IOException {
        create("orders", 1);
        assertThat(raw(
                        "GET /topics HTT",
                        "P/1.1\r\nHost: mainstem\r\nConnec",
                        "tion: close\r\nX-Padding: " + "x".repeat(7_000),
                        "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("orders");
    }

    /**
     * What comes back for a request in pieces; each is sent when the broker has taken its turn after the one before.
     */
    private String raw(String... pieces) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (SocketChannel socket = SocketChannel.open(
                UnixDomainSocketAddress.of(server.adminSocket().orElseThrow()))) {
            for (String piece : pieces) {
                send(socket, piece);
                client.get("/topics");
            }
            Channels.newInputStream(socket).transferTo(answer);
        } catch (IOException e) {
            assertThat(answer.size()).as("bytes before %s", e).isPositive();
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    /** A broker that refuses reads no further. */
    private static void send(SocketChannel socket, String piece) {
        try {
            socket.write(ByteBuffer.wrap(piece.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("Broken pipe");
        }
    }

    private void create(String topic, int partitions) {
        JsonNode wanted =
                JsonNodeFactory.instance.objectNode().put("name", topic).put("partitions", partitions);
        client.send(HttpMethod.POST, "/topics", wanted);
    }

    private JsonNode change(String document) {
        try {
            return client.send(HttpMethod.PATCH, "/topics/orders", new ObjectMapper().readTree(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Long> lags() {
        List<Long> lags = new ArrayList<>();
        client.get("/groups/billing")
                .path("offsets")
                .forEach(place -> lags.add(place.path("lag").asLong()));
        return lags;
    }

    private static ByteBuf body(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode publish(String topic, String query, String lines) {
        ByteBuf body = Unpooled.wrappedBuffer(lines.getBytes(StandardCharsets.UTF_8));
        return client.post("/topics/" + topic + "/records" + query, body);
    }

    private List<String> values(String topic, String query) throws IOException {
        return records(topic, query).stream()
                .map(record -> record.path("value").asText())
                .toList();
    }

    private List<JsonNode> records(String topic, String query) throws IOException {
        List<JsonNode> records = new ArrayList<>();
        try (LineReader lines = client.lines("/topics/" + topic + "/records" + query)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                records.add(new ObjectMapper().readTree(line));
            }
        }
        return records;
    }

    private static String value(byte[] line) throws IOException {
        return new ObjectMapper().readTree(line).path("value").asText();
    }
}
