package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogPolicy.Retention;
import io.mainstem.engine.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What compaction by key takes, and what it must leave, step by step. */
class CompactionTest {

    private static final LogId LOG = new LogId("table", 0, 0);
    private static final long TOMBSTONE_MILLIS = 1_000;

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
    private long nowMillis = 1_000_000;
    private int keyLimit = 1_000;
    private Lifecycle lifecycle = new Lifecycle();
    private DurableStore store;
    private LocalEngine engine;

    @BeforeEach
    void start() throws IOException {
        LocalOptions options = LocalOptions.defaults()
                .withSegmentBytes(300)
                .withCompactionBytes(keyLimit * NewestOffsets.KEY_BYTES)
                .withClock(() -> Instant.ofEpochMilli(nowMillis));
        lifecycle = new Lifecycle();
        store = new DurableStore(disk, options, new RecoveryChecks(), lifecycle);
        engine = LocalEngine.over(store, options, lifecycle);
        open(new Compaction(0, Long.MAX_VALUE, 0, TOMBSTONE_MILLIS));
    }

    @Test
    void ofEachKeyTheNewestRecordStaysAtItsOffset() {
        append("a", "1");
        append("b", "2");
        append("a", "3");
        fillUp();
        compact();
        assertThat(records()).startsWith("1:b=2", "2:a=3");
        assertThat(engine.bounds(LOG).firstOffset()).isZero();
    }

    /** So that who reads from there is not sent elsewhere, and misses nothing that is left. */
    @Test
    void theLogBeginsWhereItBeganThoughNothingIsLeftThere() throws IOException {
        for (int round = 0; round < 20; round++) {
            append("a", "v" + round);
        }
        fillUp();
        compact();
        compact();
        assertThat(records().get(0)).startsWith("19:a=v19");
        assertThat(engine.bounds(LOG).firstOffset()).isZero();
        restartAfterPowerLoss();
        assertThat(engine.bounds(LOG).firstOffset()).isZero();
        assertThat(records().get(0)).startsWith("19:a=v19");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverWasWrittenTheNewestOfEachKeyIsThere(long seed) throws IOException {
        Random random = new Random(seed);
        Map<String, String> newest = new TreeMap<>();
        for (int round = 0; round < 15; round++) {
            for (int count = random.nextInt(40); count > 0; count--) {
                String key = "k" + random.nextInt(20);
                long offset = append(key, "v" + random.nextInt(1_000));
                newest.put(key, offset + ":" + key);
            }
            compact();
            if (random.nextInt(4) == 0) {
                restartAfterPowerLoss();
            }
            List<String> left = records();
            newest.values().forEach(wanted -> assertThat(left).anyMatch(record -> record.startsWith(wanted + "=")));
            assertThat(left.size()).isLessThan(60);
            readFromEveryOffset(left);
        }
    }

    @Test
    void keysThatDidNotFitIntoMemoryAreCompactedTheNextTime() throws IOException {
        keyLimit = 3;
        start();
        for (int round = 0; round < 2; round++) {
            for (int key = 0; key < 10; key++) {
                append("k" + key, "v" + round);
            }
        }
        fillUp();
        for (int count = 0; count < 20; count++) {
            compact();
        }
        assertThat(records().stream().filter(record -> record.contains("=v")))
                .hasSize(10)
                .allMatch(record -> record.endsWith("=v1"));
    }

    @Test
    void aTombstoneGoesOnlyWhenItsTimeHasPassedSinceItWasMet() {
        append("a", "1");
        append("a", null);
        fillUp();
        compact();
        assertThat(records()).startsWith("1:a=null");
        nowMillis += TOMBSTONE_MILLIS - 1;
        fillUp();
        compact();
        assertThat(records()).startsWith("1:a=null");
        nowMillis += 1;
        fillUp();
        compact();
        assertThat(records()).noneMatch(record -> record.contains(":a="));
    }

    @Test
    void aRecordYoungerThanTheLagStays() {
        open(new Compaction(500, Long.MAX_VALUE, 0, TOMBSTONE_MILLIS));
        append("a", "1");
        append("a", "2");
        fillUp();
        nowMillis += 500;
        append("a", "3");
        fillUp();
        compact();
        assertThat(records()).noneMatch(record -> record.endsWith("a=1")).anyMatch(record -> record.endsWith("a=2"));
    }

    @Test
    void compactionWaitsForTheDirtyShare() {
        open(new Compaction(0, 10_000, 0.9, TOMBSTONE_MILLIS));
        append("a", "1");
        append("a", "2");
        fillUp();
        compact(); // all is dirty
        List<String> before = records();
        append("b", "1");
        append("b", "2");
        fillUp();
        compact();
        assertThat(records()).containsAll(before).anyMatch(record -> record.endsWith("b=1"));
        nowMillis += 20_000; // but not for ever
        compact();
        assertThat(records()).noneMatch(record -> record.endsWith("b=1"));
    }

    @Test
    void aRecordWithoutKeyGoes() {
        step(engine.append(LOG, Batches.at(nowMillis, "nameless")));
        fillUp();
        compact();
        assertThat(records()).noneMatch(record -> record.contains("nameless"));
    }

    @Test
    void readersThatStoodInAGapGoOnWithTheNextRecord() {
        for (int count = 0; count < 100; count++) {
            append("a", "v" + count);
        }
        append("b", "end");
        fillUp();
        compact();
        Bounds bounds = engine.bounds(LOG);
        assertThat(bounds.firstOffset()).isZero();
        List<String> all = records();
        assertThat(all).startsWith("99:a=v99", "100:b=end");
        readFromEveryOffset(all);
        assertThat(engine.local()
                        .orElseThrow()
                        .firstAtOrAfter(LOG, 0)
                        .orElseThrow()
                        .offset())
                .isEqualTo(99);
    }

    @Test
    void emptySegmentsAreFewAndTheLogKeepsItsEnd() throws IOException {
        for (int count = 0; count < 200; count++) {
            append("a", "v" + count);
        }
        compact();
        append("a", "last");
        compact();
        assertThat(segmentFiles()).hasSizeLessThan(5);
        restartAfterPowerLoss();
        assertThat(engine.bounds(LOG).durableEndOffset()).isEqualTo(201);
        assertThat(append("b", "next")).isEqualTo(201);
    }

    @Test
    void aTrimWithinCompactedSegmentsHolds() throws IOException {
        for (int count = 0; count < 50; count++) {
            append("k" + count % 20, "v" + count);
        }
        fillUp();
        compact();
        step(engine.trim(LOG, 40));
        append("k19", "again");
        fillUp();
        compact();
        restartAfterPowerLoss();
        assertThat(engine.bounds(LOG).firstOffset()).isEqualTo(40);
        assertThat(records())
                .allMatch(record -> offsetOf(record) >= 40)
                .anyMatch(record -> record.startsWith("40:k0="));
    }

    @Test
    void retentionAndCompactionGoTogether() {
        open(new Compaction(0, Long.MAX_VALUE, 0, TOMBSTONE_MILLIS), new Retention(5_000, -1, -1));
        append("a", "old");
        append("a", "old too");
        fillUp();
        compact();
        nowMillis += 6_000;
        append("b", "new");
        fillUp();
        compact();
        assertThat(records()).noneMatch(record -> record.contains("old")).anyMatch(record -> record.endsWith("b=new"));
    }

    @Test
    void aLogThatIsDeletedMeanwhileIsGone() {
        append("a", "1");
        append("a", "2");
        fillUp();
        engine.housekeep();
        store.stepCommitter();
        store.stepCompactor();
        store.stepCompactor();
        assertThat(step(engine.delete(LOG))).isCompleted();
        settle();
        assertThat(disk.list(Layout.LOGS)).isEmpty();
        assertThat(lifecycle.hasStopped()).isFalse();
    }

    @Test
    void aFullDiskPutsCompactionOff() {
        append("a", "1");
        append("a", "2");
        fillUp();
        List<String> before = records();
        disk.limit(disk.usedBytes());
        compact();
        assertThat(records()).isEqualTo(before);
        disk.limit(Long.MAX_VALUE);
        compact();
        assertThat(records()).noneMatch(record -> record.endsWith("a=1"));
    }

    @Test
    void whatALogHasLetGoOfMayStillBeThereAfterACrash() throws IOException {
        for (int count = 0; count < 12; count++) {
            engine.append(LOG, Batches.keyed(nowMillis, "a", "v" + count));
            store.stepCommitter();
        }
        engine.trim(LOG, 4);
        store.stepCommitter();
        engine.housekeep();
        for (int count = 0; count < 20; count++) { // while the background has not come to remove anything
            store.stepCommitter();
            store.stepCompactor();
        }
        restartAfterPowerLoss();
        assertThat(records()).contains("11:a=v11");
    }

    @Test
    void retriesOfProducersAreKnownWhenCompactionHasTakenTheirRecords() throws IOException {
        List<ByteBuffer> sent = new ArrayList<>();
        for (int sequence = 0; sequence < 3; sequence++) {
            sent.add(Batches.sequenced(Batches.keyed(nowMillis, "a", "v" + sequence), 7, 0, sequence));
            step(engine.append(LOG, Batches.copy(sent.get(sequence))));
        }
        append("a", "newest");
        fillUp();
        compact();
        assertThat(records()).startsWith("3:a=newest");
        ensureRetriesAreKnown(sent);
        restartAfterPowerLoss();
        ensureRetriesAreKnown(sent);
    }

    @Test
    void compactionWaitsUntilProducersAreRemembered() throws IOException {
        ByteBuffer sent = Batches.sequenced(Batches.keyed(nowMillis, "a", "1"), 7, 0, 0);
        engine.append(LOG, Batches.copy(sent));
        for (String key : List.of("a", "filler", "filler")) {
            engine.append(LOG, Batches.keyed(nowMillis, key, "x".repeat(300)));
            store.stepCommitter();
        }
        disk.limit(disk.usedBytes());
        settle(); // without room for a snapshot
        disk.limit(Long.MAX_VALUE);
        compact();
        restartAfterPowerLoss();
        ensureRetriesAreKnown(List.of(sent));
    }

    private void ensureRetriesAreKnown(List<ByteBuffer> sent) {
        for (int i = 0; i < sent.size(); i++) {
            long offset = EngineContract.await(step(engine.append(LOG, Batches.copy(sent.get(i)))));
            assertThat(offset).isEqualTo(i);
        }
    }

    @Test
    void whateverStepACrashComesAtNothingIsLostAndNothingComesBack() throws IOException {
        for (int changes = 0; changes < 60; changes++) {
            for (int count = 0; count < 12; count++) {
                append("k" + count % 3, changes + "/" + count);
            }
            append("gone", "x");
            append("gone", null);
            fillUp();
            List<String> before = records();
            disk.losePowerAfter(changes % 30);
            try {
                compact();
            } catch (PowerLoss e) {
                // As asked.
            }
            restartAfterPowerLoss();
            List<String> after = records();
            assertThat(before).as("after %s changes", changes).containsAll(after);
            for (String wanted : List.of("=" + changes + "/9", "=" + changes + "/10", "=" + changes + "/11")) {
                assertThat(after).as("after %s changes", changes).anyMatch(record -> record.endsWith(wanted));
            }
            int newestOfGone = Math.max(indexOf(after, "gone=null"), 0);
            assertThat(after.subList(newestOfGone, after.size())).noneMatch(record -> record.endsWith("gone=x"));
            nowMillis += TOMBSTONE_MILLIS / 3;
        }
    }

    private static int indexOf(List<String> records, String end) {
        int index = -1;
        for (int i = 0; i < records.size(); i++) {
            index = records.get(i).endsWith(end) ? i : index;
        }
        return index;
    }

    private void readFromEveryOffset(List<String> all) {
        Bounds bounds = engine.bounds(LOG);
        for (long from = bounds.firstOffset(); from < bounds.durableEndOffset(); from++) {
            long wanted = from;
            List<String> expected =
                    all.stream().filter(record -> offsetOf(record) >= wanted).toList();
            List<String> read = Batches.keyed(EngineContract.await(engine.read(LOG, from, 1))).stream()
                    .filter(record -> offsetOf(record) >= wanted)
                    .toList();
            assertThat(read).as("from %s", from).isNotEmpty().isEqualTo(expected.subList(0, read.size()));
        }
    }

    private static long offsetOf(String record) {
        return Long.parseLong(record, 0, record.indexOf(':'), 10);
    }

    private List<String> segmentFiles() {
        return disk.list(Layout.logDirectory(DirectoryName.of(LOG))).stream()
                .filter(name -> name.endsWith(Layout.SEGMENT))
                .toList();
    }

    private List<String> records() {
        List<String> records = new ArrayList<>();
        Bounds bounds = engine.bounds(LOG);
        long next = bounds.firstOffset();
        while (next < bounds.durableEndOffset()) {
            List<String> more = Batches.keyed(EngineContract.await(engine.read(LOG, next, 1_000)));
            assertThat(more).as("from %s", next).isNotEmpty();
            for (String record : more) {
                if (offsetOf(record) >= next) {
                    records.add(record);
                }
            }
            next = offsetOf(more.get(more.size() - 1)) + 1;
        }
        return records;
    }

    private long append(String key, String value) {
        return EngineContract.await(step(engine.append(LOG, Batches.keyed(nowMillis, key, value))));
    }

    /** Ends the segment that is written, so that compaction may have what is in it. */
    private void fillUp() {
        append("filler", "x".repeat(300));
        append("filler", "x".repeat(300));
    }

    private void open(Compaction compaction) {
        open(compaction, LogPolicy.KEEP.retention());
    }

    private void open(Compaction compaction, Retention retention) {
        LogPolicy policy = new LogPolicy(retention, Optional.of(compaction), 1 << 20, Long.MAX_VALUE);
        EngineContract.await(step(engine.open(new LogSpec(LOG, false, policy))));
    }

    private void compact() {
        CompletionStage<Void> kept = engine.housekeep();
        settle();
        assertThat(kept).isCompleted();
    }

    private void restartAfterPowerLoss() throws IOException {
        disk.losePowerAndAllThatIsUnsynced();
        start();
    }

    private void settle() {
        int done = 1;
        while (done > 0) {
            done = store.stepCommitter() + store.stepBackground() + store.stepCompactor();
        }
    }

    private <T> CompletionStage<T> step(CompletionStage<T> stage) {
        settle();
        return stage;
    }
}
