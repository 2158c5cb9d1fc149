package io.mainstem.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.batch.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fuzzer that sees which code its inputs reach looks for bytes that our decoders do not expect. A finding stands in
 * the test's output, with the input that repeats it; {@code -Dmainstem.fuzz.runs=N} looks for longer.
 */
class DecoderFuzzTest {

    private static final String RUNS = System.getProperty("mainstem.fuzz.runs", "20000");
    private static final int MOST_MINUTES = 4;

    @TempDir
    Path directory;

    @Test
    void everyRequestIsReadOrRefused() throws Exception {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        for (ApiKeys key : ApiKeys.values()) {
            if (key.hasValidVersion()) {
                seed(corpus.resolve(key.name()), request(key, key.latestVersion(false)));
                seed(corpus.resolve(key.name() + "-oldest"), request(key, key.oldestVersion()));
            }
        }
        fuzz(RequestFuzz.class, corpus);
    }

    @Test
    void everyBatchIsReadOrRefused() throws Exception {
        Path corpus = Files.createDirectory(directory.resolve("corpus"));
        for (Compression compression : Compression.values()) {
            if (compression != Compression.UNKNOWN) {
                seed(corpus.resolve(compression.name()), batch(compression));
            }
        }
        fuzz(BatchFuzz.class, corpus);
    }

    private static void seed(Path file, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        Files.write(file, copy);
    }

    private static ByteBuffer request(ApiKeys key, short version) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(7)
                .setClientId("fuzz");
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, key.requestHeaderVersion(version))
                .buffer();
        ApiMessage body = key.messageType.newRequest();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer frame = ByteBuffer.allocate(head.remaining() + body.size(cache, version));
        frame.put(head);
        body.write(new ByteBufferAccessor(frame), cache, version);
        return frame.flip();
    }

    private static ByteBuffer batch(Compression compression) {
        return MemoryRecords.withRecords(
                        org.apache.kafka.common.compress.Compression.of(CompressionType.forName(
                                        compression.name().toLowerCase(Locale.ROOT)))
                                .build(),
                        new SimpleRecord(
                                1000, "key".getBytes(StandardCharsets.UTF_8), "value".getBytes(StandardCharsets.UTF_8)))
                .buffer();
    }

    private void fuzz(Class<?> target, Path corpus) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process fuzzer = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=io.mainstem.**",
                        "--reproducer_path=" + directory,
                        "-artifact_prefix=" + directory + "/",
                        "-seed=1",
                        "-max_len=2048",
                        "-rss_limit_mb=2048",
                        "-runs=" + RUNS,
                        corpus.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = fuzzer.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
        fuzzer.destroyForcibly();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as("the fuzzer has ended: %s", said).isTrue();
        assertThat(fuzzer.exitValue()).as("the fuzzer found: %s", said).isZero();
        assertThat(said).contains("Done " + RUNS + " runs");
    }
}
