package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that are many, or slow, or ask for much, cost a bounded amount of memory and disturb nobody. */
class CrowdTest {

    private static final int IDLE_CONNECTIONS = 5_000;
    private static final int CONNECTIONS_THAT_NEVER_READ = 40;
    private static final int FETCHES = 50;
    private static final int PARTITIONS = 100_000;
    private static final int RECORDS = 200;
    private static final long MOST_MEBIBYTES = 200;
    private static final short FETCH_VERSION = 11;
    private static final int TIMEOUT_MILLIS = 60_000;

    @RegisterExtension
    final Scene scene = new Scene();

    private BrokerProcess broker;
    private List<Entry> entries;

    @BeforeEach
    void publish() {
        broker = scene.startBroker();
        entries = IntStream.range(0, RECORDS)
                .mapToObj(number -> new Entry("key", number + ":" + "x".repeat(100_000)))
                .toList();
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(broker)) {
            List<Future<RecordMetadata>> sent = entries.stream()
                    .map(entry -> producer.send(KafkaClients.record("events", entry)))
                    .toList();
            assertThat(sent).allSatisfy(each -> assertThat(each).succeedsWithin(Duration.ofMinutes(1)));
        }
        assertThatAllIsServed();
    }

    @Test
    void fiveThousandIdleConnectionsLeaveRoomForOthers() throws IOException {
        long before = residentMebibytes();
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                idle.add(SocketChannel.open(new InetSocketAddress(broker.host(), broker.kafkaPort())));
            }
            assertThatAllIsServed();
            assertThat(residentMebibytes() - before).isLessThan(MOST_MEBIBYTES);
        } finally {
            for (SocketChannel each : idle) {
                each.close();
            }
        }
        assertThatAllIsServed();
    }

    @Test
    void clientsThatNeverReadCostBoundedMemory() throws IOException {
        long before = residentMebibytes();
        byte[] fetch = fetch(1);
        List<Socket> connections = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS_THAT_NEVER_READ; i++) {
                Socket socket = connect();
                connections.add(socket);
                for (int each = 0; each < FETCHES; each++) {
                    socket.getOutputStream().write(fetch);
                }
            }
            assertThatAllIsServed();
            assertThat(residentMebibytes() - before).isLessThan(MOST_MEBIBYTES);
        } finally {
            for (Socket each : connections) {
                each.close();
            }
        }
    }

    @Test
    void aFetchOfAHundredThousandPartitionsIsAnsweredOrRefused() throws IOException {
        long before = residentMebibytes();
        for (int i = 0; i < 5; i++) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(fetch(PARTITIONS));
                assertThat(awaitAnswerOrEnd(socket)).isTrue();
            }
        }
        assertThatAllIsServed();
        assertThat(residentMebibytes() - before).isLessThan(MOST_MEBIBYTES);
    }

    private static boolean awaitAnswerOrEnd(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            byte[] length = in.readNBytes(4);
            if (length.length == 4) {
                in.skipNBytes(ByteBuffer.wrap(length).getInt());
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private void assertThatAllIsServed() {
        KafkaClients.assertSame(KafkaClients.readAll(broker, "events"), entries, "somebody else");
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(broker.host(), broker.kafkaPort()), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** A fetch of so many partitions of the topic, of which there is one. */
    private static byte[] fetch(int partitions) {
        FetchTopic topic = new FetchTopic().setTopic("events");
        for (int partition = 0; partition < partitions; partition++) {
            topic.partitions()
                    .add(new FetchPartition()
                            .setPartition(partition)
                            .setFetchOffset(0)
                            .setLogStartOffset(-1)
                            .setPartitionMaxBytes(50 << 20));
        }
        FetchRequestData data = new FetchRequestData()
                .setMaxWaitMs(100)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setTopics(List.of(topic));
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(ApiKeys.FETCH.id)
                .setRequestApiVersion(FETCH_VERSION)
                .setCorrelationId(1)
                .setClientId("crowd");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, (short) 1).buffer();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer frame = ByteBuffer.allocate(4 + head.remaining() + data.size(cache, FETCH_VERSION));
        frame.putInt(frame.capacity() - 4).put(head);
        data.write(new ByteBufferAccessor(frame), cache, FETCH_VERSION);
        return frame.array();
    }

    private long residentMebibytes() throws IOException {
        String status =
                Files.readString(Path.of("/proc", Long.toString(broker.pid()), "status"), StandardCharsets.US_ASCII);
        String line = status.lines()
                .filter(each -> each.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
    }
}
