package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** kafkajs on node, at the version that package.json names: {@code src/test/js}. */
final class KafkaJs {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private KafkaJs() {}

    /** The digests of all that the only log of a topic holds, in order. */
    static List<String> readDigests(Scene scene, BrokerProcess broker, String topic) {
        byte[] output = NodeModules.script(scene, "read.js", broker.kafka(), topic)
                .start()
                .output(DEADLINE);
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
                NodeModules.script(scene, "write.js", broker.kafka(), topic).start();
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
        return NodeModules.script(scene, script, all.toArray(String[]::new)).start();
    }
}
