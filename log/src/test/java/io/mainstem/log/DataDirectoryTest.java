package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.log.DataDirectoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a data directory, and what happens to one that is not as it was left. */
class DataDirectoryTest {

    private static final LogId LOG = new LogId("orders", 0, 0);

    @TempDir
    Path temporary;

    @Test
    void aDirectoryThatIsInUseNamesTheProcess() {
        try (Engine holder = LocalEngine.open(temporary, LocalOptions.defaults())) {
            assertThat(holder.local()).isPresent();
            assertThatThrownBy(() -> LocalEngine.open(temporary, LocalOptions.defaults()))
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .asInstanceOf(type(DataDirectoryException.class))
                    .returns(Kind.HELD, DataDirectoryException::kind);
        }
        LocalEngine.open(temporary, LocalOptions.defaults()).close();
    }

    @Test
    void anUnknownFormatIsRefusedAndNothingIsChanged() throws IOException {
        LocalEngine.open(temporary, LocalOptions.defaults()).close();
        Files.writeString(temporary.resolve("format"), "mainstem data 2\n");
        List<String> before = everythingIn(temporary);
        assertThatThrownBy(() -> LocalEngine.open(temporary, LocalOptions.defaults()))
                .hasMessageContaining("mainstem data 2")
                .asInstanceOf(type(DataDirectoryException.class))
                .returns(Kind.UNKNOWN_FORMAT, DataDirectoryException::kind);
        assertThat(everythingIn(temporary)).isEqualTo(before);
    }

    @Test
    void aTornTailIsCut() throws IOException {
        Path data = temporary.resolve("data");
        appendAndClose(data, "a", "b");
        Files.delete(data.resolve("clean"));
        try (FileChannel segment = FileChannel.open(firstSegment(data), StandardOpenOption.APPEND)) {
            ByteBuffer torn = Batches.of("never acknowledged");
            segment.write(torn.limit(torn.limit() - 1));
        }
        try (Engine again = LocalEngine.open(data, LocalOptions.defaults())) {
            assertThat(EngineContract.await(again.open(new LogSpec(LOG, false))))
                    .isEqualTo(new Bounds(0, 2));
            assertThat(EngineContract.await(again.append(LOG, Batches.of("c")))).isEqualTo(2);
        }
    }

    @Test
    void aSegmentThatLostItsEndIsFilledFromTheJournal() throws IOException {
        Path copy = temporary.resolve("copy");
        copyWhileRunning(copy);
        Files.write(firstSegment(copy), new byte[0]);
        try (Engine again = LocalEngine.open(copy, LocalOptions.defaults())) {
            EngineContract.await(again.open(new LogSpec(LOG, false)));
            assertThat(Batches.records(EngineContract.await(again.read(LOG, 0, 1000))))
                    .containsExactly("0:a", "1:b");
        }
    }

    @Test
    void whatAKilledProcessLeavesHasEverythingThatWasAcknowledged() throws IOException {
        Path copy = temporary.resolve("copy");
        copyWhileRunning(copy);
        try (Engine again = LocalEngine.open(copy, LocalOptions.defaults())) {
            EngineContract.await(again.open(new LogSpec(LOG, false)));
            assertThat(Batches.records(EngineContract.await(again.read(LOG, 0, 1000))))
                    .containsExactly("0:a", "1:b");
        }
    }

    @Test
    void damageOfAcknowledgedRecordsIsReportedAndNothingIsCut() throws IOException {
        Path data = temporary.resolve("data");
        appendAndClose(data, "a", "b");
        try (FileChannel segment = FileChannel.open(firstSegment(data), StandardOpenOption.WRITE)) {
            segment.truncate(segment.size() - 1);
        }
        long size = Files.size(firstSegment(data));
        assertThatThrownBy(() -> LocalEngine.open(data, LocalOptions.defaults()))
                .asInstanceOf(type(DataDirectoryException.class))
                .returns(Kind.DAMAGED, DataDirectoryException::kind);
        assertThat(firstSegment(data)).hasSize(size);
    }

    @Test
    void aSegmentThatIsMissingInTheMiddleIsReported() throws IOException {
        assertThatAMissingSegmentIsReported(1);
    }

    @Test
    void aSegmentThatIsMissingBeforeTheLastIsReported() throws IOException {
        assertThatAMissingSegmentIsReported(3);
    }

    /** Of five, after a crash, when the journal has long had other things to vouch for. */
    private void assertThatAMissingSegmentIsReported(int number) throws IOException {
        Path data = temporary.resolve("data");
        LocalOptions small = LocalOptions.defaults().withSegmentBytes(100);
        try (Engine engine = LocalEngine.open(data, small)) {
            append(engine, "a", "b", "c", "d", "e");
        }
        Files.delete(data.resolve(Layout.CLEAN_MARKER));
        try (Stream<Path> journal = Files.list(data.resolve(Layout.JOURNAL))) {
            for (Path file : journal.toList()) {
                Files.delete(file);
            }
        }
        Path missing = data.resolve(Layout.segment(DirectoryName.of(LOG), number));
        Files.delete(missing);
        assertThatThrownBy(() -> LocalEngine.open(data, small))
                .asInstanceOf(type(DataDirectoryException.class))
                .returns(Kind.DAMAGED, DataDirectoryException::kind);
    }

    @Test
    void whatIsNoLogIsLeftAlone() throws IOException {
        Path data = temporary.resolve("data");
        appendAndClose(data, "a");
        Path stray = Files.writeString(data.resolve(Layout.LOGS).resolve(".DS_Store"), "stray");
        Files.createDirectory(data.resolve(Layout.LOGS).resolve("backup"));
        appendAndClose(data, "b");
        Files.delete(data.resolve(Layout.CLEAN_MARKER));
        appendAndClose(data, "c");
        assertThat(stray).hasContent("stray");
    }

    @Test
    void aMissingSegmentIsCalledMissingByItsWholePathAndItsLogCanBeGivenUp() throws IOException {
        Path data = temporary.resolve("data");
        appendAndClose(data, "a", "b");
        Files.delete(firstSegment(data));
        assertThatThrownBy(() -> LocalEngine.open(data, LocalOptions.defaults()))
                .hasMessageContaining(firstSegment(data) + " is missing")
                .hasMessageContaining("Restore it from a backup")
                .hasMessageEndingWith("remove its directory and the file " + data.resolve(Layout.CLEAN_MARKER));
        Files.delete(firstSegment(data).getParent());
        Files.delete(data.resolve(Layout.CLEAN_MARKER));
        appendAndClose(data, "c");
    }

    @Test
    void anyNameOfALogBecomesADirectoryOfItsOwn() {
        assertThat(DirectoryName.of(new LogId("orders.v2_x-y", 3, 4))).isEqualTo("orders.v2_x-y-3.4");
        assertThat(DirectoryName.of(new LogId("../Ä b", 0, 0))).isEqualTo("..%2F%C3%84%20b-0.0");
        String longName = "ö".repeat(127);
        assertThat(DirectoryName.of(new LogId(longName + "a", 0, 0)))
                .hasSizeLessThanOrEqualTo(DirectoryName.LONGEST)
                .isNotEqualTo(DirectoryName.of(new LogId(longName + "b", 0, 0)));
    }

    private static void appendAndClose(Path data, String... values) {
        try (Engine engine = LocalEngine.open(data, LocalOptions.defaults())) {
            append(engine, values);
        }
    }

    /** Copies a directory as it is while an engine has it open: what a SIGKILL would leave. */
    private void copyWhileRunning(Path copy) throws IOException {
        Path data = temporary.resolve("data");
        try (Engine engine = LocalEngine.open(data, LocalOptions.defaults());
                Stream<Path> files = Files.walk(data)) {
            append(engine, "a", "b");
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(data.relativize(file)));
            }
        }
    }

    private static void append(Engine engine, String... values) {
        EngineContract.await(engine.open(new LogSpec(LOG, false)));
        for (String value : values) {
            EngineContract.await(engine.append(LOG, Batches.of(value)));
        }
    }

    private static Path firstSegment(Path data) {
        return data.resolve(Layout.segment(DirectoryName.of(LOG), 0));
    }

    private static List<String> everythingIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(Path::toString).sorted().toList();
        }
    }
}
