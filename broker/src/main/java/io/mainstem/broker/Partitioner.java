package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the log of a published message. A key goes where Kafka's own Java producer sends it (Murmur2), so that
 * publishers of all protocols agree; messages without a key take turns.
 */
final class Partitioner {

    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;

    private final AtomicInteger turn = new AtomicInteger();

    int partition(@Nullable ByteBuffer key, int partitions) {
        if (partitions == 1) {
            return 0;
        }
        int hash = key == null || !key.hasRemaining() ? turn.getAndIncrement() : murmur2(key);
        return (hash & Integer.MAX_VALUE) % partitions;
    }

    static int murmur2(ByteBuffer key) {
        int length = key.remaining();
        int hash = SEED ^ length;
        int index = key.position();
        for (int words = length / 4; words > 0; words--, index += 4) {
            int word = byteAt(key, index) | byteAt(key, index + 1) << 8;
            word |= byteAt(key, index + 2) << 16 | byteAt(key, index + 3) << 24;
            word *= MULTIPLIER;
            word ^= word >>> 24;
            hash = (hash * MULTIPLIER) ^ (word * MULTIPLIER);
        }
        int rest = key.limit() - index;
        if (rest > 0) {
            for (int behind = rest - 1; behind >= 0; behind--) {
                hash ^= byteAt(key, index + behind) << (8 * behind);
            }
            hash *= MULTIPLIER;
        }
        hash ^= hash >>> 13;
        hash *= MULTIPLIER;
        return hash ^ (hash >>> 15);
    }

    private static int byteAt(ByteBuffer key, int index) {
        return key.get(index) & 0xFF;
    }
}
