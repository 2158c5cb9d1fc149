package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's PerfTest in its modes: each ends by itself when it has received what it has sent. */
@Tag("foreign")
class PerfTestTest {

    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int CONCURRENT = 3;
    private static final Pattern RECEIVED = Pattern.compile("receiving rate avg: (\\d+) msg/s");

    /** By what they are about; each with a queue of its own. */
    private static final Map<String, String> MODES = new LinkedHashMap<>();

    static {
        MODES.put("as it is", "-C 1000 -D 1000");
        MODES.put("persistent with confirms", "-f persistent -ad false -c 100 -q 50 -C 1000 -D 1000");
        MODES.put("one confirm at a time", "-c 1 -C 100 -D 100");
        MODES.put("several acknowledgements at once", "-q 50 -A 10 -C 1000 -D 1000");
        MODES.put("without acknowledgements", "-a -C 1000 -D 1000");
        MODES.put("quorum queue", "-qq -ad false -c 100 -q 100 -C 1000 -D 1000");
        MODES.put("stream", "-p -sq -sb -ad false -c 100 -q 100 -sco first -C 1000 -D 1000");
        MODES.put("producers and consumers", "-x 3 -y 2 -q 20 -z 3");
        MODES.put("transactions", "-m 10 -n 10 -C 200 -D 200");
        MODES.put("rejections", "-na -re false -C 500 -D 500");
        MODES.put("rates", "-r 500 -R 500 -C 500 -D 500");
        MODES.put("intervals", "-P 0.1 -pst 1 -x 2 -C 10 -D 20");
        MODES.put("slow consumer", "-L 1000 -q 10 -C 300 -D 300");
        MODES.put("sizes", "-vs 100:1 -vs 100000:1 -r 500 -z 3");
        MODES.put("rates that vary", "-vr 500:1 -vr 100:1 -z 3");
        MODES.put("JSON", "-jb -s 2000 -bc 5 -bfc 20 -C 500 -D 500");
        MODES.put("polling", "-po -C 300 -D 300");
        MODES.put("mandatory", "-f mandatory -f persistent -c 10 -C 500 -D 500");
        MODES.put("routing keys", "-t fanout -e perf-fanout -K -C 500 -D 500");
        MODES.put("exclusive queues", "-E -C 500 -D 500");
        MODES.put("queues in sequence", "-qp perf-%d -qpf 1 -qpt 3 -x 3 -y 3 -C 200 -D 200");
        MODES.put("prefetch of the channel", "-Q 10 -C 500 -D 500");
        MODES.put("predeclared", "-p -ad false -C 500 -D 500");
        MODES.put("small frames and heartbeats", "-M 4096 -b 1 -s 20000 -C 200 -D 200");
        MODES.put("properties", "-mp priority=5,kind=test -qa x-max-priority=10 -C 500 -D 500");
        MODES.put("limited queue", "-qa x-max-length=10,x-overflow=reject-publish -c 5 -C 500 -z 3");
        MODES.put("until empty", "-C 500 -ew empty");
    }

    @RegisterExtension
    final Scene scene = new Scene();

    @TestFactory
    Stream<DynamicTest> messagesFlowInEachMode() throws Exception {
        BrokerProcess broker = scene.startBroker();
        JavaClients jars = JavaClients.fetch(scene, "perf-test");
        predeclare(broker);
        ExecutorService runners = Executors.newFixedThreadPool(CONCURRENT);
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, String> mode : MODES.entrySet()) {
            CompletableFuture<Integer> run = CompletableFuture.supplyAsync(
                    () -> received(jars, broker, mode.getKey(), mode.getValue()), runners);
            tests.add(DynamicTest.dynamicTest(
                    mode.getKey(), () -> assertThat(run.join()).isPositive()));
        }
        runners.shutdown();
        return tests.stream();
    }

    private static void predeclare(BrokerProcess broker) throws IOException {
        try (Connection connection = Rabbit.connect(broker)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("direct", "direct", true);
            channel.queueDeclare(queue("predeclared"), true, false, false, null);
            channel.queueBind(queue("predeclared"), "direct", "predeclared");
            channel.queueDeclare(queue("stream"), true, false, false, Map.of("x-queue-type", "stream"));
        }
    }

    private static String queue(String mode) {
        return "perf " + mode;
    }

    /** The messages a second that it says it has received. */
    private static int received(JavaClients jars, BrokerProcess broker, String mode, String options) {
        List<String> arguments = new ArrayList<>(List.of("-h", "amqp://" + broker.amqp(), "-k", mode));
        if (!options.contains("-E") && !options.contains("-qp")) {
            arguments.addAll(List.of("-u", queue(mode)));
        }
        if (options.contains("-sb")) {
            // a stream is what is published to the exchange of its name
            arguments.addAll(List.of("-e", queue(mode)));
        }
        arguments.addAll(List.of(options.split(" ")));
        List<String> said = jars.program(
                        "perf-" + mode.replace(' ', '-'),
                        "com.rabbitmq.perf.PerfTest",
                        arguments.toArray(String[]::new))
                .start()
                .lines(DEADLINE);
        Matcher rate = RECEIVED.matcher(String.join("\n", said));
        return rate.find() ? Integer.parseInt(rate.group(1)) : 0;
    }
}
