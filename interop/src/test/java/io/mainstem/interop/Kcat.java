package io.mainstem.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** kcat, a client on librdkafka. Keys and records end with control characters that no record here contains. */
final class Kcat {

    private static final String KEY_END = "\u001f";
    private static final String RECORD_END = "\u001e";

    private Kcat() {}

    /** Publishes, entry by entry, what it is given, idempotently and patient over restarts. */
    static final class Producer implements AutoCloseable {

        private final ForeignProgram program;
        private final OutputStream input;

        Producer(Scene scene, BrokerProcess broker, String topic, String... options) {
            List<String> command = new ArrayList<>(List.of(
                    "kcat",
                    "-P",
                    "-b",
                    broker.kafka(),
                    "-t",
                    topic,
                    "-D",
                    "\\x1e",
                    "-K",
                    "\\x1f",
                    "-X",
                    "enable.idempotence=true",
                    // a broker that is down for a while is no reason to end
                    "-E",
                    "-X",
                    "reconnect.backoff.max.ms=200",
                    // little under way, so that kcat has not read everything when the broker is killed
                    "-X",
                    "queue.buffering.max.messages=2000"));
            command.addAll(List.of(options));
            program = scene.program("kcat-producer", command.toArray(String[]::new))
                    .start();
            input = new BufferedOutputStream(program.input(), 1 << 16);
        }

        /** May wait for kcat, which waits for the broker. */
        void send(Entry entry) throws IOException {
            input.write((entry.key() + KEY_END + entry.value() + RECORD_END).getBytes(ISO_8859_1));
        }

        void send(List<Entry> entries) throws IOException {
            for (Entry entry : entries) {
                send(entry);
            }
        }

        /** Waits until all is confirmed. */
        void finish(Duration deadline) throws IOException {
            input.close();
            program.awaitSuccess(deadline);
        }

        @Override
        public void close() {
            program.close();
        }
    }

    /**
     * Reads so many records as a member of a group, commits them and leaves; prints partition, offset and key of each.
     */
    static ForeignProgram group(Scene scene, BrokerProcess broker, String group, String topic, int count) {
        return scene.program(
                        "kcat-group",
                        "kcat",
                        "-b",
                        broker.kafka(),
                        "-X",
                        "auto.offset.reset=earliest",
                        "-c",
                        Integer.toString(count),
                        "-q",
                        "-u",
                        "-f",
                        "%p %o %k\\n",
                        "-G",
                        group,
                        topic)
                .start();
    }

    /** All that a topic holds, from the start. */
    static List<Entry> readAll(Scene scene, BrokerProcess broker, String topic) {
        byte[] output = scene.program(
                        "kcat-consumer",
                        "kcat",
                        "-C",
                        "-b",
                        broker.kafka(),
                        "-t",
                        topic,
                        "-o",
                        "beginning",
                        "-e",
                        "-q",
                        "-D",
                        "\\x1e",
                        "-K",
                        "\\x1f",
                        // checks the CRC of what it reads
                        "-X",
                        "check.crcs=true")
                .start()
                .output(Duration.ofMinutes(2));
        List<Entry> entries = new ArrayList<>();
        String text = new String(output, ISO_8859_1);
        int start = 0;
        while (start < text.length()) {
            int keyEnd = text.indexOf(KEY_END, start);
            int recordEnd = text.indexOf(RECORD_END, keyEnd);
            entries.add(new Entry(text.substring(start, keyEnd), text.substring(keyEnd + 1, recordEnd)));
            start = recordEnd + 1;
        }
        return entries;
    }
}
