package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers learn of a disk's bad days, step by step. */
class DiskFaultTest {

    private static final LogId LOG = new LogId("events", 0, 0);
    private static final LocalOptions OPTIONS = LocalOptions.defaults()
            .withCommitLimits(1000, 1000)
            .withQueuedBytes(1000)
            .withJournalBytes(5000);

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private Lifecycle lifecycle = new Lifecycle();
    private DurableStore store;
    private LocalEngine engine;

    DiskFaultTest() throws IOException {
        store = new DurableStore(disk, OPTIONS, new RecoveryChecks(), lifecycle);
        engine = LocalEngine.over(store, OPTIONS, lifecycle);
    }

    @BeforeEach
    void open() {
        step(engine.open(new LogSpec(LOG, false)));
    }

    @Test
    void nothingIsDurableBeforeTheCommit() {
        CompletableFuture<Long> append = engine.append(LOG, Batches.of("a")).toCompletableFuture();
        assertThat(append).isNotDone();
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 0));
        step(append);
        assertThat(append).isCompletedWithValue(0L);
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 1));
    }

    @Test
    void aFailedSyncStopsTheEngineAndItsAppendsHaveAnUnknownOutcome() {
        CompletionStage<Long> underWay = engine.append(LOG, Batches.of("a"));
        disk.failSyncAfter(0);
        assertThat(EngineContract.failure(step(underWay))).isEqualTo(Kind.UNKNOWN_OUTCOME);
        assertThat(EngineContract.failure(engine.append(LOG, Batches.of("b")))).isEqualTo(Kind.CLOSED);
        assertThat(EngineContract.failure(engine.read(LOG, 0, 100))).isEqualTo(Kind.CLOSED);
    }

    @Test
    void aStoppedEngineDoesNotPassForCleanlyClosed() {
        CompletionStage<Long> underWay = engine.append(LOG, Batches.of("a"));
        disk.failSyncAfter(0);
        step(underWay);
        engine.close();
        assertThat(disk.list(Layout.ROOT)).doesNotContain(Layout.CLEAN_MARKER);
    }

    @Test
    void aFullDiskRefusesAppendsAndTakesThemAgainWhenThereIsRoom() throws IOException {
        step(engine.append(LOG, Batches.of("a")));
        disk.limit(disk.usedBytes());
        assertThat(EngineContract.failure(step(engine.append(LOG, Batches.of("b")))))
                .isEqualTo(Kind.STORE_FULL);
        disk.limit(Long.MAX_VALUE);
        assertThat(step(engine.append(LOG, Batches.of("c")))).isCompletedWithValue(1L);
        assertThat(Batches.records(EngineContract.await(engine.read(LOG, 0, 1000))))
                .containsExactly("0:a", "1:c");
    }

    @Test
    void aRefusedAppendLeavesNoTraceInProducersAndTerms() {
        Term term = EngineContract.await(step(engine.acquire(LOG)));
        disk.limit(disk.usedBytes());
        assertThat(EngineContract.failure(step(engine.acquire(LOG)))).isEqualTo(Kind.STORE_FULL);
        assertThat(EngineContract.failure(step(engine.append(LOG, Batches.sequenced(1, 0, 0, "a")))))
                .isEqualTo(Kind.STORE_FULL);
        disk.limit(Long.MAX_VALUE);
        assertThat(step(engine.append(term, Batches.of("b")))).isCompletedWithValue(1L);
        assertThat(step(engine.append(LOG, Batches.sequenced(1, 0, 0, "a")))).isCompletedWithValue(2L);
    }

    @Test
    void whatWaitsForTheDiskHasALimit() {
        String half = "x".repeat(400);
        CompletionStage<Long> first = engine.append(LOG, Batches.of(half));
        CompletionStage<Long> second = engine.append(LOG, Batches.of(half));
        assertThat(EngineContract.failure(engine.append(LOG, Batches.of(half)))).isEqualTo(Kind.OVERLOADED);
        assertThat(step(first)).isCompletedWithValue(0L);
        assertThat(step(second)).isCompletedWithValue(1L);
        assertThat(step(engine.append(LOG, Batches.of(half)))).isCompletedWithValue(2L);
    }

    @Test
    void appendsBehindADeletionAreRefusedAndThoseBeforeItAreDone() {
        CompletionStage<Long> before = engine.append(LOG, Batches.of("a"));
        CompletionStage<Void> deleted = engine.delete(LOG);
        assertThat(EngineContract.failure(engine.append(LOG, Batches.of("b")))).isEqualTo(Kind.UNKNOWN_LOG);
        assertThat(step(before)).isCompletedWithValue(0L);
        assertThat(step(deleted)).isCompleted();
        assertThat(disk.list(Layout.LOGS)).isEmpty();
    }

    @Test
    void whatAFailedSyncDroppedComesBackFromTheJournal() throws IOException {
        while (disk.list(Layout.JOURNAL).size() == 1) {
            step(engine.append(LOG, Batches.of("x".repeat(300))), store::stepCommitter);
        }
        Bounds acknowledged = engine.bounds(LOG);
        disk.failSyncAfter(0);
        store.stepBackground(); // the page cache now shows as clean what the disk does not have
        assertThat(lifecycle.hasStopped()).isTrue();
        disk.kill();
        restart();
        disk.losePowerAndAllThatIsUnsynced();
        restart();
        assertThat(EngineContract.await(step(engine.open(new LogSpec(LOG, false)))))
                .isEqualTo(acknowledged);
    }

    @Test
    void aLogThatIsBeingDeletedIsKeptWholeUntilItIsGone() {
        while (disk.list(Layout.JOURNAL).size() == 1) {
            assertThat(engine.append(LOG, Batches.of("x".repeat(300)))).isNotDone();
            store.stepCommitter();
        }
        assertThat(engine.delete(LOG)).isNotDone();
        store.stepCommitter();
        store.stepBackground(); // syncs what the first journal file vouches for, so that it can be used again
        disk.losePowerAndAllThatIsUnsynced();
        assertThat(disk.list(Layout.logDirectory(DirectoryName.of(LOG)))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aCrashInTheMiddleOfATrimDoesNotBringBackWhatWasTrimmedBefore(int changesBefore) throws IOException {
        step(engine.append(LOG, Batches.of("a", "b", "c")));
        step(engine.trim(LOG, 1));
        CompletionStage<Void> second = engine.trim(LOG, 3);
        disk.losePowerAfter(changesBefore);
        try {
            step(second);
        } catch (PowerLoss e) {
            // Or the engine stopped; it depends on who met it.
        }
        disk.kill();
        restart();
        assertThat(EngineContract.await(step(engine.open(new LogSpec(LOG, false))))
                        .firstOffset())
                .isIn(1L, 3L);
    }

    @Test
    void aRetryIsKnownAfterACrashThoughTheFirstCopyIsGone() throws IOException {
        step(engine.append(LOG, Batches.sequenced(7, 0, 0, "a")));
        step(engine.append(LOG, Batches.sequenced(7, 0, 1, "b")));
        step(engine.trim(LOG, 2));
        disk.losePowerAndAllThatIsUnsynced();
        restart();
        assertThat(EngineContract.await(step(engine.open(new LogSpec(LOG, false)))))
                .isEqualTo(new Bounds(2, 2));
        assertThat(step(engine.append(LOG, Batches.sequenced(7, 0, 1, "b")))).isCompletedWithValue(1L);
        assertThat(step(engine.append(LOG, Batches.sequenced(7, 0, 2, "c")))).isCompletedWithValue(2L);
    }

    @Test
    void aFullDiskStillLetsGoOfWhatIsTooOld() throws IOException {
        LogPolicy policy = new LogPolicy(
                new Retention(LogPolicy.UNLIMITED, LogPolicy.UNLIMITED, 1), Optional.empty(), 1, Long.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            step(engine.append(LOG, Batches.of("x".repeat(300))));
        }
        disk.limit(disk.usedBytes());
        assertThat(step(engine.configure(LOG, policy))).isCompleted();
        disk.limit(disk.usedBytes() + 1500);
        step(engine.append(LOG, Batches.of("y".repeat(300))), store::stepCommitter);
        disk.limit(disk.usedBytes()); // no room for the index of the segment that is closed now
        step(engine.housekeep(), store::stepCommitter);
        settle();
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(5, 6));
        assertThat(lifecycle.hasStopped()).isFalse();
    }

    @Test
    void aRetryIsKnownThoughTheFirstCopyWentWithoutRoomToRememberIt() throws IOException {
        step(engine.append(LOG, Batches.sequenced(7, 0, 0, "a")));
        disk.limit(disk.usedBytes());
        CompletionStage<Void> trim = step(engine.trim(LOG, 1));
        assertThat(trim).isCompleted();
        for (int crashes = 0; crashes < 2; crashes++) {
            disk.losePowerAndAllThatIsUnsynced();
            restart();
            assertThat(EngineContract.await(step(engine.open(new LogSpec(LOG, false)))))
                    .isEqualTo(new Bounds(1, 1));
            step(engine.housekeep());
        }
        disk.limit(Long.MAX_VALUE);
        assertThat(step(engine.append(LOG, Batches.sequenced(7, 0, 0, "a")))).isCompletedWithValue(0L);
    }

    @Test
    void whatWasKeptToRememberItsProducersGoesWhenThereIsRoom() throws IOException {
        step(engine.append(LOG, Batches.sequenced(7, 0, 0, "a")));
        disk.limit(disk.usedBytes());
        step(engine.trim(LOG, 1));
        step(engine.housekeep());
        String directory = Layout.logDirectory(DirectoryName.of(LOG));
        String first = Layout.segment(DirectoryName.of(LOG), 0).substring(directory.length() + 1);
        assertThat(disk.list(directory)).contains(first);
        disk.limit(Long.MAX_VALUE);
        step(engine.housekeep());
        settle();
        assertThat(disk.list(directory)).doesNotContain(first);
        disk.losePowerAndAllThatIsUnsynced();
        restart();
        step(engine.open(new LogSpec(LOG, false)));
        assertThat(step(engine.append(LOG, Batches.sequenced(7, 0, 0, "a")))).isCompletedWithValue(0L);
    }

    @Test
    void aFullDiskLetsGoOfOldSegmentsAndRemembersTheirProducersInTheRoom() throws IOException {
        LogPolicy policy = new LogPolicy(LogPolicy.KEEP.retention(), Optional.empty(), 1, Long.MAX_VALUE);
        step(engine.configure(LOG, policy));
        for (int i = 0; i < 5; i++) {
            step(engine.append(LOG, Batches.sequenced(i, 0, 0, "x".repeat(300))));
        }
        settle();
        disk.limit(disk.usedBytes());
        long usedBytes = disk.usedBytes();
        step(engine.trim(LOG, 5));
        assertThat(disk.usedBytes()).isLessThan(usedBytes - 4 * 300);
        disk.losePowerAndAllThatIsUnsynced();
        restart();
        step(engine.open(new LogSpec(LOG, false)));
        assertThat(step(engine.append(LOG, Batches.sequenced(4, 0, 0, "x".repeat(300)))))
                .isCompletedWithValue(4L);
    }

    private void settle() {
        while (store.stepCommitter() + store.stepBackground() > 0) {
            // Until nothing is left to do.
        }
    }

    private void restart() throws IOException {
        lifecycle = new Lifecycle();
        store = new DurableStore(disk, OPTIONS, new RecoveryChecks(), lifecycle);
        engine = LocalEngine.over(store, OPTIONS, lifecycle);
    }

    private <T> CompletionStage<T> step(CompletionStage<T> stage) {
        return step(stage, () -> store.stepCommitter() + store.stepBackground());
    }

    private static <T> CompletionStage<T> step(CompletionStage<T> stage, IntSupplier anyStep) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        while (!future.isDone() && anyStep.getAsInt() > 0) {
            // One step at a time.
        }
        return future;
    }
}
