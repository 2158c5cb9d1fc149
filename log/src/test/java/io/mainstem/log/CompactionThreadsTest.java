package io.mainstem.log;

import static io.mainstem.log.EngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LogId;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.LogPolicy.Compaction;
import io.mainstem.engine.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction by its own thread, on real files, while others use the log. */
class CompactionThreadsTest {

    private static final LogId LOG = new LogId("table", 0, 0);
    private static final int KEYS = 10;
    private static final int ROUNDS = 10;
    private static final int ROUND_RECORDS = 200;

    @TempDir
    Path directory;

    private LocalEngine engine;

    @BeforeEach
    void start() {
        LocalOptions options = LocalOptions.defaults().withSegmentBytes(4_000).withHousekeepingMillis(1);
        engine = LocalEngine.open(directory, options);
        LogPolicy policy = new LogPolicy(
                LogPolicy.KEEP.retention(),
                Optional.of(new Compaction(0, Long.MAX_VALUE, 0, 60_000)),
                1 << 20,
                Long.MAX_VALUE);
        await(engine.open(new LogSpec(LOG, false, policy)));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aReaderThatHoldsASliceGoesOnReadingWhatWasThere() throws IOException {
        await(engine.append(LOG, Batches.keyed(1, "a", "old")));
        try (FileSlice slice = engine.local().orElseThrow().slice(LOG, 0, 1_000).orElseThrow()) {
            await(engine.append(LOG, Batches.keyed(1, "a", "new")));
            appendRound(0);
            appendRound(1);
            Awaitility.await().until(() -> !records().contains("0:a=old"));
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
            slice.channel().read(bytes, slice.position());
            assertThat(Batches.keyed(bytes.flip())).containsExactly("0:a=old");
        }
    }

    @Test
    void appendsGoOnWhileTheLogIsCompacted() {
        for (int round = 0; round < ROUNDS; round++) {
            long first = (long) round * ROUND_RECORDS;
            assertThat(appendRound(round))
                    .isEqualTo(LongStream.range(first, first + ROUND_RECORDS)
                            .boxed()
                            .toList());
            // One commit may have taken a whole round, and what is written last is not compacted.
            Awaitility.await().until(() -> records().size() < 2 * ROUND_RECORDS);
        }
        engine.close();
        start();
        List<String> left = records();
        for (int newest = ROUND_RECORDS - KEYS; newest < ROUND_RECORDS; newest++) {
            long offset = (ROUNDS - 1L) * ROUND_RECORDS + newest;
            assertThat(left).contains(offset + ":k" + newest % KEYS + "=" + (ROUNDS - 1) + "/" + newest);
        }
    }

    /** Pipelined, as many clients do it. */
    private List<Long> appendRound(int round) {
        List<CompletionStage<Long>> stages = new ArrayList<>();
        for (int i = 0; i < ROUND_RECORDS; i++) {
            stages.add(engine.append(LOG, Batches.keyed(1, "k" + i % KEYS, round + "/" + i)));
        }
        return stages.stream().map(EngineContract::await).toList();
    }

    private List<String> records() {
        List<String> records = new ArrayList<>();
        long next = engine.bounds(LOG).firstOffset();
        while (next < engine.bounds(LOG).durableEndOffset()) {
            List<String> more = Batches.keyed(await(engine.read(LOG, next, 1_000)));
            records.addAll(more);
            String last = more.get(more.size() - 1);
            next = Long.parseLong(last, 0, last.indexOf(':'), 10) + 1;
        }
        return records;
    }
}
