package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the command line says when a broker does not start. */
class StartTest {

    private static final int DEADLINE_SECONDS = 30;

    @RegisterExtension
    final Scene scene = new Scene();

    private record Outcome(int status, String text) {}

    @Test
    void aSecondBrokerOnTheSameDirectoryIsToldWhoHoldsIt() throws Exception {
        BrokerProcess broker = scene.startBroker();
        Outcome second = run(
                "start",
                "--data",
                broker.dataDirectory().toString(),
                "--kafka",
                "127.0.0.1:0",
                "--amqp",
                "127.0.0.1:0");
        assertThat(second.status()).isNotZero();
        assertThat(second.text())
                .contains(Long.toString(broker.pid()))
                .contains(broker.dataDirectory().toString())
                .doesNotContain("\tat ");
        assertThat(broker.isAlive()).isTrue();
    }

    @Test
    void aBrokerThatWasKilledHoldsNothing() {
        BrokerProcess broker = scene.startBroker();
        broker.kill();
        broker.start();
        assertThat(broker.isAlive()).isTrue();
    }

    @Test
    void anAddressThatOtherMachinesReachIsRefused() throws Exception {
        Path data = scene.directory().resolve("data");
        Outcome refused = run("start", "--data", data.toString(), "--kafka", "0.0.0.0:0", "--amqp", "off");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.text()).contains("0.0.0.0:0").contains("--insecure").doesNotContain("\tat ");
    }

    @Test
    void anUnknownOptionInTheConfigurationIsNamed() throws Exception {
        Path configuration = scene.directory().resolve("mainstem.properties");
        Files.writeString(configuration, "kafka=127.0.0.1:0\nkafak=127.0.0.1:0\n");
        Outcome refused = run("start", "--config", configuration.toString());
        assertThat(refused.status()).isNotZero();
        assertThat(refused.text())
                .contains("kafak")
                .contains(configuration.toString())
                .doesNotContain("\tat ");
    }

    @Test
    void anUnknownOptionOfTheCommandLineIsNamed() throws Exception {
        Outcome refused = run("start", "--kafak", "127.0.0.1:0");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.text()).contains("--kafak").doesNotContain("\tat ");
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        BrokerProcess broker = scene.startBroker();
        Path data = scene.directory().resolve("data-of-another");
        Outcome refused = run("start", "--data", data.toString(), "--kafka", broker.kafka(), "--amqp", "off");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.text()).contains(broker.kafka()).doesNotContain("\tat ");
    }

    /** Runs a command line that ends by itself. */
    private Outcome run(String... arguments) throws IOException, InterruptedException {
        Path output = scene.directory().resolve("output.txt");
        Process process = new ProcessBuilder(BrokerProcess.command(arguments))
                .directory(scene.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        scene.closing(process::destroyForcibly);
        assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .as("it ends, see %s", output)
                .isTrue();
        return new Outcome(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    }
}
