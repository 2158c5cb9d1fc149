package io.mainstem.bench.inprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All stores do the same work. Chronicle Queue wants a JVM of its own: see {@link JmhRunTest}. */
class StoreTest {

    private static final int LOGS = 3;
    private static final int ROUNDS = 5;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_NONE,
            names = {"CHRONICLE.*", "ONE_FILE_AGAIN"})
    void whatIsAppendedIsReadInBatchesAgainAndAgain(StoreKind kind) {
        try (Store store = kind.open(directory, LOGS)) {
            for (int round = 0; round < ROUNDS; round++) {
                store.append();
            }
            for (int read = 0; read < 2 * ROUNDS * LOGS + 1; read++) {
                assertThat(store.read()).isEqualTo(Store.BATCH_BYTES);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "FILES.*|ONE_FILE")
    void aBareFileHasTheBytesAndNothingElse(StoreKind kind) throws IOException {
        try (Store store = kind.open(directory, LOGS)) {
            store.append();
            store.append();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isEqualTo(2L * LOGS * Store.BATCH_BYTES);
        }
    }

    @Test
    void aFileThatIsWrittenAgainDoesNotGrow() {
        long before;
        try (Store store = StoreKind.ONE_FILE_AGAIN.open(directory, LOGS)) {
            before = directory.resolve("file-0").toFile().length();
            for (long written = 0; written <= before; written += LOGS * Store.BATCH_BYTES) {
                store.append();
            }
        }
        assertThat(directory.resolve("file-0")).hasSize(before);
    }
}
