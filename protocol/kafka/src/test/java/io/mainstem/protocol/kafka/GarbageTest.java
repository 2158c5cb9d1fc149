package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.broker.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever one client sends, it loses its connection at the most, and the others notice nothing. */
class GarbageTest {

    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final List<ApiKeys> KEYS = List.of(
            ApiKeys.PRODUCE,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.METADATA,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.INIT_PRODUCER_ID,
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.API_VERSIONS);

    private Service service;
    private Topic topic;
    private RawClient bystander;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream standardError = System.err;

    /** The test's logger writes to whatever standard error is. */
    @BeforeEach
    void readTheLog() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void noMistakeOfAClientHasAStackTrace() {
        System.setErr(standardError);
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("ERROR").doesNotContain("\tat ");
    }

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        KafkaOptions options = KafkaOptions.defaults()
                .withMaxFrameBytes(MAX_FRAME_BYTES)
                .withMaxConnections(3)
                .withAutoCreateTopics(false);
        service = Service.start(directory, options);
        topic = service.topic("events", 1);
        bystander = service.connect();
    }

    @AfterEach
    void stop() throws IOException {
        bystander.close();
        service.close();
        assertThat(service.engine.openSlices()).isZero();
    }

    /** The seed stands in the test's name. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomBytesDisturbNobody(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[random.nextInt(2_000)];
            random.nextBytes(garbage);
            sendAndLeave(garbage);
        }
        assertBystanderIsServed();
    }

    /** Requests that were right before a few of their bytes changed get further into the parsers. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void damagedRequestsDisturbNobody(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            ApiKeys key = KEYS.get(random.nextInt(KEYS.size()));
            int versions = key.latestVersion(false) - key.oldestVersion() + 1;
            ByteBuffer frame = frame(Requests.any(key, key.oldestVersion() + random.nextInt(versions), topic));
            byte[] bytes = new byte[Integer.BYTES + frame.remaining()];
            ByteBuffer.wrap(bytes).putInt(frame.remaining()).put(frame);
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[Integer.BYTES + random.nextInt(bytes.length - Integer.BYTES)] = (byte) random.nextInt();
            }
            sendAndLeave(bytes);
        }
        assertBystanderIsServed();
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_FRAME_BYTES + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 0, 7})
    void aFrameOfForbiddenLengthEndsTheConnection(int length) throws IOException {
        try (RawClient client = service.connect()) {
            client.sendBytes(ByteBuffer.allocate(4).putInt(length).array());

            client.awaitClosed();
        }
        assertBystanderIsServed();
    }

    @Test
    void anHttpClientIsDisconnected() throws IOException {
        try (RawClient client = service.connect()) {
            client.sendBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            client.awaitClosed();
        }
    }

    @Test
    void whatWasAskedBeforeTheGarbageIsAnswered() throws IOException {
        try (RawClient client = service.connect()) {
            int id = client.send(Requests.produce(9, topic, 0, Requests.records("a")));
            client.sendBytes(new byte[] {-1, -1, -1, -1});

            ProduceResponse response = client.receive(ApiKeys.PRODUCE, (short) 9, id);
            assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
            client.awaitClosed();
        }
    }

    @Test
    void anAbsurdArrayLengthAllocatesNothing() {
        ByteBuffer body = ByteBuffer.allocate(64 << 20);
        body.putInt(0, Integer.MAX_VALUE / 4);
        FrameReader reader = new FrameReader(body);

        assertThat(reader.remaining()).isEqualTo(FrameReader.FIELDS_LIMIT);
        assertThatThrownBy(() -> AbstractRequest.parseRequest(ApiKeys.METADATA, (short) 1, reader))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("Tried to allocate a collection");
    }

    @Test
    void aRequestOfTooManyFieldsIsRefused() {
        ByteBuffer body = ByteBuffer.allocate(64 << 20);
        body.putInt(0, FrameReader.FIELDS_LIMIT - 1);

        assertThatThrownBy(() -> AbstractRequest.parseRequest(ApiKeys.METADATA, (short) 8, new FrameReader(body)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("fields");
    }

    @Test
    void oneConnectionTooManyIsClosedAndTheOthersStay() throws IOException {
        try (RawClient second = service.connect();
                RawClient third = service.connect()) {
            second.ask(Requests.any(ApiKeys.API_VERSIONS, 0, topic));
            third.ask(Requests.any(ApiKeys.API_VERSIONS, 0, topic));
            try (RawClient fourth = service.connect()) {
                fourth.awaitClosed();
            }
            second.ask(Requests.any(ApiKeys.API_VERSIONS, 0, topic));
        }
        assertBystanderIsServed();
    }

    /** Leaves once everything was read: the answer to a last request, or a closed connection, says so. */
    private void sendAndLeave(byte[] bytes) throws IOException {
        try (RawClient client = service.connect()) {
            client.sendBytes(bytes);
            client.endOfRequests();
            client.awaitClosed();
        } catch (java.net.SocketException e) {
            assertThat(e).as("disconnected while it was sending").hasNoCause();
        }
    }

    private void assertBystanderIsServed() throws IOException {
        ProduceResponse response = bystander.ask(Requests.produce(9, topic, 0, Requests.records("still here")));
        assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
    }

    private static ByteBuffer frame(AbstractRequest request) {
        return request.serializeWithHeader(new RequestHeader(request.apiKey(), request.version(), "raw", 1));
    }
}
