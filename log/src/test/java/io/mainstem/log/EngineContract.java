package io.mainstem.log;

import static io.mainstem.engine.LogPolicy.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine.Registration;
import io.mainstem.engine.EngineException;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LocalLogs.ProducerState;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.LogSpec;
import io.mainstem.engine.Term;
import io.mainstem.engine.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine does, in the words of its callers. */
abstract class EngineContract {

    static final LogId LOG = new LogId("events", 0, 0);

    private final AtomicLong nowMillis = new AtomicLong(1_000_000);
    private LocalEngine engine;

    /** An engine without logs. */
    abstract LocalEngine start() throws Exception;

    final LocalOptions options() {
        return LocalOptions.defaults().withClock(() -> Instant.ofEpochMilli(nowMillis.get()));
    }

    @BeforeEach
    void open() throws Exception {
        engine = start();
        await(engine.open(new LogSpec(LOG, false)));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aNewLogIsEmpty() {
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 0));
        assertThat(read(0, 1000)).isEmpty();
    }

    @Test
    void appendsGetOffsetsInTheOrderOfTheCalls() {
        assertThat(append(Batches.of("a", "b"))).isEqualTo(0);
        assertThat(append(Batches.of("c"))).isEqualTo(2);
        assertThat(read(0, 1000)).containsExactly("0:a", "1:b", "2:c");
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 3));
    }

    @Test
    void appendsThatDoNotWaitForEachOtherKeepTheirOrder() {
        List<CompletionStage<Long>> appends = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            appends.add(engine.append(LOG, Batches.of("v" + i)));
        }
        for (int i = 0; i < 500; i++) {
            assertThat(await(appends.get(i))).isEqualTo(i);
        }
        assertThat(read(0, Integer.MAX_VALUE)).hasSize(500).startsWith("0:v0", "1:v1");
    }

    @Test
    void readingStartsWithTheBatchThatHoldsTheOffset() {
        append(Batches.of("a", "b", "c"));
        append(Batches.of("d"));
        assertThat(read(1, 1000)).containsExactly("0:a", "1:b", "2:c", "3:d");
        assertThat(read(3, 1000)).containsExactly("3:d");
        assertThat(read(4, 1000)).isEmpty();
    }

    @Test
    void readingHandsOutWholeBatchesUpToTheLimitAndAtLeastOne() {
        int size = Batches.of("v0").remaining();
        for (int i = 0; i < 5; i++) {
            append(Batches.of("v" + i));
        }
        assertThat(read(1, 0)).containsExactly("1:v1");
        assertThat(read(1, 2 * size - 1)).containsExactly("1:v1");
        assertThat(read(1, 2 * size)).containsExactly("1:v1", "2:v2");
        assertThat(read(1, 100 * size)).hasSize(4);
    }

    @Test
    void everyOffsetOfALongLogCanBeReadFrom() {
        for (int i = 0; i < 300; i++) {
            engine.append(LOG, Batches.of("x".repeat(i % 97), "v" + i));
        }
        append(Batches.of("end"));
        for (int offset = 0; offset < 600; offset += 7) {
            int batch = offset / 2;
            assertThat(read(offset, 1)).hasSize(2).last().isEqualTo((2 * batch + 1) + ":v" + batch);
        }
    }

    @Test
    void readingOutsideTheBoundsIsRefused() {
        append(Batches.of("a"));
        assertThat(failure(engine.read(LOG, 2, 100))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        assertThat(failure(engine.read(LOG, -1, 100))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void theBytesOfABatchAreKept() {
        ByteBuffer batch = Batches.at(77, "a", "b");
        ByteBuffer sent = Batches.copy(batch);
        append(batch);
        ByteBuffer stored = await(engine.read(LOG, 0, 1000));
        assertThat(stored.slice(RecordBatch.MAGIC, stored.remaining() - RecordBatch.MAGIC))
                .isEqualTo(sent.position(RecordBatch.MAGIC));
        assertThat(RecordBatch.check(stored, 0)).isEqualTo(RecordBatch.Problem.NONE);
    }

    @Test
    void theCallersBufferIsFreeAgainAfterTheAppend() {
        ByteBuffer batch = Batches.of("kept");
        append(batch);
        for (int i = 0; i < batch.limit(); i++) {
            batch.put(i, (byte) 0);
        }
        assertThat(read(0, 1000)).containsExactly("0:kept");
    }

    @Test
    void aBatchThatStandsInTheMiddleOfABufferIsFound() {
        ByteBuffer batch = Batches.of("a");
        ByteBuffer middle =
                ByteBuffer.allocate(batch.remaining() + 20).position(10).put(batch);
        append(middle.flip().position(10));
        assertThat(read(0, 1000)).containsExactly("0:a");
    }

    @Test
    void watchersLearnOfEveryDurableEndInOrder() {
        List<Long> ends = Collections.synchronizedList(new ArrayList<>());
        Registration registration = engine.watch(LOG, ends::add);
        append(Batches.of("a", "b"));
        append(Batches.of("c"));
        Awaitility.await().untilAsserted(() -> assertThat(ends).containsExactly(2L, 3L));
        registration.close();
        registration.close();
        append(Batches.of("d"));
        append(Batches.of("e"));
        assertThat(ends).containsExactly(2L, 3L);
    }

    @Test
    void whatAWatcherHearsOfCanBeRead() {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        engine.watch(LOG, end -> seen.addAll(read(end - 1, 1000)));
        append(Batches.of("a"));
        Awaitility.await().untilAsserted(() -> assertThat(seen).containsExactly("0:a"));
    }

    @Test
    void anUnknownLogIsRefused() {
        LogId unknown = new LogId("events", 0, 1);
        assertThat(failure(engine.append(unknown, Batches.of("a")))).isEqualTo(Kind.UNKNOWN_LOG);
        assertThat(failure(engine.read(unknown, 0, 1))).isEqualTo(Kind.UNKNOWN_LOG);
        assertThat(failure(engine.trim(unknown, 0))).isEqualTo(Kind.UNKNOWN_LOG);
        await(engine.delete(unknown)); // there is nothing left to do
    }

    @Test
    void openingTwiceIsTheSameLog() {
        append(Batches.of("a"));
        assertThat(await(engine.open(new LogSpec(LOG, false)))).isEqualTo(new Bounds(0, 1));
    }

    @Test
    void aDeletedLogIsGoneAndItsNextIncarnationIsEmpty() {
        append(Batches.of("a"));
        await(engine.delete(LOG));
        assertThat(failure(engine.read(LOG, 0, 100))).isEqualTo(Kind.UNKNOWN_LOG);
        assertThat(failure(engine.append(LOG, Batches.of("b")))).isEqualTo(Kind.UNKNOWN_LOG);
        assertThat(await(engine.open(new LogSpec(new LogId("events", 0, 1), false))))
                .isEqualTo(new Bounds(0, 0));
    }

    @Test
    void trimmingEverythingLeavesAnEmptyLogThatGoesOn() {
        append(Batches.of("a", "b"));
        await(engine.trim(LOG, 2));
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(2, 2));
        assertThat(append(Batches.of("c"))).isEqualTo(2);
        assertThat(failure(engine.read(LOG, 1, 100))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        assertThat(read(2, 100)).containsExactly("2:c");
    }

    @Test
    void trimmingIsExactToTheRecord() {
        append(Batches.of("a", "b", "c"));
        append(Batches.of("d"));
        await(engine.trim(LOG, 2));
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(2, 4));
        assertThat(failure(engine.read(LOG, 1, 100))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        assertThat(read(2, 1000)).endsWith("2:c", "3:d");
    }

    @Test
    void trimmingToWhereTheLogBeginsAlreadyChangesNothing() {
        append(Batches.of("a", "b", "c"));
        await(engine.trim(LOG, 2));
        await(engine.trim(LOG, 1));
        await(engine.trim(LOG, 2));
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(2, 3));
    }

    @Test
    void trimmingBehindTheEndIsRefused() {
        append(Batches.of("a"));
        assertThat(failure(engine.trim(LOG, 2))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 1));
    }

    @Test
    void trimmedRecordsAreNotFoundByTime() {
        append(Batches.at(300, "a"));
        append(Batches.at(100, "b", "c"));
        await(engine.trim(LOG, 2));
        var local = engine.local().orElseThrow();
        assertThat(local.firstAtOrAfter(LOG, 50))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(2));
        assertThat(local.firstAtOrAfter(LOG, 200)).isEmpty();
        assertThat(local.withMaxTimestamp(LOG))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(2));
    }

    @Test
    void theLogTellsWhatItKnowsOfItsProducers() {
        append(Batches.sequenced(7, 1, 0, "a", "b"));
        append(Batches.sequenced(9, 0, 5, "c"));
        append(Batches.of("d"));
        assertThat(engine.local().orElseThrow().producers(LOG))
                .containsExactlyInAnyOrder(
                        new ProducerState(7, (short) 1, 1, 0), new ProducerState(9, (short) 0, 5, 0));
    }

    @Test
    void aRetryIsNotStoredAgain() {
        ByteBuffer batch = Batches.sequenced(7, 0, 0, "a", "b");
        ByteBuffer retry = Batches.copy(batch);
        assertThat(append(batch)).isEqualTo(0);
        assertThat(append(Batches.sequenced(7, 0, 2, "c"))).isEqualTo(2);
        assertThat(append(retry)).isEqualTo(0);
        assertThat(read(0, 1000)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void aRetryRightBehindItsFirstCopyIsNotStoredAgain() {
        CompletionStage<Long> first = engine.append(LOG, Batches.sequenced(7, 0, 0, "a"));
        CompletionStage<Long> second = engine.append(LOG, Batches.sequenced(7, 0, 0, "a"));
        assertThat(await(second)).isEqualTo(await(first));
        assertThat(engine.bounds(LOG).durableEndOffset()).isEqualTo(1);
    }

    @Test
    void aGapInASequenceIsRefused() {
        append(Batches.sequenced(7, 0, 0, "a"));
        assertThat(failure(engine.append(LOG, Batches.sequenced(7, 0, 2, "c")))).isEqualTo(Kind.OUT_OF_ORDER_SEQUENCE);
        assertThat(append(Batches.sequenced(7, 0, 1, "b"))).isEqualTo(1);
    }

    @Test
    void anUnknownProducerMayBeginAnywhereAndWrapAround() {
        assertThat(append(Batches.sequenced(7, 3, Integer.MAX_VALUE - 1, "a", "b", "c")))
                .isEqualTo(0);
        assertThat(append(Batches.sequenced(7, 3, 1, "d"))).isEqualTo(3);
        assertThat(append(Batches.sequenced(7, 3, Integer.MAX_VALUE - 1, "a", "b", "c")))
                .isEqualTo(0);
    }

    @Test
    void anOlderProducerEpochIsRefusedAndANewOneBeginsAtZero() {
        append(Batches.sequenced(7, 1, 5, "a"));
        assertThat(failure(engine.append(LOG, Batches.sequenced(7, 0, 6, "b")))).isEqualTo(Kind.STALE_PRODUCER_EPOCH);
        assertThat(failure(engine.append(LOG, Batches.sequenced(7, 2, 6, "b")))).isEqualTo(Kind.OUT_OF_ORDER_SEQUENCE);
        assertThat(append(Batches.sequenced(7, 2, 0, "b"))).isEqualTo(1);
    }

    @Test
    void aRetryOlderThanTheRememberedBatchesIsADuplicate() {
        for (int i = 0; i < 7; i++) {
            append(Batches.sequenced(7, 0, i, "v" + i));
        }
        assertThat(failure(engine.append(LOG, Batches.sequenced(7, 0, 0, "v0"))))
                .isEqualTo(Kind.DUPLICATE_SEQUENCE);
        assertThat(append(Batches.sequenced(7, 0, 2, "v2"))).isEqualTo(2);
    }

    @Test
    void aTermLastsUntilTheNextOneBegins() {
        Term first = await(engine.acquire(LOG));
        assertThat(await(engine.append(first, Batches.of("a")))).isEqualTo(first.epoch() + 1);
        Term second = await(engine.acquire(LOG));
        assertThat(second.epoch()).isEqualTo(first.epoch() + 2);
        assertThat(failure(engine.append(first, Batches.of("b")))).isEqualTo(Kind.FENCED);
        assertThat(await(engine.append(second, Batches.of("c")))).isEqualTo(second.epoch() + 1);
    }

    @Test
    void aTermThatNobodyAcquiredIsFenced() {
        assertThat(failure(engine.append(new Term(LOG, 0), Batches.of("a")))).isEqualTo(Kind.FENCED);
    }

    @Test
    void aBatchAboveTheLimitIsRefused() {
        String large = "x".repeat(LocalOptions.defaults().maxBatchBytes());
        assertThat(failure(engine.append(LOG, Batches.of(large)))).isEqualTo(Kind.BATCH_TOO_LARGE);
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 0));
    }

    @Test
    void aClosedEngineRefusesEverything() {
        engine.close();
        assertThat(failure(engine.append(LOG, Batches.of("a")))).isEqualTo(Kind.CLOSED);
        assertThat(failure(engine.read(LOG, 0, 100))).isEqualTo(Kind.CLOSED);
        assertThat(failure(engine.open(new LogSpec(LOG, false)))).isEqualTo(Kind.CLOSED);
    }

    @Test
    void closingFinishesWhatWasAppended() {
        List<CompletionStage<Long>> appends = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            appends.add(engine.append(LOG, Batches.of("v" + i)));
        }
        engine.close();
        for (int i = 0; i < 100; i++) {
            assertThat(await(appends.get(i))).isEqualTo(i);
        }
    }

    @Test
    void recordsAreFoundByTime() {
        append(Batches.at(100, "a", "b"));
        append(Batches.at(50, "c"));
        append(Batches.at(200, "d"));
        append(Batches.at(200, "e"));
        var local = engine.local().orElseThrow();
        assertThat(local.firstAtOrAfter(LOG, 60))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(0));
        assertThat(local.firstAtOrAfter(LOG, 101))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(3));
        assertThat(local.firstAtOrAfter(LOG, 201)).isEmpty();
        assertThat(local.withMaxTimestamp(LOG))
                .hasValueSatisfying(found -> assertThat(found.offset()).isEqualTo(3));
    }

    @Test
    void theOldestRecordsGoWhenThereAreTooMany() {
        keep(new Retention(UNLIMITED, UNLIMITED, 2), Long.MAX_VALUE);
        appendEach("a", "b", "c", "d", "e");
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(3, 5));
        assertThat(failure(engine.read(LOG, 2, 1))).isEqualTo(Kind.OFFSET_OUT_OF_RANGE);
        assertThat(read(3, 1000)).startsWith("3:d");
    }

    @Test
    void theOldestRecordsGoWhenTheyTakeTooMuch() {
        keep(new Retention(UNLIMITED, 2L * Batches.of("a").remaining(), UNLIMITED), Long.MAX_VALUE);
        appendEach("a", "b", "c", "d", "e");
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(3, 5));
    }

    @Test
    void recordsGoWhenTheyAreTooOldDownToTheLast() {
        keep(new Retention(100, UNLIMITED, UNLIMITED), Long.MAX_VALUE);
        append(Batches.at(nowMillis.get(), "a"));
        append(Batches.at(nowMillis.get() + 50, "b"));
        nowMillis.addAndGet(100);
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 2));
        nowMillis.addAndGet(1);
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(1, 2));
        nowMillis.addAndGet(1000);
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(2, 2));
        assertThat(append(Batches.of("c"))).isEqualTo(2);
    }

    @Test
    void aNewPolicyLetsGoOfWhatItDoesNotKeep() {
        keep(LogPolicy.KEEP.retention(), Long.MAX_VALUE);
        appendEach("a", "b", "c");
        await(engine.housekeep());
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(0, 3));
        keep(new Retention(UNLIMITED, UNLIMITED, 1), Long.MAX_VALUE);
        assertThat(engine.bounds(LOG)).isEqualTo(new Bounds(2, 3));
    }

    @Test
    void whatTheLogHoldsGrowsAndShrinksWithIt() {
        int size = Batches.of("a").remaining();
        keep(LogPolicy.KEEP.retention(), Long.MAX_VALUE);
        appendEach("a", "b", "c");
        assertThat(engine.local().orElseThrow().sizeInBytes(LOG)).isEqualTo(3L * size);
        await(engine.trim(LOG, 1));
        assertThat(engine.local().orElseThrow().sizeInBytes(LOG)).isEqualTo(2L * size);
    }

    /** Of each batch separately, for each is a segment of its own. */
    final void keep(Retention retention, long segmentMillis) {
        await(engine.configure(LOG, new LogPolicy(retention, Optional.empty(), 1, segmentMillis)));
    }

    final void appendEach(String... values) {
        for (String value : values) {
            append(Batches.of(value));
        }
    }

    final AtomicLong nowMillis() {
        return nowMillis;
    }

    final LocalEngine engine() {
        return engine;
    }

    final long append(ByteBuffer batch) {
        return await(engine.append(LOG, batch));
    }

    final List<String> read(long fromOffset, int maxBytes) {
        return Batches.records(await(engine.read(LOG, fromOffset, maxBytes)));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Kind failure(CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> stage.toCompletableFuture().join());
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof EngineException refusal) {
            return refusal.kind();
        }
        throw new AssertionError("not an EngineException", cause);
    }
}
