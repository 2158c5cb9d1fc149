package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The deduplication ids that a queue has taken messages with, for as long as its window says. Time is that of the
 * records, so that whoever reads them again decides again in the same way. Belongs to the queue's event loop.
 *
 * <pre>
 *   8 bytes  first half of the id's hash      8 bytes  second half      8 bytes  time in milliseconds
 * </pre>
 */
final class SeenIds {

    /** What one queue remembers at most; older ones are forgotten before their time. */
    static final int MOST = 100_000;

    static final int ENTRY_BYTES = 3 * Long.BYTES;

    private record Hash(long high, long low) {}

    private final long windowMillis;
    private final Map<Hash, Long> seen = new LinkedHashMap<>();

    SeenIds(long windowMillis) {
        this.windowMillis = windowMillis;
    }

    /** Whether the id was seen within the window; if not, it has been now. */
    boolean isSeen(String id, long timeMillis) {
        Hash hash = hash(id);
        Long before = seen.get(hash);
        if (before != null && timeMillis - before < windowMillis) {
            return true;
        }
        seen.remove(hash);
        seen.put(hash, timeMillis);
        Iterator<Long> oldest = seen.values().iterator();
        long first = oldest.next();
        while (seen.size() > MOST || timeMillis - first >= windowMillis) {
            oldest.remove();
            first = oldest.next();
        }
        return false;
    }

    void clear() {
        seen.clear();
    }

    /** Takes in what {@link #encode} gave. */
    void addAll(ByteBuffer encoded) {
        ByteBuffer in = encoded.duplicate();
        while (in.remaining() >= ENTRY_BYTES) {
            seen.put(new Hash(in.getLong(), in.getLong()), in.getLong());
        }
    }

    /** All that it remembers, oldest first. */
    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(seen.size() * ENTRY_BYTES);
        seen.forEach((hash, time) -> out.putLong(hash.high).putLong(hash.low).putLong(time));
        return out.flip();
    }

    private static Hash hash(String id) {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
            return new Hash(digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
