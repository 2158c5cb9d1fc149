package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A worker of Kafka Connect that copies the lines of one file to the topic {@code lines}, and the topic to another
 * file. It can be ended and started again.
 */
final class ConnectWorker {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Scene scene;
    private final BrokerProcess broker;
    private final int port = FreePorts.next();
    private final Path input;
    private final Path output;
    private ForeignProgram process;
    private int starts;

    ConnectWorker(Scene scene, BrokerProcess broker) {
        this.scene = scene;
        this.broker = broker;
        this.input = scene.directory().resolve("input.txt");
        this.output = scene.directory().resolve("output.txt");
    }

    /** Alone, with its offsets in a file. */
    void startStandalone() {
        Map<String, String> worker = workerProperties();
        worker.put(
                "offset.storage.file.filename",
                scene.directory().resolve("offsets").toString());
        start(
                "ConnectStandalone",
                write("worker", worker),
                write("source", sourceProperties()),
                write("sink", sinkProperties()));
    }

    /** As the only member of a cluster of workers, with all that it knows in compacted topics. */
    void startDistributed() {
        Map<String, String> worker = workerProperties();
        worker.put("group.id", "workers");
        for (String kind : List.of("config", "offset", "status")) {
            worker.put(kind + ".storage.topic", "connect-" + kind);
            worker.put(kind + ".storage.replication.factor", "1");
        }
        start("ConnectDistributed", write("worker", worker));
    }

    /** Asks the cluster for the two connectors, over HTTP. */
    void createConnectors() {
        put(sourceProperties());
        put(sinkProperties());
    }

    /** As SIGTERM does. */
    void terminate() {
        process.terminate(DEADLINE);
    }

    void kill() {
        process.close();
    }

    /** Appends so many lines, numbered from here on. */
    List<String> append(int first, int count) throws IOException {
        List<String> lines = IntStream.range(first, first + count)
                .mapToObj(number -> "line " + number)
                .toList();
        Files.write(input, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return lines;
    }

    /** Waits until the other file holds them. */
    void awaitOutput(List<String> lines) {
        await("lines in " + output)
                .atMost(DEADLINE)
                .failFast("the worker has ended, see " + process.log(), () -> !process.isAlive())
                .until(() -> output().containsAll(lines));
    }

    List<String> output() throws IOException {
        return Files.exists(output) ? Files.readAllLines(output) : List.of();
    }

    private void start(String mainClass, String... files) {
        starts++;
        process = JavaClients.fetch(scene, "connect")
                .program("connect-" + starts, "org.apache.kafka.connect.cli." + mainClass, files)
                .start();
        process.eachLine(line -> {});
    }

    private Map<String, String> workerProperties() {
        Map<String, String> worker = new LinkedHashMap<>();
        worker.put("bootstrap.servers", broker.kafka());
        worker.put("listeners", "http://127.0.0.1:" + port);
        worker.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        worker.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        worker.put("offset.flush.interval.ms", "500");
        worker.put("plugin.discovery", "service_load");
        return worker;
    }

    private Map<String, String> sourceProperties() {
        Map<String, String> source = new LinkedHashMap<>();
        source.put("name", "source");
        source.put("connector.class", "FileStreamSource");
        source.put("file", input.toString());
        source.put("topic", "lines");
        return source;
    }

    private Map<String, String> sinkProperties() {
        Map<String, String> sink = new LinkedHashMap<>();
        sink.put("name", "sink");
        sink.put("connector.class", "FileStreamSink");
        sink.put("file", output.toString());
        sink.put("topics", "lines");
        return sink;
    }

    private String write(String name, Map<String, String> properties) {
        Path file = scene.directory().resolve(name + ".properties");
        List<String> lines = new ArrayList<>();
        properties.forEach((key, value) -> lines.add(key + "=" + value));
        try {
            return Files.write(file, lines).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(Map<String, String> properties) {
        String json = properties.entrySet().stream()
                .map(property -> "\"" + property.getKey() + "\": \"" + property.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/connectors/" + properties.get("name") + "/config"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .build();
        await("connector " + properties.get("name"))
                .atMost(DEADLINE)
                .failFast("the worker has ended, see " + process.log(), () -> !process.isAlive())
                .until(() -> isAccepted(request));
    }

    private static boolean isAccepted(HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isNotEqualTo(400);
            return response.statusCode() < 300;
        } catch (IOException e) {
            // it does not listen yet
            return false;
        }
    }
}
