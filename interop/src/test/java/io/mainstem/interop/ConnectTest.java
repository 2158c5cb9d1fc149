package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka Connect, from a file through a topic to a file. */
@Tag("foreign")
class ConnectTest {

    private static final int LINES = 1_000;

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void aStandaloneWorkerGoesOnWhereItEnded() throws Exception {
        ConnectWorker worker = new ConnectWorker(scene, scene.startBroker());
        List<String> all = new ArrayList<>(worker.append(0, LINES));
        worker.startStandalone();
        worker.awaitOutput(all);
        worker.terminate();

        all.addAll(worker.append(LINES, LINES));
        worker.startStandalone();
        worker.awaitOutput(all);

        assertThat(worker.output()).isEqualTo(all);
    }

    @Test
    void aDistributedWorkerLosesNothingWhenBrokerAndWorkerAreKilled() throws Exception {
        BrokerProcess broker = scene.startBroker();
        ConnectWorker worker = new ConnectWorker(scene, broker);
        List<String> all = new ArrayList<>(worker.append(0, LINES));
        worker.startDistributed();
        worker.createConnectors();
        worker.awaitOutput(all);

        broker.killAndRestart();
        all.addAll(worker.append(LINES, LINES));
        worker.awaitOutput(all);

        worker.kill();
        broker.killAndRestart();
        all.addAll(worker.append(2 * LINES, LINES));
        worker.startDistributed();
        worker.awaitOutput(all);

        // what was under way may come twice, but in order
        assertThat(new LinkedHashSet<>(worker.output())).containsExactlyElementsOf(all);
    }
}
