package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mainstem.broker.QueueSpec;
import io.mainstem.broker.Routing;
import io.mainstem.broker.Topic;
import io.mainstem.broker.TopicSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fetch gives, and how long it waits. */
class FetchTest {

    private static final short VERSION = 12;

    /** Longer than any test may take: who is answered was woken. */
    private static final int FOR_EVER_MILLIS = 600_000;

    private Service service;
    private Topic topic;
    private RawClient client;
    private int routersWatching;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory);
        topic = service.topic("events", 1);
        client = service.connect();
        routersWatching = service.engine.watches();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        service.close();
        assertThat(service.engine.openSlices()).isZero();
    }

    @Test
    void recordsComeFromTheFileAndTheFileStaysOpen() throws IOException {
        append("a");
        append("b");

        for (int round = 0; round < 3; round++) {
            PartitionData data = fetch(Requests.fetchData(VERSION, topic, 0));
            assertThat(values(data)).containsExactly("a", "b");
            assertThat(data.highWatermark()).isEqualTo(2);
            assertThat(data.lastStableOffset()).isEqualTo(2);
        }
        assertThat(service.engine.slices()).isEqualTo(3);
    }

    @Test
    void topicsInMemoryAreServedForAsLongAsAQueueNeedsTheirRecords() throws IOException {
        topic = service.broker
                .topics()
                .create(TopicSpec.routed("memory", Routing.ALL, true, false))
                .toCompletableFuture()
                .join();
        service.broker
                .queues()
                .declare(QueueSpec.durable("all"), null)
                .thenCompose(queue -> queue.bind(topic, "#"))
                .toCompletableFuture()
                .join();
        append("a");

        assertThat(values(fetch(Requests.fetchData(VERSION, topic, 0)))).containsExactly("a");
        assertThat(service.engine.slices()).isZero();
    }

    @Test
    void aWaitingFetchIsWokenByAnAppend() throws IOException {
        int id = client.send(Requests.request(
                ApiKeys.FETCH, VERSION, Requests.fetchData(VERSION, topic, 0).setMaxWaitMs(FOR_EVER_MILLIS)));
        awaitWaitingFetches(1);

        append("a");

        assertThat(values(receive(id))).containsExactly("a");
        awaitWaitingFetches(0);
    }

    @Test
    void aWaitingFetchWaitsForEnoughBytes() throws IOException {
        FetchRequestData request =
                Requests.fetchData(VERSION, topic, 0).setMinBytes(150).setMaxWaitMs(FOR_EVER_MILLIS);
        int id = client.send(Requests.request(ApiKeys.FETCH, VERSION, request));
        awaitWaitingFetches(1);
        append("a");
        append("b");
        append("c");

        PartitionData data = receive(id);
        assertThat(data.records().sizeInBytes()).isGreaterThanOrEqualTo(150);
    }

    @Test
    void withNothingToWaitForTheAnswerIsEmpty() throws IOException {
        PartitionData data = fetch(Requests.fetchData(VERSION, topic, 0));

        assertThat(data.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(data.records().sizeInBytes()).isZero();
    }

    @Test
    void whatIsNotDurableIsNotSeen() throws IOException {
        service.engine.hold("events");
        append("a");

        PartitionData data = fetch(Requests.fetchData(VERSION, topic, 0));

        assertThat(data.records().sizeInBytes()).isZero();
        assertThat(data.highWatermark()).isZero();
        service.engine.release(false);
    }

    @Test
    void theWaitingFetchOfADeadConnectionIsDropped() throws IOException {
        client.send(Requests.request(
                ApiKeys.FETCH, VERSION, Requests.fetchData(VERSION, topic, 0).setMaxWaitMs(FOR_EVER_MILLIS)));
        awaitWaitingFetches(1);

        client.close();

        awaitWaitingFetches(0);
    }

    @Test
    void aWaitingFetchIsAnsweredWhenTheListenerCloses() throws IOException {
        int id = client.send(Requests.request(
                ApiKeys.FETCH, VERSION, Requests.fetchData(VERSION, topic, 0).setMaxWaitMs(FOR_EVER_MILLIS)));
        awaitWaitingFetches(1);

        service.listener.close();

        assertThat(receive(id).errorCode()).isEqualTo(Errors.NONE.code());
        client.awaitClosed();
    }

    @Test
    void outsideTheBoundsIsAnError() throws IOException {
        append("a");

        assertThat(fetch(Requests.fetchData(VERSION, topic, 5).setMaxWaitMs(FOR_EVER_MILLIS))
                        .errorCode())
                .isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void theResponseIsBoundedButHoldsOneBatch() throws IOException {
        append("a");
        append("b");

        assertThat(values(fetch(Requests.fetchData(VERSION, topic, 0).setMaxBytes(1))))
                .containsExactly("a");
    }

    @Test
    void aSessionThatNobodyOpenedIsUnknown() throws IOException {
        FetchRequestData request =
                Requests.fetchData(VERSION, topic, 0).setSessionId(5).setSessionEpoch(3);

        FetchResponse response = client.ask(Requests.request(ApiKeys.FETCH, VERSION, request));

        assertThat(response.error()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    private void append(String value) {
        MemoryRecords records = Requests.records(value);
        ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
        bytes.put(records.buffer()).flip();
        var unused = topic.append(0, bytes);
    }

    private PartitionData fetch(FetchRequestData request) throws IOException {
        return receive(client.send(Requests.request(ApiKeys.FETCH, VERSION, request)));
    }

    private PartitionData receive(int id) throws IOException {
        FetchResponse response = client.receive(ApiKeys.FETCH, VERSION, id);
        return response.data().responses().get(0).partitions().get(0);
    }

    private static List<String> values(PartitionData data) {
        return java.util.stream.StreamSupport.stream(
                        ((MemoryRecords) data.records()).records().spliterator(), false)
                .map(record -> java.nio.charset.StandardCharsets.UTF_8
                        .decode(record.value())
                        .toString())
                .toList();
    }

    private void awaitWaitingFetches(int fetches) {
        await().atMost(Service.DEADLINE).until(() -> service.engine.watches() - routersWatching == fetches);
    }
}
