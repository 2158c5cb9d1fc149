package io.mainstem.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.server.MainstemServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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

    /** What it says on the standard error, or why it has failed. */
    private String run(Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(directory.resolve("data").toString());
        StringBuilder failure = new StringBuilder();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            new CommandLine(command)
                    .setExecutionExceptionHandler((failed, line, parsed) -> {
                        failure.append(failed.getMessage());
                        return 1;
                    })
                    .execute(all.toArray(String[]::new));
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8) + failure;
    }
}
