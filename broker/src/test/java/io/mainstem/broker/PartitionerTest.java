package io.mainstem.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class PartitionerTest {

    @Test
    void aKeyGoesWhereKafkasProducerSendsIt() {
        Random random = new Random(7);
        Partitioner partitioner = new Partitioner();
        for (int length = 1; length < 200; length++) {
            byte[] key = new byte[length];
            random.nextBytes(key);
            assertThat(partitioner.partition(ByteBuffer.wrap(key), 13))
                    .isEqualTo(Utils.toPositive(Utils.murmur2(key)) % 13);
        }
    }

    @Test
    void messagesWithoutAKeyTakeTurns() {
        Partitioner partitioner = new Partitioner();
        assertThat(IntStream.range(0, 6).map(turn -> partitioner.partition(null, 3)))
                .containsExactly(0, 1, 2, 0, 1, 2);
    }
}
