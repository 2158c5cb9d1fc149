package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** kafkajs on node, at the version that package.json names: {@code src/test/js}. */
final class KafkaJs {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private KafkaJs() {}

    /** The digests of all that the only log of a topic holds, in order. */
    static List<String> readDigests(Scene scene, BrokerProcess broker, String topic) {
        byte[] output = script(scene, "read.js", broker.kafka(), topic).start().output(DEADLINE);
        List<String> digests = new ArrayList<>();
        new String(output, StandardCharsets.US_ASCII).lines().forEach(line -> {
            String[] offsetAndDigest = line.split(" ", -1);
            assertThat(offsetAndDigest[0]).as("offset").isEqualTo(Integer.toString(digests.size()));
            digests.add(offsetAndDigest[1]);
        });
        return digests;
    }

    /** Publishes with kafkajs's own producer. */
    static void send(Scene scene, BrokerProcess broker, String topic, List<Entry> entries) throws IOException {
        ForeignProgram program =
                script(scene, "write.js", broker.kafka(), topic).start();
        try (OutputStream input = program.input()) {
            for (Entry entry : entries) {
                input.write(entry.base64Line());
            }
        }
        program.awaitSuccess(DEADLINE);
    }

    /** Runs a program of {@code src/test/js}. */
    static ForeignProgram start(Scene scene, BrokerProcess broker, String script, String... arguments) {
        List<String> all = new ArrayList<>(List.of(broker.kafka()));
        all.addAll(List.of(arguments));
        return script(scene, script, all.toArray(String[]::new)).start();
    }

    private static ForeignProgram.Builder script(Scene scene, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "node", Scene.interop().resolve("src/test/js").resolve(name).toString()));
        command.addAll(List.of(arguments));
        Path modules = install(scene).resolve("node_modules");
        return scene.program(name, command.toArray(String[]::new))
                .environment(Map.of("NODE_PATH", modules.toString(), "KAFKAJS_NO_PARTITIONER_WARNING", "1"));
    }

    /** Installs what package-lock.json says, once. */
    private static Path install(Scene scene) {
        Path directory = Scene.interop().resolve("target/node");
        Path installed = directory.resolve("node_modules/kafkajs/package.json");
        if (!Files.exists(installed)) {
            try {
                Files.createDirectories(directory);
                for (String file : List.of("package.json", "package-lock.json")) {
                    Files.copy(
                            Scene.interop().resolve(file),
                            directory.resolve(file),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            scene.program("npm", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                    .directory(directory)
                    .start()
                    .output(DEADLINE);
        }
        return directory;
    }
}
