package io.mainstem.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Spring application, {@code src/test/drivers/SpringDriver.java}, over kills of the broker and its own restart. */
@Tag("foreign")
class SpringTest {

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int ORDERS = 200;

    @RegisterExtension
    final Scene scene = new Scene();

    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    @Test
    void listenersHandleEveryOrderAndDeadLettersOverKills() throws IOException {
        BrokerProcess broker = scene.startBroker();
        Set<String> expected = new HashSet<>();
        try (ForeignProgram application = start(broker)) {
            send(application.input(), 0, expected);
            await("the first orders").atMost(DEADLINE).until(() -> said.containsAll(expected));
            broker.killAndRestart();
            send(application.input(), ORDERS, expected);
            await("orders after the kill").atMost(DEADLINE).until(() -> said.containsAll(expected));
            application.input().close();
            application.awaitSuccess(DEADLINE);
        }
        List<String> first = new ArrayList<>(said);
        said.clear();
        Set<String> further = new HashSet<>();
        try (ForeignProgram application = start(broker)) {
            send(application.input(), 2 * ORDERS, further);
            await("orders after the restart").atMost(DEADLINE).until(() -> said.containsAll(further));
            application.input().close();
            application.awaitSuccess(DEADLINE);
        }

        assertThat(new HashSet<>(first)).isEqualTo(expected);
        // it left in peace, having committed everything
        assertThat(said).containsExactlyInAnyOrderElementsOf(further);
    }

    private ForeignProgram start(BrokerProcess broker) {
        ForeignProgram application = JavaClients.fetch(scene, "spring")
                .compile("SpringDriver")
                .program("spring", "SpringDriver", broker.kafka())
                .start();
        application.eachLine(said::add);
        return application;
    }

    /** A line for each order, and what the application will say of it. */
    private static void send(OutputStream input, int first, Set<String> expected) throws IOException {
        for (int number = first; number < first + ORDERS; number++) {
            String order = (number % 50 == 7 ? "bad" : "order") + number;
            input.write(("customer" + number % 20 + " " + order + "\n").getBytes(US_ASCII));
            expected.add(order.startsWith("bad") ? "complained of " + order + " and said why" : "billed " + order);
        }
        input.flush();
    }
}
