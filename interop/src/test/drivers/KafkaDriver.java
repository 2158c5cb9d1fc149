import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What applications do with Kafka's Java client before version 4, in a process of its own, compiled with each version
 * that is tried. A failure ends the process with its stack trace.
 */
public final class KafkaDriver {

    private static final long POLL_MILLIS = 100;

    private final String bootstrap;
    private final PrintStream output = new PrintStream(System.out, true, StandardCharsets.US_ASCII);

    private KafkaDriver(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    public static void main(String[] arguments) throws Exception {
        KafkaDriver driver = new KafkaDriver(arguments[0]);
        String topic = arguments[2];
        String[] rest = Arrays.copyOfRange(arguments, 3, arguments.length);
        switch (arguments[1]) {
            case "produce" -> driver.produce(topic, rest);
            case "read" -> driver.read(topic);
            case "group" -> driver.readInGroup(topic, rest[0], Integer.parseInt(rest[1]));
            case "times" -> driver.offsetsForTimes(topic, rest);
            case "create" -> driver.create(topic, Integer.parseInt(rest[0]));
            case "describe" -> driver.describe(topic);
            case "configs" -> driver.describeConfigs(topic);
            case "configure" -> driver.alterConfigs(topic, rest);
            case "delete" -> driver.delete(topic);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    /**
     * Reads lines of key and value in base64, the same share for each compression; prints the offsets they are given.
     */
    private void produce(String topic, String[] compressions) throws Exception {
        List<String> lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))
                .lines()
                .collect(Collectors.toList());
        int share = (lines.size() + compressions.length - 1) / compressions.length;
        for (int index = 0; index < compressions.length; index++) {
            int first = Math.min(lines.size(), index * share);
            produce(topic, compressions[index], lines.subList(first, Math.min(lines.size(), first + share)));
        }
    }

    private void produce(String topic, String compression, List<String> lines) throws Exception {
        Map<String, Object> options = options();
        options.put("compression.type", compression);
        options.put("enable.idempotence", true);
        options.put("acks", "all");
        options.put("linger.ms", 20);
        // version 0.11 wants exactly this with idempotence
        options.put("max.in.flight.requests.per.connection", 1);
        Base64.Decoder base64 = Base64.getDecoder();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String line : lines) {
                String[] keyAndValue = line.split(" ", -1);
                byte[] key = base64.decode(keyAndValue[0]);
                sent.add(producer.send(new ProducerRecord<>(topic, key, base64.decode(keyAndValue[1]))));
            }
        }
        for (Future<RecordMetadata> future : sent) {
            output.println(future.get().offset());
        }
    }

    /** Assigns every partition itself, seeks to the start of each, and prints what they hold. */
    private void read(String topic) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(options())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
            long remaining = 0;
            for (Map.Entry<TopicPartition, Long> end :
                    consumer.endOffsets(partitions).entrySet()) {
                remaining += end.getValue() - starts.get(end.getKey());
            }
            while (remaining > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_MILLIS)) {
                    print(record);
                    remaining--;
                }
            }
        }
    }

    /** Subscribes, prints so many records at least, commits what it has printed, and leaves. */
    private void readInGroup(String topic, String group, int count) throws Exception {
        Map<String, Object> options = options();
        options.put("group.id", group);
        options.put("auto.offset.reset", "earliest");
        options.put("max.poll.records", 50);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(options)) {
            consumer.subscribe(Collections.singletonList(topic));
            int printed = 0;
            while (printed < count) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_MILLIS)) {
                    print(record);
                    printed++;
                }
                consumer.commitSync();
            }
        }
    }

    /** Prints, for each time, the first record of partition 0 that is not older. */
    private void offsetsForTimes(String topic, String[] times) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(options())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            for (String time : times) {
                OffsetAndTimestamp found = consumer.offsetsForTimes(
                                Collections.singletonMap(partition, Long.parseLong(time)))
                        .get(partition);
                output.println(found == null ? "none" : found.offset() + " " + found.timestamp());
            }
        }
    }

    private void create(String topic, int partitions) throws Exception {
        try (AdminClient admin = AdminClient.create(options())) {
            admin.createTopics(Collections.singleton(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private void describe(String topic) throws Exception {
        try (AdminClient admin = AdminClient.create(options())) {
            output.println("listed " + admin.listTopics().names().get().contains(topic));
            TopicDescription description = admin.describeTopics(Collections.singleton(topic))
                    .all()
                    .get()
                    .get(topic);
            output.println("partitions " + description.partitions().size());
            output.println("nodes " + admin.describeCluster().nodes().get().size());
        }
    }

    private void describeConfigs(String topic) throws Exception {
        try (AdminClient admin = AdminClient.create(options())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            Config config = admin.describeConfigs(Collections.singleton(resource))
                    .all()
                    .get()
                    .get(resource);
            for (ConfigEntry entry : config.entries()) {
                output.println(entry.name() + "=" + entry.value() + (entry.isDefault() ? " by default" : ""));
            }
        }
    }

    /** Replaces all configs of a topic by those given as {@code name=value}. */
    private void alterConfigs(String topic, String[] configs) throws Exception {
        List<ConfigEntry> entries = new ArrayList<>();
        for (String config : configs) {
            String[] nameAndValue = config.split("=", 2);
            entries.add(new ConfigEntry(nameAndValue[0], nameAndValue[1]));
        }
        try (AdminClient admin = AdminClient.create(options())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.alterConfigs(Collections.singletonMap(resource, new Config(entries)))
                    .all()
                    .get();
        }
    }

    private void delete(String topic) throws Exception {
        try (AdminClient admin = AdminClient.create(options())) {
            admin.deleteTopics(Collections.singleton(topic)).all().get();
        }
    }

    private void print(ConsumerRecord<byte[], byte[]> record) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(record.key());
        sha256.update((byte) 0);
        output.println(record.partition() + " " + record.offset() + " "
                + HexFormat.of().formatHex(sha256.digest(record.value())));
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new HashMap<>();
        options.put("bootstrap.servers", bootstrap);
        return options;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> options) {
        options.put("enable.auto.commit", false);
        return new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
