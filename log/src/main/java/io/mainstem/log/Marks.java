package io.mainstem.log;

/**
 * What the names of a log's empty files say; see {@link Layout}.
 *
 * @param firstOffset the log begins here, wherever its first segment does
 * @param compactedBefore segments before this offset are durable and may have offsets missing
 * @param dirtyFrom compaction goes on here
 */
record Marks(long firstOffset, long compactedBefore, long dirtyFrom) {

    static final Marks NONE = new Marks(0, 0, 0);
}
