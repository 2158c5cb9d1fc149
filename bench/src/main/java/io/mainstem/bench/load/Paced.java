package io.mainstem.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mainstem.bench.peer.PeerException;
import io.mainstem.bench.result.Sample;
import java.time.Duration;
import java.util.List;

/**
 * Loads at a fixed rate that both can hold, with the peers' unmodified clients, each run in a process of its own. The
 * peers' tools measure from when their client took a message, so that one that holds its client up looks fast.
 */
public final class Paced {

    /** How long after the last message was sent its answer may come. */
    static final long LAST_SECONDS = 30;

    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String FAILURE = "no figures: ";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String address;
    private final Pace pace;

    /** @param address of the server, as host and port */
    public Paced(String address, Pace pace) {
        this.address = address;
        this.pace = pace;
    }

    /**
     * Produces to a topic that is there with acks=all; the latencies are those up to the acknowledgement.
     *
     * @param lingerMillis for how long the client may wait for more before it sends a batch
     * @throws PeerException when the rate is not held
     */
    public Sample produce(String topic, int lingerMillis, int bytes) {
        return run(PacedProducer.class, topic, Integer.toString(lingerMillis), bytes);
    }

    /**
     * Publishes persistent messages to a queue of its own, and consumes and acknowledges them; the latencies are those
     * up to the delivery, and others up to the confirm.
     *
     * @param type of the queue, as RabbitMQ knows it
     * @throws PeerException when the rate is not held
     */
    public Sample publish(String queue, String type, int bytes) {
        return run(PacedPublisher.class, queue, type, bytes);
    }

    private Sample run(Class<?> program, String name, String setting, int bytes) {
        Tool tool = new Tool(System.getProperty("java.class.path", ""), DEADLINE);
        return sample(tool.run(program.getName(), new Run(address, name, setting, bytes, pace).arguments()));
    }

    static Sample sample(String printed) {
        String last = printed.lines().reduce("", (first, second) -> second);
        if (last.startsWith(FAILURE)) {
            throw new PeerException(last.substring(FAILURE.length()));
        }
        try {
            return JSON.readValue(last, Sample.class);
        } catch (JsonProcessingException e) {
            throw new PeerException(FAILURE + printed);
        }
    }

    /** What a program does. */
    interface Program {
        Sample run() throws Exception;
    }

    /** The last line of a program is its figures, or why there are none. */
    static void print(Program program) throws Exception {
        try {
            System.out.println(JSON.writeValueAsString(program.run()));
        } catch (PeerException e) {
            System.out.println(FAILURE + e.getMessage());
        }
    }

    /**
     * What one of the programs is told.
     *
     * @param name of the topic or the queue
     * @param setting its linger.ms, or the type of the queue
     */
    record Run(String address, String name, String setting, int bytes, Pace pace) {

        List<String> arguments() {
            return List.of(
                    address,
                    name,
                    setting,
                    Integer.toString(bytes),
                    Integer.toString(pace.perSecond()),
                    Integer.toString(pace.warmUpSeconds()),
                    Integer.toString(pace.seconds()));
        }

        static Run of(String... arguments) {
            Pace pace = new Pace(
                    Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
            return new Run(arguments[0], arguments[1], arguments[2], Integer.parseInt(arguments[3]), pace);
        }
    }
}
