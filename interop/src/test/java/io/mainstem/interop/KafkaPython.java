package io.mainstem.interop;

import java.util.ArrayList;
import java.util.List;

/** kafka-python, as Debian has it: {@code src/test/python/kafka_client.py}. */
final class KafkaPython {

    private KafkaPython() {}

    static ForeignProgram start(Scene scene, BrokerProcess broker, String command, String... arguments) {
        String script =
                Scene.interop().resolve("src/test/python/kafka_client.py").toString();
        List<String> all = new ArrayList<>(List.of(PikaConsumer.PYTHON, script, broker.kafka(), command));
        all.addAll(List.of(arguments));
        return scene.program("kafka-python-" + command, all.toArray(String[]::new))
                .start();
    }
}
