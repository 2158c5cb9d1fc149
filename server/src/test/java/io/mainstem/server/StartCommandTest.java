package io.mainstem.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mainstem.log.Durability;
import io.mainstem.protocol.amqp.AmqpOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class StartCommandTest {

    @TempDir
    Path directory;

    @Test
    void withoutOptionsItIsSafeAndWhereClientsLook() {
        assertThat(parse()).isEqualTo(ServerConfiguration.DEFAULTS);
        assertThat(parse().durability()).isEqualTo(Durability.FSYNC);
        assertThat(parse().insecure()).isFalse();
    }

    @Test
    void theCommandLineWinsOverTheFileAndTheFileOverTheDefaults() throws IOException {
        Path file = file("""
                kafka=127.0.0.1:7001
                amqp = off
                amqp-virtual-hosts = staging, test
                durability=os
                ready-file=ready.json
                open-files=100
                housekeeping-millis=5000
                """);
        ServerConfiguration configuration =
                parse("--config", file.toString(), "--kafka", "[::1]:7002", "--open-files", "200");
        assertThat(configuration.openFiles()).isEqualTo(200);
        assertThat(configuration.housekeepingMillis()).isEqualTo(5_000);
        assertThat(configuration.kafka()).contains(new ListenAddress("::1", 7002));
        assertThat(configuration.amqp()).isEmpty();
        assertThat(configuration.amqpVirtualHosts()).containsExactlyInAnyOrder("staging", "test");
        assertThat(configuration.durability()).isEqualTo(Durability.OS);
        assertThat(configuration.readyFile()).contains(Path.of("ready.json"));
        assertThat(configuration.dataDirectory()).contains(Path.of("data"));
    }

    @Test
    void anUnknownOptionInTheFileIsNamed() throws IOException {
        Path file = file("kafak=127.0.0.1:7001\n");
        assertThatThrownBy(() -> parse("--config", file.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("unknown option 'kafak'")
                .hasMessageContaining("amqp-max-memory-percent")
                .hasMessageContaining("amqp-virtual-hosts, data, durability");
    }

    @Test
    void theFileSetsTheLimitsOfAmqp() throws IOException {
        Path file = file("""
                amqp-virtual-hosts=staging
                amqp-max-connections=100
                amqp-max-channels=16
                amqp-max-frame-bytes=8192
                amqp-max-message-bytes=1000000
                amqp-heartbeat-seconds=0
                amqp-consumer-timeout-millis=900000
                amqp-min-free-disk-bytes=2000000000
                amqp-max-memory-percent=40
                """);
        ServerConfiguration configuration = parse("--config", file.toString());
        AmqpOptions options = AmqpSetting.options(configuration.amqpVirtualHosts(), configuration.amqpSettings());
        AmqpOptions expected = AmqpOptions.builder()
                .virtualHosts(Set.of("staging"))
                .maxConnections(100)
                .maxChannels(16)
                .maxFrameBytes(8192)
                .maxBodyBytes(1_000_000)
                .heartbeat(Duration.ZERO)
                .acknowledgementTimeout(Duration.ofMinutes(15))
                .minFreeDiskBytes(2_000_000_000)
                .maxMemoryShare(0.4)
                .build();
        assertThat(options).isEqualTo(expected);
    }

    @Test
    void aLimitOfAmqpMayBeAtEitherEndOfItsRange() throws IOException {
        for (AmqpSetting setting : AmqpSetting.values()) {
            for (long value : new long[] {setting.min(), setting.max()}) {
                Path file = file(setting.key() + "=" + value);
                ServerConfiguration configuration = parse("--config", file.toString());
                assertThat(configuration.amqpSettings()).isEqualTo(Map.of(setting, value));
                assertThat(AmqpSetting.options(Set.of(), configuration.amqpSettings()))
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open-files=15",
                "open-files=99999999999",
                "open-files=all",
                "housekeeping-millis=0",
                "amqp-max-channels=65536",
                "amqp-max-frame-bytes=4095",
                "amqp-max-memory-percent=0.4",
                "amqp-heartbeat-seconds=-1"
            })
    void aNumberOutOfItsRangeIsRefusedByItsName(String line) throws IOException {
        Path file = file(line);
        assertThatThrownBy(() -> parse("--config", file.toString()).checked())
                .isInstanceOf(StartException.class)
                .hasMessageContaining(line.substring(0, line.indexOf('=')));
    }

    @Test
    void aFileThatIsNotThereIsTold() {
        assertThatThrownBy(() -> parse("--config", directory.resolve("none").toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("cannot read the configuration file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "9092", ":9092", "localhost", "localhost:", "localhost:x", "localhost:65536", "a:-1"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("'" + text + "' is no address");
    }

    @ParameterizedTest
    @CsvSource({"localhost:0, localhost:0", "[::1]:5672, [::1]:5672", "127.0.0.1:9092, 127.0.0.1:9092"})
    void anAddressIsWrittenAsItIsRead(String text, String written) {
        assertThat(ListenAddress.parse(text).map(ListenAddress::toString)).isEqualTo(Optional.of(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:0", "[::]:0"})
    void onlyLoopbackIsSafe(String text) {
        ListenAddress address = ListenAddress.parse(text).orElseThrow();
        assertThatThrownBy(address::checkLoopback).isInstanceOf(StartException.class);
        ListenAddress.parse("127.0.0.1:0").orElseThrow().checkLoopback();
        ListenAddress.parse("[::1]:0").orElseThrow().checkLoopback();
    }

    private Path file(String content) throws IOException {
        return Files.write(directory.resolve("mainstem.properties"), content.getBytes(StandardCharsets.UTF_8));
    }

    private static ServerConfiguration parse(String... arguments) {
        StartCommand command = new StartCommand();
        new CommandLine(command).parseArgs(arguments);
        return command.configuration();
    }
}
