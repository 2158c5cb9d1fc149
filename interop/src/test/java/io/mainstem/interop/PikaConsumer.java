package io.mainstem.interop;

import java.util.Set;

/** pika, Python's AMQP client, as a {@link QueueClient}: {@code src/test/python/consume.py}. */
final class PikaConsumer implements QueueClient {

    /** Debian's, which has python3-pika; another one on the path need not. */
    static final String PYTHON = "/usr/bin/python3";

    private final ForeignProgram program;
    private final History history;

    PikaConsumer(Scene scene, BrokerProcess broker, String queue, Set<String> seen) {
        history = new History("pika", seen);
        program = scene.program(
                        "pika-" + queue,
                        PYTHON,
                        Scene.interop().resolve("src/test/python/consume.py").toString(),
                        broker.host(),
                        Integer.toString(broker.amqpPort()),
                        queue,
                        MARKERS,
                        Integer.toString(MARKER_INTERVAL_MILLIS),
                        Integer.toString(PREFETCH))
                .start();
        program.eachLine(history::add);
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public boolean isAlive() {
        return program.isAlive();
    }

    @Override
    public void close() {
        program.close();
    }
}
