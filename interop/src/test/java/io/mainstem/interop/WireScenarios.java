package io.mainstem.interop;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** What no well-behaved client sends, and what an idempotent producer sends after a failure. */
final class WireScenarios {

    private static final short PRODUCE_VERSION = 9;

    private WireScenarios() {}

    static List<Scenario<KafkaStage>> all() {
        return List.of(
                new Scenario<>("wire-garbage", WireScenarios::garbage),
                new Scenario<>("wire-sequences", WireScenarios::sequences),
                new Scenario<>("wire-batches", WireScenarios::batches));
    }

    private static void garbage(KafkaStage stage, String name) throws IOException {
        see(stage, "a frame of no bytes", bytes(0));
        see(stage, "a negative length", bytes(-5));
        see(stage, "a frame of two gigabytes", bytes(Integer.MAX_VALUE));
        see(stage, "an unknown key", header((short) 4242, (short) 0));
        see(stage, "an unknown version", header(ApiKeys.METADATA.id, (short) 99));
        see(stage, "a removed version", header(ApiKeys.PRODUCE.id, (short) 0));
        see(stage, "text", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        see(stage, "a request that ends early", header(ApiKeys.METADATA.id, (short) 1));
        see(stage, "an absurd array length", absurdArray());
        stage.see(
                "it still serves " + name,
                !KafkaStage.get(stage.admin().describeCluster().nodes()).isEmpty());
        try (Socket socket = connect(stage)) {
            // with a header that may have tagged fields, as every newer one
            send(
                    socket,
                    framed(ByteBuffer.allocate(13)
                            .putShort(ApiKeys.API_VERSIONS.id)
                            .putShort((short) 99)
                            .putInt(1)
                            .putShort((short) 2)
                            .put(new byte[] {'m', 'e', 0})
                            .array()));
            ByteBuffer answer = receive(socket);
            answer.getInt();
            stage.see(
                    "newer ApiVersions",
                    Errors.forCode(new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0).errorCode()));
        }
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] header(short key, short version) {
        // key, version, correlation id, client id
        return framed(ByteBuffer.allocate(12)
                .putShort(key)
                .putShort(version)
                .putInt(1)
                .putShort((short) 2)
                .put(new byte[] {'m', 'e'})
                .array());
    }

    private static byte[] absurdArray() {
        return framed(ByteBuffer.allocate(16)
                .putShort(ApiKeys.METADATA.id)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) 2)
                .put(new byte[] {'m', 'e'})
                .putInt(2_000_000_000)
                .array());
    }

    private static byte[] framed(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    /** Sees whether there is an answer, or the connection is closed. */
    private static void see(KafkaStage stage, String what, byte[] sent) throws IOException {
        try (Socket socket = connect(stage)) {
            try {
                send(socket, sent);
                receive(socket);
                stage.see(what, "answered");
            } catch (EOFException | SocketException e) {
                stage.see(what, "closed");
            } catch (SocketTimeoutException e) {
                stage.see(what, "nothing");
            }
        }
    }

    private static Socket connect(KafkaStage stage) throws IOException {
        String[] address = stage.bootstrap().split(":", 2);
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])), 10_000);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(bytes);
        out.flush();
    }

    private static ByteBuffer receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return ByteBuffer.wrap(body);
    }

    private static void sequences(KafkaStage stage, String name) throws IOException {
        TopicScenarios.make(stage, List.of(name));
        try (Socket socket = connect(stage)) {
            long producer = 987_654_321_000L + name.hashCode();
            seeProduce(stage, "first", socket, name, idempotent(producer, 0, 0));
            seeProduce(stage, "second", socket, name, idempotent(producer, 0, 1));
            seeProduce(stage, "second again", socket, name, idempotent(producer, 0, 1));
            seeProduce(stage, "first again", socket, name, idempotent(producer, 0, 0));
            seeProduce(stage, "a gap", socket, name, idempotent(producer, 0, 9));
            for (int sequence = 2; sequence < 8; sequence++) {
                seeProduce(stage, "number " + sequence, socket, name, idempotent(producer, 0, sequence));
            }
            seeProduce(stage, "the second of eight again", socket, name, idempotent(producer, 0, 1));
            seeProduce(stage, "the fourth of eight again", socket, name, idempotent(producer, 0, 3));
            seeProduce(stage, "a new epoch in the middle", socket, name, idempotent(producer, 1, 5));
            seeProduce(stage, "a new epoch", socket, name, idempotent(producer, 1, 0));
            seeProduce(stage, "the old epoch", socket, name, idempotent(producer, 0, 8));
        }
        stage.see("the end", OffsetScenarios.end(stage, name, 0));
    }

    private static ByteBuffer idempotent(long producer, int epoch, int sequence) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE,
                        producer,
                        (short) epoch,
                        sequence,
                        new SimpleRecord(System.currentTimeMillis(), "k".getBytes(StandardCharsets.UTF_8), new byte[3]))
                .buffer();
    }

    private static void batches(KafkaStage stage, String name) throws IOException {
        TopicScenarios.make(stage, List.of(name));
        // the partition is led by somebody once this is known
        stage.see("the beginning", OffsetScenarios.end(stage, name, 0));
        try (Socket socket = connect(stage)) {
            seeProduce(stage, "sound", socket, name, plain());
            ByteBuffer wrongSum = plain();
            wrongSum.put(wrongSum.limit() - 1, (byte) 77);
            seeProduce(stage, "a wrong sum", socket, name, wrongSum);
            ByteBuffer shortened = plain();
            shortened.limit(shortened.limit() - 5);
            seeProduce(stage, "cut short", socket, name, shortened);
            ByteBuffer two = ByteBuffer.allocate(1000).put(plain()).put(plain()).flip();
            seeProduce(stage, "two batches", socket, name, two);
            seeProduce(stage, "nothing", socket, name, ByteBuffer.allocate(0));
            ByteBuffer magic = plain();
            magic.put(16, (byte) 3);
            seeProduce(stage, "another magic", socket, name, magic);
            seeProduce(stage, "garbage", socket, name, ByteBuffer.wrap(new byte[100]));
        }
        stage.see("the end", OffsetScenarios.end(stage, name, 0));
    }

    private static ByteBuffer plain() {
        return MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(System.currentTimeMillis(), new byte[3], new byte[3]))
                .buffer();
    }

    /** One produce request with whatever bytes; sees the error and the offset, or that the connection is closed. */
    private static void seeProduce(KafkaStage stage, String what, Socket socket, String topic, ByteBuffer records)
            throws IOException {
        var partition = new ProduceRequestData.PartitionProduceData()
                .setIndex(0)
                .setRecords(MemoryRecords.readableRecords(records));
        var topics = new ProduceRequestData.TopicProduceDataCollection(
                List.of(new ProduceRequestData.TopicProduceData().setName(topic).setPartitionData(List.of(partition)))
                        .iterator());
        ProduceRequest request = new ProduceRequest(
                new ProduceRequestData()
                        .setAcks((short) -1)
                        .setTimeoutMs(10_000)
                        .setTopicData(topics),
                PRODUCE_VERSION);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, PRODUCE_VERSION, "me", 1);
        try {
            ByteBuffer frame = request.serializeWithHeader(header);
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            send(socket, framed(bytes));
            ByteBuffer answer = receive(socket);
            // correlation id and no tagged fields
            answer.position(5);
            var answered = ProduceResponse.parse(new ByteBufferAccessor(answer), PRODUCE_VERSION)
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0);
            stage.see(what, Errors.forCode(answered.errorCode()) + " " + answered.baseOffset());
        } catch (EOFException | SocketException e) {
            stage.see(what, "closed");
        }
    }
}
