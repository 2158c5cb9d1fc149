package io.mainstem.log;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** The content of a file as the page cache has it, and as the platter has it. */
final class SimulatedFile {

    static final int SECTOR_BYTES = 512;

    private byte[] cached = new byte[0];
    private byte[] durable = new byte[0];

    /** Sectors that were written since the last sync, or lie behind an end that moved. */
    private final BitSet dirty = new BitSet();

    int size() {
        return cached.length;
    }

    byte[] cached() {
        return cached;
    }

    void write(byte[] bytes, int length, int position) {
        if (length == 0) {
            return;
        }
        int end = position + length;
        if (end > cached.length) {
            int oldSize = cached.length;
            cached = Arrays.copyOf(cached, end);
            mark(oldSize, end);
        }
        System.arraycopy(bytes, 0, cached, position, length);
        mark(position, end);
    }

    void truncate(int size) {
        if (size < cached.length) {
            mark(size, cached.length);
            cached = Arrays.copyOf(cached, size);
        }
    }

    void sync() {
        if (durable.length != cached.length) {
            durable = Arrays.copyOf(durable, cached.length);
        }
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            copySector(sector, cached, durable);
        }
        dirty.clear();
    }

    /** As Linux does: what was to be written counts as written, and is not. */
    void failSync() {
        dirty.clear();
    }

    /**
     * What a power loss leaves.
     *
     * @param keepPercent how likely a sector that was not synced is there all the same
     */
    void losePower(Random random, int keepPercent, boolean flipBits) {
        int from = Math.min(cached.length, durable.length);
        int size = cached.length == durable.length || dirty.isEmpty()
                ? durable.length
                : between(random, from, Math.max(cached.length, durable.length), keepPercent);
        byte[] left = Arrays.copyOf(durable, size);
        for (int sector = dirty.nextSetBit(0); sector >= 0; sector = dirty.nextSetBit(sector + 1)) {
            if (random.nextInt(100) < keepPercent) {
                copySector(sector, cached, left);
            }
            int at = sector * SECTOR_BYTES + random.nextInt(SECTOR_BYTES);
            if (flipBits && at < left.length && isNew(at) && random.nextInt(4) == 0) {
                left[at] ^= (byte) (1 << random.nextInt(8));
            }
        }
        dirty.clear();
        cached = left;
        durable = left.clone();
    }

    /** Bytes of the sector that are on the platter already do not suffer from being written again. */
    private boolean isNew(int at) {
        return at >= durable.length || at >= cached.length || cached[at] != durable[at];
    }

    private int between(Random random, int low, int high, int keepPercent) {
        int likely = random.nextInt(100) < keepPercent ? cached.length : durable.length;
        return random.nextBoolean() ? likely : low + random.nextInt(high - low + 1);
    }

    private void mark(int from, int to) {
        dirty.set(from / SECTOR_BYTES, (to + SECTOR_BYTES - 1) / SECTOR_BYTES);
    }

    private static void copySector(int sector, byte[] from, byte[] to) {
        int start = sector * SECTOR_BYTES;
        int end = Math.min(start + SECTOR_BYTES, Math.min(from.length, to.length));
        if (start < end) {
            System.arraycopy(from, start, to, start, end - start);
        }
        int wipeEnd = Math.min(start + SECTOR_BYTES, to.length);
        if (Math.max(start, end) < wipeEnd) {
            Arrays.fill(to, Math.max(start, end), wipeEnd, (byte) 0);
        }
    }
}
