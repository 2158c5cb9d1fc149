package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogSpec;
import io.mainstem.log.disk.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many logs in one process: what a start opens, and what stays open. */
class CleanStartTest {

    private static final int LOGS = Integer.getInteger("mainstem.logs", 500);

    @TempDir
    Path directory;

    private FileDisk disk;
    private LocalEngine engine;

    @Test
    void aStartAfterACleanShutdownOpensNoLog() throws IOException {
        start(LocalOptions.defaults());
        appendToEach();
        engine.close();
        start(LocalOptions.defaults());
        openEach();
        assertThat(disk.openFileCount()).as("files open besides the journal").isLessThanOrEqualTo(2);
        for (int log = 0; log < LOGS; log += 50) {
            assertThat(engine.bounds(id(log))).isEqualTo(new Bounds(0, 1));
            assertThat(Batches.records(EngineContract.await(engine.read(id(log), 0, 1))))
                    .containsExactly("0:" + log);
        }
        engine.close();
    }

    @Test
    void openFilesAreBoundedHoweverManyLogsAreUsed() throws IOException {
        LocalOptions options = LocalOptions.defaults().withOpenFiles(40);
        start(options);
        appendToEach();
        for (int log = 0; log < LOGS; log++) {
            assertThat(Batches.records(EngineContract.await(engine.read(id(log), 0, 1))))
                    .containsExactly("0:" + log);
            assertThat(disk.openFileCount()).isLessThanOrEqualTo(options.openFiles());
        }
        engine.close();
        assertThat(disk.openFileCount()).isZero();
    }

    @Test
    void aLogThatIsGoneSinceTheShutdownIsMissed() throws IOException {
        start(LocalOptions.defaults());
        appendToEach();
        engine.close();
        Path log = directory.resolve(Layout.logDirectory(DirectoryName.of(id(3))));
        Files.move(log, directory.resolve("elsewhere"));
        assertThatThrownBy(() -> start(LocalOptions.defaults()))
                .hasMessageContaining(log.getFileName().toString())
                .asInstanceOf(type(DataDirectoryException.class))
                .returns(DataDirectoryException.Kind.DAMAGED, DataDirectoryException::kind);
    }

    @Test
    void aRottenCheckpointIsNotBelieved() throws IOException {
        start(LocalOptions.defaults());
        appendToEach();
        engine.close();
        Path checkpoint = directory.resolve(Layout.CLEAN_MARKER);
        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[bytes.length / 2] ^= 1;
        Files.write(checkpoint, bytes);
        start(LocalOptions.defaults());
        openEach();
        assertThat(engine.bounds(id(1))).isEqualTo(new Bounds(0, 1));
        engine.close();
    }

    @Test
    void rotInWhatWasThereAtTheLastShutdownIsNotTakenForATornTail() throws IOException {
        start(LocalOptions.defaults());
        openEach();
        for (int i = 0; i < 30; i++) {
            EngineContract.await(engine.append(id(0), Batches.of("x".repeat(100_000))));
        }
        engine.close();
        start(LocalOptions.defaults());
        EngineContract.await(engine.open(new LogSpec(id(0), false)));
        EngineContract.await(engine.append(id(0), Batches.of("one more")));
        engine.close();
        Files.delete(directory.resolve(Layout.CLEAN_MARKER)); // as if it had crashed
        try (FileChannel segment = FileChannel.open(
                directory.resolve(Layout.segment(DirectoryName.of(id(0)), 0)), StandardOpenOption.WRITE)) {
            segment.write(ByteBuffer.wrap(new byte[] {'y'}), 150_000);
        }
        assertThatThrownBy(() -> start(LocalOptions.defaults()))
                .asInstanceOf(type(DataDirectoryException.class))
                .returns(DataDirectoryException.Kind.DAMAGED, DataDirectoryException::kind);
    }

    private void start(LocalOptions options) throws IOException {
        disk = new FileDisk(directory, options.openFiles());
        Lifecycle lifecycle = new Lifecycle();
        DurableStore store = new DurableStore(disk, options, new RecoveryChecks(), lifecycle);
        store.start();
        engine = LocalEngine.over(store, options, lifecycle);
    }

    private void openEach() {
        List<CompletionStage<Bounds>> opened = new ArrayList<>();
        for (int log = 0; log < LOGS; log++) {
            opened.add(engine.open(new LogSpec(id(log), false)));
        }
        opened.forEach(EngineContract::await);
    }

    private void appendToEach() {
        openEach();
        List<CompletionStage<Long>> appends = new ArrayList<>();
        for (int log = 0; log < LOGS; log++) {
            appends.add(engine.append(id(log), Batches.of(Integer.toString(log))));
        }
        appends.forEach(EngineContract::await);
    }

    private static LogId id(int log) {
        return new LogId("log", log, 0);
    }
}
