package io.mainstem.bench.soak.client;

import io.mainstem.bench.soak.check.Message;
import io.mainstem.bench.soak.check.Source;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongToIntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An idempotent Kafka producer that writes to the partitions of a topic in turn, to each from a source of its own. */
public final class StreamProducer extends Client {

    private static final int BUFFER_BYTES = 4 << 20;
    private static final int MAX_BLOCK_MILLIS = 5_000;
    private static final Duration CLOSE = Duration.ofSeconds(15);

    private final String topic;
    private final List<? extends Source> sources;
    private final LongToIntFunction keyOf;
    private final Load load;
    private volatile boolean fatal;
    private int turn;

    /**
     * @param sources one for each partition
     * @param keyOf which key a number of a source gets
     */
    public StreamProducer(
            Target target, String topic, List<? extends Source> sources, LongToIntFunction keyOf, Load load) {
        super(target, "producer of " + topic);
        this.topic = topic;
        this.sources = sources;
        this.keyOf = keyOf;
        this.load = load;
    }

    @Override
    void connectAndWork() throws InterruptedException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                target().kafka(),
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                5,
                "buffer.memory",
                BUFFER_BYTES,
                "max.block.ms",
                MAX_BLOCK_MILLIS,
                "reconnect.backoff.max.ms",
                200);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            fatal = false;
            Pace pace = new Pace(load.perSecond());
            while (!isEnded() && !fatal) {
                pace.await();
                send(producer);
            }
        } catch (KafkaException e) {
            // this producer has come to its end, as is said of its last records; a new one goes on
            Thread.sleep(MAX_BLOCK_MILLIS / 10);
        } finally {
            producer.close(CLOSE);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer) {
        int partition = turn;
        turn = (turn + 1) % sources.size();
        Source source = sources.get(partition);
        Message message = source.next();
        byte[] key = ByteBuffer.allocate(Integer.BYTES)
                .putInt(keyOf.applyAsInt(message.sequence()))
                .array();
        var unused = producer.send(
                new ProducerRecord<>(topic, partition, key, message.encode(load.bytes())), (metadata, exception) -> {
                    if (exception == null) {
                        source.acknowledged(message.sequence());
                    } else if (!(exception instanceof org.apache.kafka.common.errors.RetriableException)) {
                        fatal = true;
                    }
                });
    }
}
