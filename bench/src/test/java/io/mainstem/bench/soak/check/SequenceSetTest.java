package io.mainstem.bench.soak.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SequenceSetTest {

    private static final int MOST = 20_000;

    @Test
    void itHoldsWhatASetHolds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SequenceSet set = new SequenceSet();
        Set<Long> expected = new TreeSet<>();
        for (int step = 0; step < 200_000; step++) {
            long number = random.nextInt(MOST);
            if (random.nextInt(10) == 0) {
                set.remove(number);
                expected.remove(number);
            } else {
                assertThat(set.add(number)).as("seed %d", seed).isEqualTo(expected.add(number));
            }
        }
        assertThat(set.size()).as("seed %d", seed).isEqualTo(expected.size());
        assertThat(LongStream.range(0, MOST).filter(set::contains).boxed())
                .as("seed %d", seed)
                .containsExactlyElementsOf(expected);
    }

    @Test
    void whatIsMissingInTheOtherOneIsNamedInOrderFromANumberOn() {
        SequenceSet sent = of(0, 10_000);
        SequenceSet come = of(0, 9_000);
        come.remove(17);
        come.remove(4_500);
        assertThat(sent.missingIn(come, 0, number -> true, 4)).containsExactly(17L, 4_500L, 9_000L, 9_001L);
        assertThat(sent.missingIn(come, 18, number -> true, 1)).containsExactly(4_500L);
        assertThat(sent.missingIn(come, 0, number -> number % 17 == 0, 2)).containsExactly(17L, 9_010L);
        assertThat(sent.missingIn(of(0, 20_000), 0, number -> true, 4)).isEmpty();
    }

    private static SequenceSet of(long from, long to) {
        SequenceSet set = new SequenceSet();
        LongStream.range(from, to).forEach(set::add);
        return set;
    }
}
