package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mainstem.broker.Topic;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a producer is told, and when. */
class ProduceTest {

    private static final short VERSION = 9;

    private Service service;
    private Topic topic;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        service = Service.start(directory, KafkaOptions.defaults().withMaxRequestsInFlight(4));
        topic = service.topic("events", 2);
        client = service.connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        service.engine.release(false);
        service.close();
    }

    @Test
    void nothingIsAcknowledgedBeforeItsAppendIsDone() throws IOException {
        service.engine.hold("events");
        int first = client.send(produce(0, Requests.records("a")));
        awaitHeld(1);

        // An answer that must come after the first: if it came now, so would an answer that was given too early.
        int second = client.send(Requests.any(ApiKeys.API_VERSIONS, 4, topic));
        assertThat(topic.bounds(0).durableEndOffset()).isZero();
        service.engine.release(false);

        assertThat(offset(first)).isZero();
        client.receive(ApiKeys.API_VERSIONS, (short) 4, second);
    }

    @Test
    void pipelinedRequestsDoNotWaitForEachOtherAndAreAnsweredInOrder() throws IOException {
        service.engine.hold("events");
        int first = client.send(produce(0, Requests.records("a")));
        int second = client.send(produce(1, Requests.records("b")));
        awaitHeld(2);

        service.engine.release(true);

        assertThat(offset(first)).isZero();
        assertThat(offset(second)).isZero();
    }

    @Test
    void aClientWithTooManyRequestsInFlightIsNotReadFrom() throws IOException {
        service.engine.hold("events");
        int[] ids = new int[20];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = client.send(produce(0, Requests.records("v" + i)));
        }
        awaitHeld(4);
        try (RawClient other = service.connect()) {
            other.ask(Requests.any(ApiKeys.API_VERSIONS, 4, topic));
        }
        assertThat(service.engine.heldAppends()).isEqualTo(4);

        service.engine.release(false);

        for (int i = 0; i < ids.length; i++) {
            assertThat(offset(ids[i])).isEqualTo(i);
        }
    }

    @Test
    void aClientWithTooManyBytesInFlightIsNotReadFrom() throws IOException {
        String limit = Long.toString(Connection.MAX_UNANSWERED_BYTES);
        service.broker
                .topics()
                .configure("events", set -> Map.of("max.message.bytes", limit))
                .toCompletableFuture()
                .join();
        service.engine.hold("events");
        String mebibytes = "x".repeat((int) (Connection.MAX_UNANSWERED_BYTES / 2));
        int first = client.send(produce(0, Requests.records(mebibytes)));
        int second = client.send(produce(0, Requests.records(mebibytes)));
        int third = client.send(produce(0, Requests.records("small")));
        awaitHeld(2);
        try (RawClient other = service.connect()) {
            other.ask(Requests.any(ApiKeys.API_VERSIONS, 4, topic));
        }
        assertThat(service.engine.heldAppends()).isEqualTo(2);

        service.engine.release(false);

        assertThat(offset(first)).isEqualTo(0);
        assertThat(offset(second)).isEqualTo(1);
        assertThat(offset(third)).isEqualTo(2);
    }

    @Test
    void aBatchIsWholeThoughItsConnectionIsGone() throws Exception {
        service.engine.hold("events");
        client.send(produce(0, Requests.records("a", "b")));
        awaitHeld(1);

        client.close();
        service.engine.release(false);

        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(2);
    }

    @Test
    void withoutAcknowledgementThereIsNoAnswer() throws IOException {
        client.send(Requests.produce(VERSION, topic, 0, Requests.records("a"), 0));
        int next = client.send(Requests.any(ApiKeys.API_VERSIONS, 4, topic));

        client.receive(ApiKeys.API_VERSIONS, (short) 4, next);
        assertThat(topic.bounds(0).durableEndOffset()).isEqualTo(1);
    }

    @Test
    void withoutAcknowledgementAFailureEndsTheConnection() throws IOException {
        client.send(Requests.produce(VERSION, topic, 7, Requests.records("a"), 0));

        client.awaitClosed();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -2, 100})
    void otherAcknowledgementsAreRefused(int acks) throws IOException {
        assertRefused(Requests.produce(VERSION, topic, 0, Requests.records("a"), acks), Errors.INVALID_REQUIRED_ACKS);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyFailureOfTheStoreHasAName(Kind kind) throws IOException {
        service.engine.fail(kind);

        ProduceResponse response = client.ask(produce(0, Requests.records("a")));

        assertThat(response.errorCounts()).doesNotContainKeys(Errors.NONE, Errors.UNKNOWN_SERVER_ERROR);
        service.engine.fail(null);
    }

    @Test
    void anUnknownOutcomeIsToBeTriedAgain() {
        Errors error = Failures.errorOf(new EngineException(Kind.UNKNOWN_OUTCOME, "maybe"));

        assertThat(error.exception()).isInstanceOf(org.apache.kafka.common.errors.RetriableException.class);
    }

    @Test
    void aFlippedBitIsNoticed() throws IOException {
        ByteBuffer bytes = copy(Requests.records("value"));
        bytes.put(bytes.limit() - 3, (byte) (bytes.get(bytes.limit() - 3) ^ 1));

        assertRefused(produce(0, MemoryRecords.readableRecords(bytes)), Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aTruncatedBatchIsNoticed() throws IOException {
        ByteBuffer bytes = copy(Requests.records("value"));
        bytes.limit(bytes.limit() - 1);

        assertRefused(produce(0, MemoryRecords.readableRecords(bytes)), Errors.INVALID_RECORD);
    }

    @Test
    void anUnknownFormatIsTakenForDamage() throws IOException {
        ByteBuffer bytes = copy(Requests.records("value"));
        bytes.put(RecordBatch.MAGIC, (byte) 3);

        assertRefused(produce(0, MemoryRecords.readableRecords(bytes)), Errors.CORRUPT_MESSAGE);
    }

    @Test
    void twoBatchesForOnePartitionAreRefused() throws IOException {
        ByteBuffer one = copy(Requests.records("value"));
        ByteBuffer two = ByteBuffer.allocate(2 * one.remaining());
        two.put(one.duplicate()).put(one.duplicate()).flip();

        assertRefused(produce(0, MemoryRecords.readableRecords(two)), Errors.INVALID_RECORD);
    }

    @Test
    void noBatchIsRefused() throws IOException {
        assertRefused(produce(0, MemoryRecords.EMPTY), Errors.INVALID_RECORD);
    }

    @Test
    void anOldFormatIsRefused() throws IOException {
        MemoryRecords old = MemoryRecords.withRecords((byte) 1, Compression.NONE, new SimpleRecord(1, new byte[100]));

        assertRefused(produce(0, old), Errors.INVALID_RECORD);
    }

    @Test
    void transactionsAreRefused() throws IOException {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE, 1L, (short) 0, 0, new SimpleRecord(1, new byte[1]));

        assertRefused(produce(0, records), Errors.INVALID_TXN_STATE);
    }

    @Test
    void controlRecordsAreTheBrokersOwn() throws IOException {
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                1L, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0));

        assertRefused(produce(0, marker), Errors.INVALID_RECORD);
    }

    private AbstractRequest produce(int partition, MemoryRecords records) {
        return Requests.produce(VERSION, topic, partition, records);
    }

    private void assertRefused(AbstractRequest request, Errors expected) throws IOException {
        ProduceResponse response = client.ask(request);

        assertThat(response.errorCounts()).containsOnlyKeys(expected);
        assertThat(topic.bounds(0).durableEndOffset()).isZero();
    }

    private long offset(int id) throws IOException {
        ProduceResponse response = client.receive(ApiKeys.PRODUCE, VERSION, id);
        assertThat(response.errorCounts()).containsOnlyKeys(Errors.NONE);
        return response.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .get(0)
                .baseOffset();
    }

    private void awaitHeld(int appends) {
        await().atMost(Service.DEADLINE).until(() -> service.engine.heldAppends() == appends);
    }

    private static ByteBuffer copy(MemoryRecords records) {
        ByteBuffer bytes = records.buffer();
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }
}
