package io.mainstem.log;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The newest offset of each key, for as many keys as fit. Keys are known by 16 bytes of their SHA-256, so that nobody
 * can make two keys that are taken for one. Not safe for use by several threads.
 */
final class NewestOffsets {

    /** What one key takes, with the room that keeps searches short. */
    static final int KEY_BYTES = 32;

    private static final int DIGEST_BYTES = 32;
    private static final int SLOT_LONGS = 3;
    private static final int FREE = 0;

    /** For each slot two halves of a hash, and an offset plus 1. */
    private final long[] slots;

    private final int slotCount;
    private final int limit;
    private final MessageDigest sha256;
    private final ByteBuffer digest = ByteBuffer.allocate(DIGEST_BYTES);
    private int size;

    /** Room for a number of keys. */
    NewestOffsets(int keyLimit) {
        this.limit = keyLimit;
        this.slotCount = Math.toIntExact(Math.max(2, (long) keyLimit * KEY_BYTES / (SLOT_LONGS * Long.BYTES) + 1));
        this.slots = new long[Math.multiplyExact(slotCount, SLOT_LONGS)];
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Learns of a record, in the order of the offsets; false when its key is new and there is no room for it. */
    boolean put(ByteBuffer key, long offset) {
        int slot = find(key);
        if (slots[slot + 2] == FREE) {
            if (size == limit) {
                return false;
            }
            size++;
            slots[slot] = digest.getLong(0);
            slots[slot + 1] = digest.getLong(Long.BYTES);
        }
        slots[slot + 2] = offset + 1;
        return true;
    }

    /** The newest offset that was seen of a key; -1 when there was none. */
    long get(ByteBuffer key) {
        return slots[find(key) + 2] - 1;
    }

    /** Where a key is, or would be put. */
    private int find(ByteBuffer key) {
        hash(key);
        long high = digest.getLong(0);
        long low = digest.getLong(Long.BYTES);
        int slot = (int) Long.remainderUnsigned(high, slotCount) * SLOT_LONGS;
        while (slots[slot + 2] != FREE && (slots[slot] != high || slots[slot + 1] != low)) {
            slot += SLOT_LONGS;
            if (slot == slots.length) {
                slot = 0;
            }
        }
        return slot;
    }

    private void hash(ByteBuffer key) {
        try {
            sha256.update(key.duplicate());
            sha256.digest(digest.array(), 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new AssertionError("there is room for the digest", e);
        }
    }
}
