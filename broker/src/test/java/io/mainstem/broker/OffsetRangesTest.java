package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetRangesTest {

    private static final int LIMIT = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void itIsASetOfOffsetsAndReadsBackFromItsBytes(long seed) {
        Random random = new Random(seed);
        OffsetRanges ranges = new OffsetRanges();
        BitSet model = new BitSet();
        for (int round = 0; round < 3_000; round++) {
            int first = random.nextInt(LIMIT);
            int last = Math.min(LIMIT, first + random.nextInt(random.nextInt(20) + 1));
            if (random.nextInt(5) < 3) {
                ranges.add(first, last);
                model.set(first, last + 1);
            } else {
                ranges.remove(first, last);
                model.clear(first, last + 1);
            }
            BitSet seen = new BitSet();
            int[] touching = {-2};
            ranges.forEach((from, to) -> {
                assertThat(from).as("ranges that touch are one").isGreaterThan(touching[0] + 1L);
                touching[0] = (int) to;
                seen.set((int) from, (int) to + 1);
            });
            assertThat(seen).as("seed %d, round %d", seed, round).isEqualTo(model);
            assertThat(ranges.contains(first)).isEqualTo(model.get(first));
            FieldWriter out = new FieldWriter().ranges(ranges);
            assertThat(new FieldReader(out.bytes()).ranges()).isEqualTo(ranges);
        }
    }
}
