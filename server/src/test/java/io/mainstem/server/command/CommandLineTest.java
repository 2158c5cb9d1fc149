package io.mainstem.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.server.MainstemServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say about themselves, on the standard error. */
class CommandLineTest {

    @TempDir
    Path directory;

    private MainstemServer server;

    @BeforeEach
    void start() {
        server = MainstemServer.builder()
                .dataDirectory(directory.resolve("data"))
                .amqp("off")
                .start();
        assertThat(run(new TopicsCommand(), "create", "orders", "--partitions", "2"))
                .isEmpty();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x y", ".", "..", "a/b", "", "ü"})
    void aTopicThatKafkaClientsCouldNotUseIsNotMade(String name) {
        assertThat(run(new TopicsCommand(), "create", name)).contains("Kafka clients could not use a topic '" + name);
    }

    @Test
    void aSettingIsNotSetAndUnsetAtOnce() {
        assertThat(run(
                        new TopicsCommand(),
                        "configure",
                        "orders",
                        "--set",
                        "retention.ms=5",
                        "--unset",
                        "retention.ms"))
                .contains("--set and --unset both name 'retention.ms'");
    }

    @Test
    void aSeparatorThatIsNoneStoresNothingAndSaysSo() throws IOException {
        String said = run(new PublishCommand(), "orders", lines("a\n"), "--key-separator", "");
        assertThat(said).endsWith(". No line is stored");
    }

    @Test
    void aLineThatIsWrongEndsWhatIsStored() throws IOException {
        String said = run(new PublishCommand(), "orders", lines("a:1\nb:2\nc\nd:4\n"), "--key-separator", ":");
        assertThat(said).startsWith("line 3: ").endsWith("The first 2 lines are stored, the rest is not");
    }

    @Test
    void aTailBeyondTheEndSaysWhereTheEndIs() {
        assertThat(run(new TailCommand(), "orders", "--no-follow", "--from", "99", "--partition", "1"))
                .isEqualTo("mainstem: partition 1 ends at offset 0, before 99\n");
        assertThat(run(new TailCommand(), "orders", "--no-follow", "--from", "0"))
                .isEmpty();
    }

    @Test
    void millisecondsThatWereMeantAsATimeAreToldHowTimesAreWritten() {
        assertThat(run(new TailCommand(), "orders", "--no-follow", "--from", "1769848200000"))
                .containsOnlyOnce("a time is written like 2026-01-31T08:30:00Z");
    }

    @Test
    void aResetSaysThatTheGroupIsNewAndWhereThePartitionEnds() {
        assertThat(run(new GroupsCommand(), "reset", "billing", "--topic", "orders:1", "--to", "99"))
                .isEqualTo("mainstem: group 'billing' is new\nmainstem: partition 1 ends at offset 0, before 99\n");
        assertThat(run(new GroupsCommand(), "reset", "billing", "--topic", "orders:1", "--to", "end"))
                .isEmpty();
    }

    private String lines(String text) throws IOException {
        return Files.writeString(directory.resolve("lines.txt"), text).toString();
    }

    private String run(Object command, String... arguments) {
        return Spoken.by(directory.resolve("data"), command, arguments);
    }
}
