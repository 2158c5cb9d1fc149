package io.mainstem.log;

/**
 * What the names of a log's empty files say; see {@link Layout}.
 *
 * @param firstOffset the log begins here, wherever its first segment does
 * @param compactedBefore every segment before this offset is one that compaction has left
 */
record Marks(long firstOffset, long compactedBefore) {

    static final Marks NONE = new Marks(0, 0);
}
