package io.mainstem.log;

import static io.mainstem.engine.LogPolicy.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs.Volume;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEngineTest extends EngineContract {

    @TempDir
    Path directory;

    @Override
    LocalEngine start() {
        return LocalEngine.open(directory, options());
    }

    @Test
    void recordsAreThereAfterARestart() {
        append(Batches.of("a", "b"));
        append(Batches.of("c"));
        engine().close();
        try (Engine again = start()) {
            assertThat(await(again.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(0, 3));
            assertThat(Batches.records(await(again.read(LOG, 0, 1000)))).containsExactly("0:a", "1:b", "2:c");
            assertThat(await(again.append(LOG, Batches.of("d")))).isEqualTo(3);
        }
    }

    @Test
    void aRetryIsKnownAfterARestart() {
        append(Batches.sequenced(7, 0, 0, "a"));
        append(Batches.sequenced(7, 0, 1, "b"));
        engine().close();
        try (Engine again = start()) {
            await(again.open(new LogSpec(LOG, false)));
            assertThat(await(again.append(LOG, Batches.sequenced(7, 0, 1, "b"))))
                    .isEqualTo(1);
        }
    }

    @Test
    void aLogIsDeletedThoughNobodyHasOpenedItSinceARestart() {
        append(Batches.of("a"));
        engine().close();
        try (Engine again = start()) {
            await(again.delete(LOG));
            assertThat(await(again.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(0, 0));
        }
    }

    @Test
    void aTrimmedLogBeginsWhereItDidBeforeARestart() {
        append(Batches.of("a", "b"));
        await(engine().trim(LOG, 2));
        engine().close();
        try (Engine again = start()) {
            assertThat(await(again.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(2, 2));
        }
    }

    @Test
    void aLogThatWasTrimmedInTheMiddleOfABatchBeginsThereAfterARestart() {
        append(Batches.of("a", "b"));
        await(engine().trim(LOG, 1));
        engine().close();
        try (Engine again = start()) {
            assertThat(await(again.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(1, 2));
            assertThat(failure(again.read(LOG, 0, 1))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        }
    }

    @Test
    void aSegmentIsFollowedByAnotherWhenItIsOldEnough() {
        LogPolicy policy = new LogPolicy(new Retention(UNLIMITED, UNLIMITED, 1), Optional.empty(), 1 << 20, 500);
        await(engine().configure(LOG, policy));
        append(Batches.at(nowMillis().get(), "a", "b"));
        nowMillis().addAndGet(499);
        await(engine().housekeep());
        append(Batches.of("c"));
        nowMillis().addAndGet(1);
        await(engine().housekeep()); // the segment is closed, and stays: it holds the newest record
        assertThat(engine().bounds(LOG)).isEqualTo(new Bounds(0, 3));
        append(Batches.of("d"));
        await(engine().housekeep());
        assertThat(engine().bounds(LOG)).isEqualTo(new Bounds(3, 4));
    }

    @Test
    void whatIsLetGoOfLeavesTheDisk() throws IOException {
        keep(new Retention(UNLIMITED, UNLIMITED, 1), Long.MAX_VALUE);
        appendEach("a", "b", "c");
        await(engine().housekeep());
        await(engine().trim(LOG, 2)); // done after what was begun before
        try (Stream<Path> files = Files.list(directory.resolve(Layout.logDirectory(DirectoryName.of(LOG))))) {
            assertThat(files.filter(file -> file.toString().endsWith(Layout.SEGMENT)))
                    .hasSize(1);
        }
    }

    @Test
    void housekeepingNeedsNobodyToAskForIt() {
        LogId memory = new LogId("transient", 0, 0);
        LogPolicy policy = new LogPolicy(new Retention(UNLIMITED, UNLIMITED, 1), Optional.empty(), 1, Long.MAX_VALUE);
        engine().close();
        try (Engine again = LocalEngine.open(directory, options().withHousekeepingMillis(1))) {
            for (LogId log : List.of(LOG, memory)) {
                await(again.open(new LogSpec(log, log.equals(memory), policy)));
                await(again.append(log, Batches.of("a")));
                await(again.append(log, Batches.of("b")));
                Awaitility.await()
                        .untilAsserted(() -> assertThat(again.bounds(log)).isEqualTo(new Bounds(1, 2)));
            }
        }
    }

    @Test
    void theVolumeSaysHowMuchTheDiskHolds() {
        Volume volume = engine().local().orElseThrow().volume();
        assertThat(volume.directory()).isEqualTo(directory.toString());
        assertThat(volume.usableBytes()).isPositive().isLessThan(volume.totalBytes());
    }

    @Test
    void logsInMemoryLieBesideDurableOnesAndEndWithTheProcess() {
        LogId memory = new LogId("transient", 0, 0);
        await(engine().open(new LogSpec(memory, true)));
        assertThat(await(engine().append(memory, Batches.of("gone")))).isEqualTo(0);
        append(Batches.of("kept"));
        engine().close();
        try (Engine again = start()) {
            assertThat(await(again.open(new LogSpec(memory, true)))).isEqualTo(new Bounds(0, 0));
            assertThat(await(again.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(0, 1));
        }
    }

    @Test
    void aSliceIsReadableUntilItIsClosedEvenWhenItsRecordsAreTrimmed() throws IOException {
        append(Batches.of("a"));
        append(Batches.of("b"));
        try (FileSlice slice =
                engine().local().orElseThrow().slice(LOG, 1, 1000).orElseThrow()) {
            await(engine().trim(LOG, 2));
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            slice.channel().read(bytes, slice.position());
            assertThat(Batches.records(bytes.flip())).containsExactly("1:b");
        }
    }

    @Test
    void aSliceAtTheDurableEndIsEmpty() {
        append(Batches.of("a"));
        try (FileSlice slice =
                engine().local().orElseThrow().slice(LOG, 1, 1000).orElseThrow()) {
            assertThat(slice.sizeInBytes()).isZero();
        }
    }

    @Test
    void anInterruptedReaderHarmsNobody() {
        append(Batches.of("a"));
        Thread.currentThread().interrupt();
        assertThat(read(0, 1000)).containsExactly("0:a");
        assertThat(Thread.interrupted()).isTrue();
        append(Batches.of("b"));
        assertThat(read(0, 1000)).containsExactly("0:a", "1:b");
    }
}
